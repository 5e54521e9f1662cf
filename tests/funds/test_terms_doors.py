"""Commitments and terms through admin and API: the same actions, rights and words."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from funds.choices.records import InvestmentMode
from funds.models import Commitment, FeeTerm, FundLimit, FundTerm, SubFundInterest, WaterfallTier
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, in_turn
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
MODELS = (Commitment, FundTerm, FeeTerm, WaterfallTier, FundLimit, SubFundInterest)
ROUTES = {
    Commitment: "commitment", FundTerm: "fundterm", FeeTerm: "feeterm", WaterfallTier: "waterfalltier",
    FundLimit: "fundlimit", SubFundInterest: "subfundinterest",
}  # fmt: skip
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
SINCE = {"valid_from": "2024-01-01"}


def facts_of(model, *, admin):
    """What one door asks for: amounts with units and shares as text in the admin, fen and pairs in the API."""
    if model is SubFundInterest:
        holding = InvestmentFactory(mode=InvestmentMode.SUB_FUND)
        facts = {"investment": holding.pk, "sub_fund": FundFactory().pk}
    else:
        facts = {"fund": FundFactory(starts_on=date(2020, 1, 1)).pk}
    money = {"amount": "500", "unit": "wan"} if admin else {"amount_fen": 500_000_000}

    def share(name):
        return {name: "2/5"} if admin else {f"{name}_num": 2, f"{name}_den": 5}

    own = {
        Commitment: lambda: {"investor": OrganisationFactory().pk, "source": "SOCIAL", **money},
        FundTerm: lambda: {
            "phase": "EXIT", "valid_to": "2026-12-31", "approved_by": "合伙人会议", "approved_on": "2024-01-02",
        },
        FeeTerm: lambda: {"phase": "EXIT", "basis": "UNEXITED_COST", **share("rate")},
        WaterfallTier: lambda: {
            "position": 2, "kind": "PROFIT_SPLIT", **share("manager"), **share("concession"),
            "concession_to": "OTHERS", **({"unit": "wan"} if admin else {}),
        },
        FundLimit: lambda: {
            "kind": "MAX_TICKET", "source": "合伙协议第8条", "status": "verified", **money,
        },
        SubFundInterest: lambda: share("share"),
    }  # fmt: skip
    return facts | SINCE | own[model]()


def told(row):
    """What a row says, by column, in the terms of the test."""
    return {
        Commitment: lambda: (row.source, row.amount_fen),
        FundTerm: lambda: (row.phase, row.valid_to),
        FeeTerm: lambda: (row.basis, row.rate),
        WaterfallTier: lambda: (row.manager, row.concession, row.concession_to),
        FundLimit: lambda: (row.amount_fen, row.status),
        SubFundInterest: lambda: row.share,
    }[type(row)]()


EXPECTED = {
    Commitment: ("SOCIAL", 500_000_000),
    FundTerm: ("EXIT", date(2026, 12, 31)),
    FeeTerm: ("UNEXITED_COST", Fraction(2, 5)),
    WaterfallTier: (Fraction(2, 5), Fraction(2, 5), "OTHERS"),
    FundLimit: (500_000_000, "verified"),
    SubFundInterest: Fraction(2, 5),
}


def api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


def stock(model):
    answer = api(Role.FUND_OFFICER).post(reverse(f"api:{ROUTES[model]}-list"), facts_of(model, admin=False))
    assert answer.status_code == 201, answer.json()
    return model.objects.get(pk=answer.json()["id"])


@pytest.mark.parametrize("model", MODELS)
def test_a_fact_is_recorded_by_the_api_ended_and_withdrawn(model):
    row = stock(model)
    assert told(row) == EXPECTED[model]
    officer = api(Role.FUND_OFFICER)
    ended = officer.post(reverse(f"api:{ROUTES[model]}-end", args=[row.pk]), {"last_day": "2024-12-31"})
    assert (ended.status_code, ended.json()["valid_to"]) == (201, "2024-12-31")
    withdraw = reverse(f"api:{ROUTES[model]}-withdraw", args=[ended.json()["id"]])
    assert officer.post(withdraw, {"reason": ""}).status_code == 400
    assert officer.post(withdraw, {"reason": "typed twice"}).json()["superseded_at"]
    assert officer.post(withdraw, {"reason": "again"}).json()["code"] == "FACT_SUPERSEDED"
    assert not model.objects.current().exists()


@pytest.mark.parametrize("model", MODELS)
def test_who_reads_and_who_records_by_the_api(model):
    row = stock(model)
    for role in in_turn(roles=Role):
        client = api(role)
        listed = client.get(reverse(f"api:{ROUTES[model]}-list"))
        assert len(listed.json()["results"]) == (1 if role in READERS else 0)
        answer = client.post(reverse(f"api:{ROUTES[model]}-list"), facts_of(model, admin=False))
        assert answer.status_code == (201 if role in WRITERS else 403)
        end = client.post(reverse(f"api:{ROUTES[model]}-end", args=[row.pk]), {"last_day": "2024-12-31"})
        assert end.status_code == (201 if role in WRITERS else 403)
        assert APIClient().get(reverse(f"api:{ROUTES[model]}-list")).status_code == 401


@pytest.mark.parametrize("model", MODELS)
def test_lists_of_the_api_cost_the_same_for_one_row_and_three(model, django_assert_num_queries):
    for rows in (1, 2):
        for _ in range(rows):
            stock(model)
        auditor = api(Role.AUDITOR)
        with django_assert_num_queries(2):
            auditor.get(reverse(f"api:{ROUTES[model]}-list"))


def test_a_share_in_the_api_needs_both_its_numbers():
    facts = facts_of(FeeTerm, admin=False) | {"rate_den": 0}
    answer = api(Role.FUND_OFFICER).post(reverse("api:feeterm-list"), facts)
    assert answer.status_code == 400
    assert "rate_den" in str(answer.json())
    assert not FeeTerm.objects.exists()


@pytest.mark.parametrize("model", MODELS)
def test_a_fact_is_recorded_by_the_admin_ended_and_withdrawn(model, client):
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    name = f"admin:funds_{model._meta.model_name}"
    answer = client.post(reverse(f"{name}_add"), facts_of(model, admin=True))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = model.objects.get()
    assert told(row) == EXPECTED[model]
    page = client.get(reverse(f"{name}_change", args=[row.pk])).text
    assert "End this entry" in page
    assert 'name="_save"' not in page
    end = reverse(f"{name}_act", args=[row.pk, "end"])
    assert "The end lies before the start." in client.post(end, {"last_day": "2019-01-01"}).text
    assert client.post(end, {"last_day": "2024-12-31"}).status_code == 302
    row = model.objects.current().get()
    assert row.valid_to == date(2024, 12, 31)
    client.post(reverse(f"{name}_act", args=[row.pk, "withdraw"]), {"reason": "typed twice"})
    assert not model.objects.current().exists()
    assert "typed twice" in client.get(reverse(f"{name}_change", args=[row.pk])).text


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.usefixtures("undrawn")
def test_who_may_record_in_the_admin(model, client):
    for role in Role:
        client.force_login(UserFactory(role=role))
        status = client.get(reverse(f"admin:funds_{model._meta.model_name}_add")).status_code
        assert status in ({200} if role in WRITERS else {302, 403}), role


@pytest.mark.parametrize("model", MODELS)
def test_lists_of_the_admin_cost_the_same_for_one_row_and_three(model, client, django_assert_max_num_queries):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    address = reverse(f"admin:funds_{model._meta.model_name}_changelist")
    stock(model)
    client.get(address)
    counts = []
    for rows in (0, 2):
        for _ in range(rows):
            stock(model)
        with django_assert_max_num_queries(16) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_typed_stays_when_the_admin_refuses(client):
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    facts = facts_of(Commitment, admin=True)
    page = client.post(reverse("admin:funds_commitment_add"), facts | {"amount": "-1,250.5"})
    form = page.context["adminform"].form
    assert "The amount is above zero." in str(form.errors["amount"])
    assert form["amount"].value() == "-1,250.5"
    facts = facts_of(FeeTerm, admin=True)
    page = client.post(reverse("admin:funds_feeterm_add"), facts | {"rate": "2"})
    assert "Write the share as a percentage" in str(page.context["adminform"].form.errors["rate"])

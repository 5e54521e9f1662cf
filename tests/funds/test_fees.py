"""Management fees: by phase, cut where the basis changes, none after the term, no day charged twice."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from funds.actions.books import set_book_terms
from funds.actions.entries import approve_entry
from funds.actions.events import record_event, reverse_event
from funds.actions.fees import charge_fee, propose_fee
from funds.models import EntryProposal, FeeCharge, FeeTerm, FundTerm, LedgerEvent
from funds.rules.fees import FeeRate, PhasePeriod, fee_parts, fee_total
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory, InvestmentFactory

db = pytest.mark.django_db
D = date
PHASES = [
    PhasePeriod("INVESTMENT", D(2020, 1, 1), D(2024, 12, 31)),
    PhasePeriod("EXIT", D(2025, 1, 1), D(2026, 12, 31)),
]
RATES = [
    FeeRate("INVESTMENT", "PAID_IN", Fraction(2, 100), D(2020, 1, 1), None),
    FeeRate("EXIT", "UNEXITED_COST", Fraction(1, 100), D(2020, 1, 1), None),
]


def parts(since, until, **balances):
    return fee_parts(since, until, PHASES, RATES, balances)


def test_a_plain_year_is_rate_times_basis():
    (part,) = parts(D(2021, 1, 1), D(2021, 12, 31), PAID_IN=[(D(2020, 5, 1), 1_000_000)])
    assert (part.days, part.fee) == (365, 20_000)
    (leap,) = parts(D(2024, 1, 1), D(2024, 12, 31), PAID_IN=[(D(2020, 5, 1), 1_000_000)])
    assert leap.fee == Fraction(20_000 * 366, 365)


def test_the_basis_changes_within_the_period_from_the_day_on():
    found = parts(D(2021, 1, 1), D(2021, 12, 31), PAID_IN=[(D(2020, 5, 1), 1_000), (D(2021, 7, 1), 3_000)])
    assert [(part.since, part.until, part.basis_fen) for part in found] == [
        (D(2021, 1, 1), D(2021, 6, 30), 1_000), (D(2021, 7, 1), D(2021, 12, 31), 3_000),
    ]  # fmt: skip
    assert sum(part.fee for part in found) == Fraction(2, 100) * (
        Fraction(1_000 * 181, 365) + Fraction(3_000 * 184, 365)
    )


def test_the_phase_changes_rate_and_basis_and_after_the_term_there_is_no_fee():
    found = parts(
        D(2024, 7, 1), D(2027, 6, 30), PAID_IN=[(D(2020, 1, 1), 10_000)], UNEXITED_COST=[(D(2020, 1, 1), 4_000)]
    )
    assert [(part.phase, part.basis_fen, part.since, part.until) for part in found] == [
        ("INVESTMENT", 10_000, D(2024, 7, 1), D(2024, 12, 31)), ("EXIT", 4_000, D(2025, 1, 1), D(2026, 12, 31)),
    ]  # fmt: skip
    assert parts(D(2027, 1, 1), D(2027, 12, 31), UNEXITED_COST=[(D(2020, 1, 1), 4_000)]) == []


changes = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 10**12)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(changes, st.integers(0, 2500), st.integers(0, 400), st.integers(0, 400))
def test_a_period_costs_what_its_two_halves_cost(moves, start, first, second):
    line = sorted({D(2019, 1, 1) + timedelta(days=day): fen for day, fen in moves}.items())
    since = D(2019, 6, 1) + timedelta(days=start)
    middle = since + timedelta(days=first)
    until = middle + timedelta(days=second + 1)
    balances = {"PAID_IN": line, "UNEXITED_COST": line}

    def cost(one, other):
        return sum((part.fee for part in fee_parts(one, other, PHASES, RATES, balances)), Fraction(0))

    assert cost(since, middle) + cost(middle + timedelta(days=1), until) == cost(since, until)
    whole = fee_parts(since, until, PHASES, RATES, balances)
    total, shares = fee_total(whole)
    assert sum(shares) == total
    assert abs(total - cost(since, until)) <= Fraction(1, 2)


@pytest.fixture
def fund(officer):
    fund = FundFactory(starts_on=D(2020, 1, 1))
    for period in PHASES:
        FundTerm.objects.create(
            fund=fund, phase=period.phase, valid_from=period.since, valid_to=period.until, approved_by="LPA",
            approved_on=D(2020, 1, 1),
        )  # fmt: skip
    for rate in RATES:
        FeeTerm.objects.create(
            fund=fund, phase=rate.phase, basis=rate.basis, rate_num=rate.rate.numerator, rate_den=rate.rate.denominator,
            valid_from=rate.since,
        )  # fmt: skip
    holding = InvestmentFactory(fund=fund)
    for kind, day, fen, relieved in (
        ("CALL", D(2020, 1, 1), 10_000_000, 0), ("INVEST", D(2020, 3, 1), 6_000_000, 0),
        ("WRITE_OFF", D(2025, 1, 1), 0, 2_000_000),
    ):  # fmt: skip
        record_event(
            fund_id=fund.pk, kind=kind, value_date=day, amount_fen=fen, cost_relieved_fen=relieved, actor=officer,
            investment_id=None if kind == "CALL" else holding.pk,
        )  # fmt: skip
    return fund


YEAR = (D(2025, 1, 1), D(2025, 12, 31))


def charge(fund, actor, since=YEAR[0], until=YEAR[1]):
    return charge_fee(fund_id=fund.pk, since=since, until=until, value_date=D(2026, 1, 15), actor=actor)


@db
def test_the_fee_follows_the_terms_and_the_books(fund, officer):
    assert propose_fee(fund=fund, since=D(2021, 1, 1), until=D(2021, 12, 31)).total_fen == 200_000
    event = charge(fund, officer)
    assert (event.kind, event.amount_fen, event.value_date) == ("FEE", 40_000, D(2026, 1, 15))
    kept = FeeCharge.objects.get()
    assert (kept.event, kept.parts[0]["basis_fen"], kept.parts[0]["rate"]) == (event, 4_000_000, "1/100")


@db
def test_no_day_is_charged_twice_until_its_fee_is_taken_back(fund, officer):
    event = charge(fund, officer)
    with pytest.raises(RuleViolation) as caught:
        charge(fund, officer, D(2025, 12, 31), D(2026, 3, 31))
    assert caught.value.code == "FEE_PERIOD_CHARGED"
    reverse_event(event_id=event.pk, reason="wrong term", actor=officer)
    assert charge(fund, officer).amount_fen == 40_000


@db
@pytest.mark.parametrize(
    ("code", "since", "until"),
    [("PERIOD_ORDER", D(2025, 2, 1), D(2025, 1, 1)), ("FEE_NOTHING", D(2027, 1, 1), D(2027, 2, 1))],
)
def test_what_cannot_be_charged_is_said(code, since, until, fund):
    with pytest.raises(RuleViolation) as caught:
        propose_fee(fund=fund, since=since, until=until)
    assert caught.value.code == code


@db
def test_the_database_refuses_a_second_charge_of_a_day(fund, officer):
    charge(fund, officer)
    event = record_event(fund_id=fund.pk, kind="FEE", value_date=D(2026, 2, 1), amount_fen=5, actor=officer)
    row = {"fund": fund, "parts": [], "event": event, "amount_fen": 5}
    for facts in (
        {"since": D(2025, 6, 1), "until": D(2026, 2, 1)},
        {"since": D(2026, 1, 1), "until": D(2026, 2, 1), "amount_fen": 6},
    ):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            FeeCharge.objects.create(**row | facts)
        assert caught.value.__cause__.diag.constraint_name == "fee_charge_once"
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeCharge.objects.update(amount_fen=1)


@db
def test_a_fee_above_the_limit_is_charged_when_another_person_approves(fund, officer):
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=fund.pk, approval_limit_fen=100, is_complete=False, actor=finance)
    proposal = charge(fund, officer)
    assert isinstance(proposal, EntryProposal)
    assert not FeeCharge.objects.exists()
    approve_entry(proposal_id=proposal.pk, actor=finance)
    assert FeeCharge.objects.get().event.amount_fen == 40_000


@db
@pytest.mark.parametrize("role", [*Role, None])
def test_who_opens_what(client, role, fund):
    readers = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
    writers = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}
    expected = {
        reverse("funds:fees", args=[fund.pk]): readers, reverse("funds:fee_charge", args=[fund.pk]): writers,
    }  # fmt: skip
    as_role(client, role)
    for address, roles in expected.items():
        status = 200 if role in roles else 302 if role is None else 403
        assert client.get(address).status_code == status


@db
def test_the_parts_are_shown_before_the_fee_is_booked(client, fund):
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:fee_charge", args=[fund.pk])
    assert client.get(address).context["form"]["since"].initial == D(2020, 1, 1)
    answers = {"since": "2024-07-01", "until": "2025-12-31", "value_date": "2026-01-15", "form_token": new_token()}
    shown = client.post(address, answers, headers={"accept-language": "en"})
    assert [row[1] for row in shown.context["parts"]] == ["Investment period", "Exit period", ""]
    assert not FeeCharge.objects.exists()
    done = client.post(address, answers | {"book": "1", "seen": shown.context["seen"]})
    assert done.url == reverse("funds:fees", args=[fund.pk])
    assert LedgerEvent.objects.get(kind="FEE").amount_fen == FeeCharge.objects.get().amount_fen
    assert "2.00\u202f% of Paid-in capital" in client.get(done.url, headers={"accept-language": "en"}).text
    assert client.get(address).context["form"]["since"].initial == D(2026, 1, 1)


@db
def test_a_fee_is_charged_and_listed_through_the_api(fund, officer):
    client = APIClient()
    client.force_authenticate(officer)
    body = {"fund": fund.pk, "since": "2025-01-01", "until": "2025-12-31", "value_date": "2026-01-15"}
    answer = client.post(reverse("api:feecharge-list"), body)
    assert (answer.status_code, answer.json()["amount_fen"]) == (201, 40_000)
    assert client.get(reverse("api:feecharge-list")).json()["results"][0]["event"] == answer.json()["id"]
    assert client.post(reverse("api:feecharge-list"), body).json()["code"] == "FEE_PERIOD_CHARGED"
    client.force_authenticate(UserFactory(role=Role.AUDITOR))
    assert client.post(reverse("api:feecharge-list"), body).status_code == 403

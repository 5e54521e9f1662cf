"""Loss tolerance over the API: exact fractions, the same visibility as the pages, constant queries."""

from fractions import Fraction

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.funds import scenes

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
MOMENT = {"as_of": "2024-06-30", "known_at": "2024-06-30T12:00:00Z"}


def client_of(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


def exact(pair):
    return Fraction(pair["num"], pair["den"])


def test_a_fund_answers_as_the_engine_does():
    fund = scenes.fund_mixed()
    body = client_of(Role.AUDITOR).get(reverse("api:fund-tolerance", args=[fund.pk]), MOMENT).json()
    view = evaluate(Target.of_fund(fund), scenes.DAY, scenes.KNOWN)
    main, tested = view.main, view.main.tolerance
    assert exact(body["main"]["result"]["rate"]) == main.rate.rate
    assert exact(body["main"]["result"]["numerator_signed_fen"]) == main.rate.numerator_signed
    assert exact(body["main"]["effective_cap"]) == tested.effective_cap == Fraction(17, 40)
    assert exact(body["main"]["headroom_fen"]) == tested.headroom
    assert (body["main"]["status"], body["inputs_hash"]) == ("WITHIN", view.inputs_hash)
    assert {line["stage"]: exact(line["cap"]) for line in body["stages"]} == {
        "angel": Fraction(2, 5),
        "seed": Fraction(1, 2),
    }
    assert len(body["readings"]) == len(main.readings)
    assert body["main"]["definition"]["netting"] == {"value": "REALISED_GAINS", "from": "default"}


def test_a_stage_has_its_own_answer_and_says_where_the_definition_comes_from():
    fund = scenes.fund_mixed()
    address = reverse("api:fund-tolerance", args=[fund.pk])
    body = client_of(Role.AUDITOR).get(address, MOMENT | {"stage": "seed"}).json()
    assert exact(body["main"]["result"]["rate"]) == Fraction(1, 5)
    assert body["main"]["definition"]["denominator"] == {"value": "CATEGORY_INVESTED_COST", "from": "policy"}


def test_a_group_sums_its_funds():
    group = scenes.group_of(scenes.fund_within(), scenes.fund_exceeded())
    body = client_of(Role.AUDITOR).get(reverse("api:fundgroup-tolerance", args=[group.pk]), MOMENT).json()
    assert exact(body["main"]["result"]["rate"]) == Fraction(600, 2000)
    assert exact(body["main"]["cap"]) == Fraction(1, 2)


def test_what_has_no_cap_says_so_and_null_is_never_zero():
    scenes.fund_of_unknown_cap()
    (line,) = client_of(Role.AUDITOR).get(reverse("api:tolerance-list"), MOMENT).json()["funds"]
    assert (line["main"]["status"], line["main"]["reason"]) == ("NO_RULE", "CAP_UNKNOWN")
    assert (line["main"]["cap"], line["main"]["utilisation"], line["main"]["headroom_fen"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"as_of": "2999-01-01"}, "as_of"), ({"known_at": "2999-01-01T00:00:00Z"}, "known_at"), ({"as_of": "x"}, "as_of")],
)
def test_times_that_cannot_be_asked_are_refused_with_their_field(query, field):
    fund = scenes.fund_within()
    answer = client_of(Role.AUDITOR).get(reverse("api:fund-tolerance", args=[fund.pk]), query)
    assert answer.status_code == 400
    assert field in answer.content.decode()


@pytest.mark.parametrize("role", Role)
def test_who_may_ask(role):
    fund = scenes.fund_within()
    group = scenes.group_of(fund)
    client = client_of(role)
    answers = [
        client.get(reverse("api:fund-tolerance", args=[fund.pk])).status_code,
        client.get(reverse("api:fundgroup-tolerance", args=[group.pk])).status_code,
        client.get(reverse("api:tolerance-list")).status_code,
    ]
    assert answers == ([200, 200, 200] if role in READERS else [404, 404, 403])


def test_the_overview_costs_the_same_for_one_fund_and_three(django_assert_num_queries):
    scenes.fund_within()
    for more in (scenes.fund_exceeded, scenes.fund_mixed):
        client = client_of(Role.AUDITOR)
        with django_assert_num_queries(8):
            client.get(reverse("api:tolerance-list"), MOMENT)
        more()


@pytest.mark.parametrize("name", ["fund", "ordering", "asof"])
def test_parameters_that_nothing_reads_are_refused_by_name(name):
    fund = scenes.fund_within()
    group = scenes.group_of(fund)
    client = client_of(Role.AUDITOR)
    for address in (
        reverse("api:fund-tolerance", args=[fund.pk]),
        reverse("api:fundgroup-tolerance", args=[group.pk]),
        reverse("api:tolerance-list"),
    ):
        answer = client.get(address, MOMENT | {name: "1"})
        assert (answer.status_code, name in answer.content.decode()) == (400, True)
        assert client.get(address, MOMENT | {"format": "json"}).status_code == 200


def test_a_stage_across_a_group_has_a_rate_and_no_cap():
    group = scenes.group_of(scenes.fund_within())
    address, client = reverse("api:fundgroup-tolerance", args=[group.pk]), client_of(Role.AUDITOR)
    whole, stage = client.get(address, MOMENT).json(), client.get(address, MOMENT | {"stage": "seed"}).json()
    assert stage["main"]["result"]["rate"] == whole["main"]["result"]["rate"]
    assert (stage["main"]["status"], stage["main"]["effective_cap"]) == ("NO_RULE", None)

"""Stress in the API: the same answers and refusals as the pages, by role."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from funds.models import LedgerEvent, OutcomeParameter, Scenario, StressRun
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, in_turn
from tests.funds.stressing import GROSS, bound_a, finished, read_as

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
ASKERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
TIMES = {"as_of": "2024-06-30", "known_at": "2024-06-30T20:00:00+08:00"}


def client_of(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


@pytest.fixture
def fund():
    fund, _ = bound_a()
    read_as(fund, **GROSS)
    return fund


def write_off(fund, code):
    holding = fund.investments.get(code=code).pk
    return {"changes": [{"holding": holding, "kind": "WRITE_OFF", "share": [1, 1], "impaired": False}]}


def test_reverse_stress_and_what_if_are_exact_and_write_nothing(fund):
    client, events = client_of(Role.AUDITOR), LedgerEvent.objects.count()
    found = client.get(reverse("api:stress-list"), {"fund": fund.pk, **TIMES}).json()
    assert (found["markdown_to_breach"]["num"], found["markdown_to_breach"]["den"]) == (359, 535)
    assert (found["k_min"], found["k_max"], len(found["failures"])) == (1, 3, 4)
    asked = {"fund": fund.pk, "supposed": write_off(fund, "P4"), **TIMES}
    answer = client.post(reverse("api:stress-what-if"), asked, format="json").json()
    assert answer["now"]["result"]["rate"]["display"] == "29.5\u202f%"
    assert answer["then"]["result"]["rate"]["display"] == "56.3\u202f%"
    assert answer["stress_then"]["state"] == "BREACHED_NOW"
    assert (LedgerEvent.objects.count(), Scenario.objects.count()) == (events, 0)


def test_who_may_read_and_ask(fund):
    finished(fund)
    for role in in_turn(roles=Role):
        client = client_of(role)
        for name, rows in (("stressrun", 1), ("outcomeparameter", OutcomeParameter.objects.count())):
            shown = client.get(reverse(f"api:{name}-list"), {"page_size": 100}).json()["results"]
            assert len(shown) == (rows if role in READERS else 0)
        question = client.get(reverse("api:stress-list"), {"fund": fund.pk, **TIMES})
        assert question.status_code == (200 if role in READERS else 403)
        scenario = {"name": "x", "fund": fund.pk, "changes": write_off(fund, "P4"), **TIMES}
        saved = client.post(reverse("api:scenario-list"), scenario, format="json")
        assert saved.status_code == (201 if role in ASKERS else 403)
        run = {"fund": fund.pk, "table": "example-rate", "draws": 1_000, "seed": 3, **TIMES}
        assert client.post(reverse("api:stressrun-list"), run, format="json").status_code == (
            202 if role in ASKERS else 403
        )
        assert StressRun.objects.count() == (2 if role in ASKERS else 1)
        if role in ASKERS:
            answer = client.get(reverse("api:scenario-answer", args=[saved.json()["id"]])).json()
            assert answer["then"]["status"] == "EXCEEDED"


def test_what_the_rules_refuse_is_named(fund):
    client = client_of(Role.FUND_OFFICER)
    wrong = client.post(reverse("api:stressrun-list"), {"fund": fund.pk, "table": "no-such", **TIMES}, format="json")
    assert (wrong.status_code, "STRESS_TABLE" in wrong.content.decode()) == (422, True)
    both = client.get(reverse("api:stress-list"), TIMES)
    assert both.status_code == 400

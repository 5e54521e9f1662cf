"""Reports by API: the same rules and the same rows as the pages."""

from datetime import UTC, datetime

import pytest
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.reports.models import ReportRun
from tests.factories.accounts import UserFactory
from tests.factories.reports import ask, failed, finished, registered, sample_kind

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)
RUNS = "/api/v1/report-runs/"
READERS = frozenset({Role.FUND_OFFICER, Role.AUDITOR})

pytestmark = pytest.mark.django_db


def client_of(role):
    client = APIClient()
    if role:
        client.force_authenticate(UserFactory(role=role))
    return client


@pytest.mark.parametrize("role", [None, *Role])
def test_every_door_opens_to_the_roles_of_the_kind_and_to_nobody_else(role, monkeypatch):
    with registered(sample_kind(roles=READERS)) as kind:
        run = finished(ask(UserFactory(role=Role.AUDITOR)))
        monkeypatch.setattr("innovation.reports.registry._kinds", {"sample": kind})
        client, answers = client_of(role), {}
        for name, call in {
            "kinds": lambda: client.get("/api/v1/report-kinds/"),
            "list": lambda: client.get(RUNS),
            "detail": lambda: client.get(f"{RUNS}{run.pk}/"),
            "file": lambda: client.get(f"{RUNS}{run.pk}/files/pdf/"),
            "ask": lambda: client.post(RUNS, {"kind": "sample", "parameters": {"fund": "A"}}),
            "retry": lambda: client.post(f"{RUNS}{run.pk}/retry/"),
        }.items():
            answers[name] = call().status_code
    if role in READERS:
        assert answers == {"kinds": 200, "list": 200, "detail": 200, "file": 200, "ask": 201, "retry": 409}
    else:
        assert set(answers.values()) == {401 if role is None else 403}
        assert ReportRun.objects.count() == 1


def test_asking_answers_with_the_run_and_the_same_question_with_the_same(sample):
    client = client_of(Role.FINANCE)
    body = {"kind": "sample", "parameters": {"fund": "A", "stages": ["seed"]}, "known_at": "2026-03-05T09:00:00+08:00"}
    first, again = client.post(RUNS, body), client.post(RUNS, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data["id"] == again.data["id"]
    assert first.data["state"] == "queued"
    assert first["Location"].endswith(f"{RUNS}{first.data['id']}/")
    assert (first.data["as_of"], first.data["parameters"]) == ("2026-03-05", {"fund": "A", "stages": ["seed"]})


def test_a_key_makes_a_repeated_request_harmless(sample):
    client = client_of(Role.FINANCE)
    body = {"kind": "sample", "parameters": {"fund": "A"}}
    first, again = (client.post(RUNS, body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.data["id"] == again.data["id"]
    assert ReportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "kind", "field"),
    [
        ({"kind": "nothing"}, 422, "REPORT_KIND_UNKNOWN", None),
        ({"kind": "sample", "parameters": {}}, 422, "REPORT_PARAMETERS", "fund"),
        ({"kind": "sample", "parameters": {"fund": {"a": []}, "stages": [["x"]]}}, 422, "REPORT_PARAMETERS", "stages"),
        ({"kind": "sample", "parameters": "x"}, 400, "INVALID", "parameters"),
        ({"kind": "sample", "parameters": {"fund": "A"}, "as_of": "soon"}, 400, "INVALID", "as_of"),
        (
            {"kind": "sample", "parameters": {"fund": "A"}, "known_at": "2999-01-01T00:00:00Z"},
            422,
            "KNOWN_AT_IN_FUTURE",
            "known_at",
        ),
        ({}, 400, "INVALID", "kind"),
    ],
)
def test_a_wrong_question_is_a_problem_with_its_field(sample, body, status, kind, field):
    response = client_of(Role.FINANCE).post(RUNS, body)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.data["code"]) == (status, kind)
    if field:
        assert response.data["errors"][0]["field"] == field
    assert not ReportRun.objects.exists()


def test_a_file_comes_as_an_attachment(sample):
    run = finished(ask(known_at=KNOWN))
    client = client_of(Role.AUDITOR)
    described = {file["format"]: file for file in client.get(f"{RUNS}{run.pk}/").data["files"]}
    response = client.get(described["xlsx"]["url"])
    assert response.content == bytes(run.files.get(format="xlsx").content)
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{RUNS}{run.pk}/files/exe/").status_code == 404


def test_kinds_say_which_parameters_they_take(sample):
    kinds = {kind["code"]: kind for kind in client_of(Role.AUDITOR).get("/api/v1/report-kinds/").data}
    assert kinds["sample"]["parameters"] == [
        {"name": "fund", "label": "fund", "help": "", "required": True, "choices": None},
        {"name": "stages", "label": "stages", "help": "", "required": False, "choices": ["seed", "angel"]},
    ]


def test_runs_are_filtered_and_paged(sample):
    for fund in ("A", "B", "C"):
        failed(ask(parameters={"fund": fund}))
    ask(parameters={"fund": "D"})
    client = client_of(Role.AUDITOR)
    page = client.get(f"{RUNS}?state=failed&page_size=2").data
    assert len(page["results"]) == 2
    rest = client.get(page["next"]).data
    assert len(rest["results"]) == 1
    assert {run["state"] for run in page["results"] + rest["results"]} == {"failed"}


def test_a_failed_run_is_tried_again(sample):
    run = failed(ask())
    response = client_of(Role.AUDITOR).post(f"{RUNS}{run.pk}/retry/")
    assert (response.status_code, response.data["state"]) == (200, "queued")


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_rows(sample, django_assert_num_queries, number):
    for place in range(number):
        finished(ask(parameters={"fund": str(place)}))
    client = client_of(Role.AUDITOR)
    client.get(RUNS)
    with django_assert_num_queries(2):
        client.get(RUNS)

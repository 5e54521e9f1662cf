"""Calls for everybody and definitions for officers in the API."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.calls.choices import CallState
from innovation.calls.data.definitions import shipped
from innovation.calls.models import CallDocument, FormDefinition, RubricDefinition
from innovation.calls.queries.definitions import MODELS
from innovation.calls.rules import forms, plain
from innovation.calls.rules.definitions import Kind
from tests.factories.accounts import UserFactory, in_turn
from tests.factories.calls import FORM, CallFactory

pytestmark = pytest.mark.django_db
CALLS, DEFINITIONS = "/api/v1/calls/", "/api/v1/definitions/"
WRITERS = {Role.ADMINISTRATOR, Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER}
PUBLISHERS = {Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def at(role):
    client = APIClient(headers={"accept-language": "en"})
    if role:
        client.force_authenticate(UserFactory(role=role))
    return client


def codes(**query):
    answer = APIClient().get(CALLS, query)
    assert answer.status_code == 200, answer.json()
    return {row["code"] for row in answer.json()["results"]}


def test_everybody_finds_open_coming_and_closed_calls_without_a_login():
    now, day = timezone.now(), timedelta(days=1)
    CallFactory(code="open", title_zh="低空经济研发", sectors=["C"], opens_at=now - day, for_organisations=False)
    CallFactory(code="coming", opens_at=now + day)
    CallFactory(code="closed", opens_at=now - 9 * day, closes_at=now - day, process__family="of-a-challenge")
    CallFactory(code="gone", opens_at=now - 2 * day, state=CallState.CANCELLED)
    CallFactory(code="hidden", state=CallState.DRAFT, published_at=None)
    everything = {"open", "coming", "closed", "gone"}
    asked = {
        "": everything, "phase=OPEN": {"open"}, "phase=COMING": {"coming"}, "phase=CLOSED": {"closed", "gone"},
        "q=低空": {"open"}, "q=没有": set(), "process=of-a-challenge": {"closed"}, "kind=funding": everything,
        "sector=N": everything - {"open"}, "for_organisations=false": {"open"},
        f"closes_at__lte={now:%Y-%m-%dT%H:%M:%SZ}": {"closed"}, "goal=nothing": set(),
    }  # fmt: skip
    for query, expected in asked.items():
        assert codes(**dict(part.split("=", 1) for part in query.split("&") if part)) == expected, query
    rows = {row["code"]: row for row in APIClient().get(CALLS, {"ordering": "closes_at"}).json()["results"]}
    assert next(iter(rows)) == "closed"
    assert {code: row["takes_applications"] for code, row in rows.items()} == dict.fromkeys(everything, False) | {
        "open": True
    }
    assert rows["gone"]["is_cancelled"]
    page = APIClient().get(CALLS, {"page_size": 3}).json()
    rest = APIClient().get(page["next"]).json()
    assert len(page["results"]) + len(rest["results"]) == 4
    assert APIClient().get(f"{CALLS}hidden/").status_code == 404
    wrong = APIClient().get(CALLS, {"phase": "open"}, headers={"accept-language": "en"}).json()["errors"][0]
    assert (wrong["field"], "COMING, OPEN, CLOSED" in wrong["message"]) == ("phase", True)
    for address in (CALLS, "/api/v1/public-notices/"):
        assert APIClient().post(address, {}).status_code == 405


def test_a_call_tells_its_form_eligibility_scoring_and_steps_in_a_plain_shape():
    rubric = RubricDefinition.objects.newest("challenge_eligibility")
    call = CallFactory(code="plain", form=FormDefinition.objects.newest("challenge_bid"), rubric=rubric)
    CallDocument.objects.create(
        call=call, title="公告", file="calls/x.pdf", file_name="公告.pdf", file_kind="pdf", size=3
    )
    told = APIClient().get(f"{CALLS}plain/", headers={"accept-language": "en"}).json()
    fields = [field for section in told["form"]["sections"] for field in section["fields"]]
    assert [field["key"] for field in fields] == list(forms.by_key(call.form.content))
    assert fields[0]["label"]["en"]
    assert fields[0]["label"]["zh"]
    assert {"column", "identifying", "source", "formula"} & {key for field in fields for key in field} == set()
    assert any(field["is_required"] for field in fields)
    assert [row["id"] for row in told["eligibility"]["conditions"]] == [row["id"] for row in rubric.content["gates"]]
    assert not told["eligibility"]["conditions"][0]["is_verified"]
    assert sum(row["weight"] for row in told["scoring"]["criteria"]) == 4
    assert told["steps"][0]["title"]
    document = told["documents"][0]
    assert document["url"].startswith("http://testserver/calls/documents/")
    text = json.dumps(told)
    assert "recorded_by" not in text
    assert "officer" not in told


@pytest.mark.parametrize(
    "row", [row for row in shipped() if row["kind"] in {"form", "rubric"}], ids=lambda r: r["family"]
)
def test_every_shipped_form_and_rubric_has_a_plain_shape(row):
    shape = {"form": plain.form_shape, "rubric": plain.rubric_shape}[row["kind"]](row["content"])
    words = json.dumps(shape, ensure_ascii=False)
    assert '"zh": ""' not in words.replace('"help": {"zh": ""', "")


def test_a_definition_is_written_tried_published_and_taken_further_by_program():
    officer, manager = at(Role.FUND_OFFICER), at(Role.PROGRAMME_MANAGER)
    forms_ = f"{DEFINITIONS}form/"
    kinds = officer.get(DEFINITIONS).json()
    assert [row["kind"] for row in kinds] == [str(kind) for kind in Kind]
    assert all(officer.get(row["url"]).json()["results"] for row in kinds)
    bad = officer.post(forms_, {"family": "by-api", "title_zh": "表", "content": {"sections": 3}})
    assert bad.status_code == 201
    address = f"{forms_}{bad.json()['id']}/"
    assert bad.json()["faults"][0]["message"]
    assert officer.post(f"{address}try/", {}).json()["preview"] == []
    refused = manager.post(f"{address}publish/")
    assert (refused.status_code, refused.json()["code"]) == (422, "DEFINITION_FAULTS")
    assert officer.patch(address, {"content": FORM}).json()["faults"] == []
    tried = officer.post(f"{address}try/", {"state": "draft", "sample": {"title": "甲"}}).json()
    assert tried["preview"][0]["title"] == "The project"
    assert ["Summary", "This is still missing.", "refused"] in tried["answers"][0]["rows"]
    assert officer.post(f"{address}try/", {"sample": [1]}).status_code == 400
    assert officer.post(f"{address}publish/").status_code == 403
    assert manager.post(f"{address}publish/").json()["definition_state"] == "PUBLISHED"
    assert officer.patch(address, {"content": {}}).json()["code"] == "DEFINITION_FROZEN"
    assert officer.delete(address).json()["code"] == "DEFINITION_FROZEN"
    assert officer.post(f"{address}new-version/", {}).status_code == 400
    second = officer.post(f"{address}new-version/", {"reason": "Longer"}).json()
    assert (second["version"], second["content"]) == (2, FORM)
    changed = {"sections": FORM["sections"][:1], "rules": []}
    officer.patch(f"{forms_}{second['id']}/", {"content": changed})
    told = officer.get(f"{forms_}{second['id']}/differences/").json()
    assert (told["other"], told["differences"][0]["change"]) == (1, "removed")
    assert officer.get(f"{forms_}{second['id']}/differences/?with=x").status_code == 400
    file = officer.get(f"{address}file/")
    assert file["Content-Disposition"] == 'attachment; filename="form-by-api-1.json"'
    exported = json.loads(file.content)
    for _time in range(2):
        key = {"Idempotency-Key": "import-1"}
        brought = officer.post(DEFINITIONS, exported | {"family": "elsewhere"}, headers=key)
        assert (brought.status_code, brought.json()["version"]) == (201, 1)
    broken = officer.post(DEFINITIONS, exported | {"content": {}})
    assert (broken.status_code, broken.json()["facts"]["faults"][0]["code"]) == (422, "wrong_hash")
    assert [row["version"] for row in officer.get(forms_, {"family": "by-api"}).json()["results"]] == [2, 1]
    assert officer.delete(f"{forms_}{second['id']}/").status_code == 204
    assert manager.post(f"{address}retire/").json()["definition_state"] == "RETIRED"
    assert manager.post(f"{address}confirm/", {"source": "国发〔2026〕1号"}).json()["source_status"] == "VERIFIED"


def test_who_reads_writes_and_publishes_definitions():
    for role in in_turn(roles=(None, *Role)):
        kinds = MODELS if role == Role.FUND_OFFICER else ("form",)
        drafts = {kind: MODELS[kind].objects.create(family="matrix", title_zh="试", content={}) for kind in kinds}
        client = at(role)
        reads = role not in {None, Role.APPLICANT, Role.REVIEWER}
        closed = 401 if role is None else 403
        assert client.get(DEFINITIONS).status_code == (200 if reads else closed)
        for kind, draft in drafts.items():
            base = f"{DEFINITIONS}{kind}/"
            one = f"{base}{draft.pk}/"
            answers = {
                "list": client.get(base), "read": client.get(one), "file": client.get(f"{one}file/"),
                "differences": client.get(f"{one}differences/"), "history": client.get(f"{one}history/"),
                "try": client.post(f"{one}try/", {}),
                "write": client.post(base, {"family": "new", "title_zh": "新", "content": {}}),
                "change": client.patch(one, {"title_zh": "改"}),
                "confirm": client.post(f"{one}confirm/", {"source": "x"}),
                "publish": client.post(f"{one}publish/"),
            }  # fmt: skip
            got = {name: answer.status_code for name, answer in answers.items()}
            assert got == {
                **dict.fromkeys(("list", "read", "file", "differences", "history", "try"), 200 if reads else closed),
                "write": 201 if role in WRITERS else closed,
                "change": 200 if role in WRITERS else closed,
                "confirm": 200 if role in PUBLISHERS else closed,
                "publish": 422 if role in PUBLISHERS else closed,
            }, kind
            assert client.delete(one).status_code == (204 if role in WRITERS else closed)


@pytest.mark.parametrize("address", [CALLS, f"{CALLS}calm/", DEFINITIONS, f"{DEFINITIONS}form/"])
def test_one_row_costs_what_three_cost(address, django_assert_max_num_queries):
    CallFactory(code="calm", rubric=RubricDefinition.objects.newest("challenge_eligibility"))
    client = at(Role.AUDITOR)
    with django_assert_max_num_queries(13) as before:
        assert client.get(address).status_code == 200
    for _each in range(2):
        CallFactory()
    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get(address)

"""Definitions and calls through their actions and the admin: drafts, publishing, versions, files, windows, refusals."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls import kinds
from innovation.calls.actions import calls, definitions
from innovation.calls.choices import CallState, DefinitionState
from innovation.calls.models import (
    Call,
    DefinitionCase,
    FormDefinition,
    Goal,
    MessageTemplate,
    ProcessDefinition,
    Programme,
    RubricDefinition,
)
from innovation.calls.process_map import process_map
from innovation.calls.queries import outcomes, trying
from innovation.calls.queries.definitions import MODELS, exported, faults_of
from innovation.calls.queries.stored import run_stored
from innovation.calls.rules import workflow
from innovation.calls.rules.definition_files import read_file, write_file
from innovation.calls.rules.definitions import Kind
from innovation.calls.rules.differences import differences
from innovation.calls.rules.workflow import SHIPPED
from tests.calls.test_screening import RUBRIC, case_with_own
from tests.factories.accounts import UserFactory
from tests.factories.calls import FORM, GoalFactory
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db
MAY_WRITE = {Role.ADMINISTRATOR, Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER}
MAY_PUBLISH = {Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}
FIELDS = {"title_zh": "试", "title_en": "Trial", "content": FORM}


def draft(officer, **more):
    return definitions.create_draft(kind="form", family="trial", actor=officer, fields=FIELDS | more)


def test_a_definition_is_written_published_and_taken_further(officer, manager):
    first = draft(officer, content={})
    assert [fault.code for fault in faults_of(first)] == ["not_a_form"]
    with rule_refuses("DEFINITION_FAULTS"):
        definitions.publish(definition=first, actor=manager)
    definitions.save_draft(definition=first, actor=officer, fields={"content": FORM})
    first = definitions.publish(definition=first, actor=manager)
    with rule_refuses("DEFINITION_FROZEN"):
        definitions.save_draft(definition=first, actor=officer, fields={"content": {}})
    second = definitions.new_version(definition=first, reason="Longer titles", actor=officer)
    assert (second.version, second.state, second.content) == (2, DefinitionState.DRAFT, FORM)
    with rule_refuses("DRAFT_EXISTS"):
        definitions.new_version(definition=first, reason="again", actor=officer)
    definitions.publish(definition=second, actor=manager)
    assert FormDefinition.objects.newest("trial").version == 2
    definitions.retire(definition=second, actor=manager)
    assert FormDefinition.objects.newest("trial").version == 1


@pytest.mark.parametrize("role", list(Role))
def test_who_writes_and_who_publishes(role, officer):
    standing, actor = draft(officer), UserFactory(role=role)
    attempts = {
        "write": lambda: definitions.save_draft(definition=standing, actor=actor, fields=FIELDS),
        "confirm": lambda: definitions.confirm_rule(definition=standing, source="国发〔2026〕1号", actor=actor),
        "publish": lambda: definitions.publish(definition=standing, actor=actor),
    }
    allowed = set()
    for name, attempt in attempts.items():
        try:
            attempt()
            allowed.add(name)
        except PermissionDenied:
            pass
    assert allowed == ({"write"} if role in MAY_WRITE else set()) | (
        {"publish", "confirm"} if role in MAY_PUBLISH else set()
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_every_shipped_definition_goes_out_and_comes_back_the_same(kind, officer):
    for definition in MODELS[kind].objects.all():
        made = definitions.import_definition(data=write_file(exported(definition)).encode(), actor=officer)
        assert (made.content, made.family) == (definition.content, definition.family)
        assert made.version > definition.version
        assert trying.preview(definition)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"family": "x", "colour": 1}, "unknown_key"), ({"format_version": 9}, "wrong_format"),
        ({"content": {"sections": []}}, "wrong_hash"), ({"kind": "poem"}, "unknown_kind"), ({"title": {}}, "no_title"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_with_its_place(change, code):
    source = FormDefinition.objects.newest("funding_call")
    whole, faults = read_file(write_file(exported(source)).encode())
    assert faults == ()
    changed = json.dumps(whole | change).encode()
    assert code in {fault.code for fault in read_file(changed)[1]}
    assert read_file(b"\xff\xfe{")[1][0].code == "not_json"


def test_differences_are_told_by_keys_and_not_by_places():
    before = {"sections": [{"key": "a", "n": 1}, {"key": "b", "n": 2}]}
    after = {"sections": [{"key": "b", "n": 3}, {"key": "c", "n": 4}]}
    told = [(one.path, one.kind) for one in differences(before, after)]
    assert told == [("$.sections.:b.n", "changed"), ("$.sections.:c", "added"), ("$.sections.:a", "removed")]
    assert list(differences(FORM, FORM)) == []


def test_test_runs_answer_to_sample_values():
    rubric = RubricDefinition.objects.newest("funding_eligibility")
    result = trying.answer(rubric, {}, {"own_share": "0.4"})[0]
    assert result.rows[0][0] == "not passed"
    form = FormDefinition.objects.newest("funding_call")
    assert ("Title of the project", "This is still missing.", "refused") in trying.answer(form, {"state": "draft"}, {})[
        0
    ].rows
    process = MODELS[Kind.PROCESS].objects.newest("rd_fund")
    told = trying.answer(process, {"state": "draft", "event": "submit", "role": "officer"}, {})[0].rows[0]
    assert told[0] == "refused"
    deadlines = MODELS[Kind.DEADLINES].objects.newest("funding_deadlines")
    assert trying.answer(deadlines, {"day": "2026-02-11"}, {})[0].rows[0][1] == "2026-03-03"
    mail = MessageTemplate.objects.newest("call_extended")
    assert trying.answer(mail, {}, {"call": "{{ reason }}"})[0].heads == ("延期：{{ reason }}",)


@pytest.fixture
def call(officer, monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {"funding": kinds.Kind("funding", "Funding")})
    now = timezone.now()
    made = calls.make_call(
        ready_made_key="funding_call", code="new-call", opens_at=now, closes_at=now + timedelta(days=30), actor=officer
    )
    words = {"summary_zh": "概要", "summary_en": "Summary", "who_zh": "谁", "who_en": "Who", "goal": GoalFactory()}
    return calls.save_call(call_id=made.pk, actor=officer, fields=words)


def test_a_call_is_made_published_extended_copied_and_cancelled(call, officer, manager):
    with pytest.raises(PermissionDenied):
        calls.publish_call(call_id=call.pk, actor=officer)
    calls.publish_call(call_id=call.pk, actor=manager)
    with rule_refuses("CALL_FROZEN"):
        calls.save_call(call_id=call.pk, actor=officer, fields={"title_zh": "变"})
    with rule_refuses("NOT_LATER"):
        calls.extend_call(call_id=call.pk, closes_at=call.opens_at, reason="x", actor=manager)
    later = call.closes_at + timedelta(days=3)
    with rule_refuses("REASON_MISSING"):
        calls.extend_call(call_id=call.pk, closes_at=later, reason=" ", actor=manager)
    assert calls.extend_call(call_id=call.pk, closes_at=later, reason="Storm", actor=manager).closes_at == later
    copy = calls.copy_call(call_id=call.pk, code="copy", opens_at=later, closes_at=None, actor=officer)
    assert (copy.state, copy.form_id, copy.extension_reason, copy.published_at) == (
        CallState.DRAFT,
        call.form_id,
        "",
        None,
    )
    assert calls.cancel_call(call_id=call.pk, reason="No money", actor=manager).state == CallState.CANCELLED


def test_what_keeps_a_call_from_being_published(call, officer, manager):
    today = timezone.localdate()
    old = Programme.objects.create(
        code="old", title_zh="旧", goal=Goal.objects.first(), starts_on=today, ends_on=today,
        review_on=today - timedelta(days=1),
    )  # fmt: skip
    cases = {
        "GOAL_MISSING": {"goal": None}, "PROGRAMME_SUNSET": {"programme": old}, "WORDS_MISSING": {"who_en": ""},
        "WINDOW_OVER": {"opens_at": call.opens_at - timedelta(9), "closes_at": call.opens_at - timedelta(8)},
        "UNKNOWN_KIND": {"kind": "nothing"}, "DEFINITION_NOT_PUBLISHED": {"form": draft(officer)},
    }  # fmt: skip
    for code, change in cases.items():
        kept = {name: getattr(call, name) for name in change}
        calls.save_call(call_id=call.pk, actor=officer, fields=change)
        with rule_refuses(code):
            calls.publish_call(call_id=call.pk, actor=manager)
        calls.save_call(call_id=call.pk, actor=officer, fields=kept)
    calls.publish_call(call_id=call.pk, actor=manager)
    Programme.objects.filter(pk=old.pk).update(reviewed_on=today)
    old.refresh_from_db()
    assert old.may_publish_on(today)
    with rule_refuses("CALL_CODE"):
        calls.copy_call(call_id=call.pk, code="self-test", opens_at=call.opens_at, closes_at=None, actor=officer)


def test_the_admin_writes_tries_compares_and_imports(officer, manager):
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    base = "/admin/calls/formdefinition/"
    form = {
        "family": "by-hand",
        "title_zh": "表",
        "title_en": "Form",
        "source_status": "LOCAL",
        "content": '{"sections": 3}',
    }
    client.post(f"{base}add/", form)
    made = FormDefinition.objects.get(family="by-hand")
    page = client.get(f"{base}{made.pk}/change/").content.decode()
    assert "1 fault keeps it from being published" in page
    assert "line 2" in client.post(f"{base}{made.pk}/change/", form | {"content": '{\n"a" 1}'}).content.decode()
    shipped = FormDefinition.objects.newest("funding_call")
    for name in ("change", "try", "differences", "file", "history"):
        assert client.get(f"{base}{shipped.pk}/{name}/").status_code == 200, name
    answered = client.post(f"{base}{shipped.pk}/try/", {"sample": "{}", "state": "draft"}).content.decode()
    assert "What would be refused" in answered
    chinese = client.get(f"{base}{shipped.pk}/try/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "长文本" in chinese
    assert not [code for code in ("long_text", "max_length", ">submitted<", "sum(") if code in chinese]
    file = SimpleUploadedFile("x.json", client.get(f"{base}{shipped.pk}/file/").content)
    assert client.post(f"{base}import/", {"file": file}).status_code == 302
    bad = client.post(f"{base}import/", {"file": SimpleUploadedFile("x.json", b"{}")}).content.decode()
    assert "is not an exported definition" in bad
    client.force_login(manager)
    assert client.post(f"{base}{made.pk}/act/publish/", {}).status_code == 200
    made.refresh_from_db()
    assert made.state == DefinitionState.DRAFT


def test_the_admin_makes_a_call_step_by_step(officer):
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    window = {"opens_at_0": "2027-01-04", "opens_at_1": "09:00", "closes_at_0": "", "closes_at_1": ""}
    answer = client.post("/admin/calls/call/add/", {"ready_made_key": "challenge_call", "code": "chip", **window})
    made = Call.objects.get(code="chip")
    assert answer.status_code == 302
    assert made.rules["min_bids"] == 3
    page = client.get(f"/admin/calls/call/{made.pk}/change/").content.decode()
    assert "names a goal of the strategy" in page
    look = client.get(f"/admin/calls/call/{made.pk}/look/").content.decode()
    assert "Answer to the need" in look
    assert client.get("/admin/calls/call/").status_code == 200


def test_a_new_version_is_tried_on_stored_applications(client, officer, django_assert_max_num_queries):
    rows = [case_with_own(fen) for fen in (200_000_000, 150_000_000, 50_000_000)]
    stricter = {"id": "own", "zh": "自筹", "en": "Own money", "rule": {"fact": "own", "op": ">=", "value": 1_800_000}}
    fresh = definitions.create_draft(
        kind="rubric", family="trial", actor=officer,
        fields={"title_zh": "试", "content": RUBRIC | {"gates": [stricter, *RUBRIC["gates"][1:]]}},
    )  # fmt: skip
    with django_assert_max_num_queries(8):
        run = run_stored(fresh, officer)
    assert (run.tried, [one.application.pk for one in run.changes]) == (3, [rows[1].pk])
    assert run.changes[0].after == "not passed; Own money"
    form = rows[0].form
    asks = form.content["sections"][0]["fields"] + [
        {"key": "more", "type": "text", "label": {"en": "More", "zh": "更多"}, "required_at": ["submitted"]}
    ]
    sections = [form.content["sections"][0] | {"fields": asks}, *form.content["sections"][1:]]
    longer = definitions.create_draft(
        kind="form", family=form.family, actor=officer,
        fields={"title_zh": "试", "content": form.content | {"sections": sections}},
    )  # fmt: skip
    client.force_login(officer)
    page = client.get(f"/admin/calls/formdefinition/{longer.pk}/stored/", headers={"accept-language": "en"})
    assert "1 of 1 stored applications would be judged otherwise" in page.content.decode()
    assert "More: This is still missing." in page.content.decode()
    told = client.get(f"/api/v1/definitions/form/{longer.pk}/stored/").json()
    assert [one["application"] for one in told["changes"]] == [rows[0].pk]
    process = rows[0].process
    short = process.content | {"states": [one for one in process.content["states"] if one != "submitted"]}
    without = ProcessDefinition(family=process.family, content=short)
    assert "This state is not part of the process." in str(run_stored(without, officer).changes[0].after)
    mail = MessageTemplate.objects.newest("application_received")
    assert client.get(f"/admin/calls/messagetemplate/{mail.pk}/stored/").status_code == 404


def test_kept_cases_are_tried_with_every_version(client, officer):
    from_admin = "/admin/calls/formdefinition/{}/{}/"
    first = draft(officer)
    client.force_login(officer)
    asked = {"act": "keep", "title": "只有名称", "state": "draft", "sample": '{"title": "电机"}'}
    assert client.post(from_admin.format(first.pk, "cases"), asked).status_code == 302
    (trial,) = outcomes.run_cases(first)
    assert trial.passed
    assert "summary: missing" in " ".join(trial.got["faults"])
    stricter = json.loads(json.dumps(FORM))
    stricter["sections"][0]["fields"][1]["required_at"] = []
    definitions.save_draft(definition=first, actor=officer, fields={"content": stricter})
    page = client.get(from_admin.format(first.pk, "cases")).content.decode()
    assert "0 of 1 cases" in page
    client.post(from_admin.format(first.pk, "cases"), {"act": "expect", "case": trial.case.pk})
    first.refresh_from_db()
    assert outcomes.run_cases(first)[0].passed
    query = f"?kind=form&family={first.family}&version={first.version}"
    assert client.get(f"/api/v1/definition-cases/run/{query}").json()[0]["passed"] is True
    again = {"kind": "form", "family": first.family, "version": first.version, "title": "空表"}
    made = client.post("/api/v1/definition-cases/", json.dumps(again), content_type="application/json")
    assert made.status_code == 201, made.content
    refused("definition_case_kind_known", lambda: DefinitionCase.objects.update(kind="poem"))
    refused("definition_case_title_once", lambda: DefinitionCase.objects.update(title="x"))
    client.post(from_admin.format(first.pk, "cases"), {"act": "drop", "case": trial.case.pk})
    assert not DefinitionCase.objects.filter(pk=trial.case.pk).exists()


def test_a_form_is_drawn_for_each_state_and_role_and_a_process_as_a_picture(client, officer):
    form = draft(officer)
    client.force_login(officer)
    drawn = f"/admin/calls/formdefinition/{form.pk}/drawn/"
    assert 'name="f-title"' in client.get(f"{drawn}?state=draft&role=writer").content.decode()
    assert 'name="f-title"' not in client.get(f"{drawn}?state=draft&role=office").content.decode()
    assert 'name="f-title"' not in client.get(f"{drawn}?state=in_review&role=writer").content.decode()
    process = ProcessDefinition.objects.newest("rd_fund")
    page = client.get(f"/admin/calls/processdefinition/{process.pk}/map/").content.decode()
    assert "<svg role" in page
    assert " style=" not in page[page.index("<svg role") : page.index("</svg>", page.index("<svg role"))]


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_the_picture_shows_every_state_and_its_table_every_step(key):
    content = SHIPPED[key]
    shown = process_map(content, now="submitted")
    rows = [row for row in workflow.transitions(content) if "deleted" not in {row.state, row.to}]
    assert {box.state for box in shown.boxes} == {state for row in rows for state in (row.state, row.to)}
    assert len(shown.steps) == len(rows)
    assert [box.state for box in shown.boxes if box.mark == "now"] == ["submitted"]
    needs = {one for one in content["states"] if one.startswith("need_")}
    assert {box.state for box in shown.boxes if box.mark == "past"} == {"draft"} | needs
    places = [(box.x, box.y) for box in shown.boxes]
    assert len(places) == len(set(places))
    assert all(box.y + 34 <= shown.height for box in shown.boxes)


def test_a_case_is_past_what_no_way_leads_around_and_what_its_steps_tell():
    fund = SHIPPED["rd_fund"]
    before = {box.state for box in process_map(fund, now="reserve", past={"returned"}).boxes if box.mark == "past"}
    assert before == {"draft", "submitted", "returned", "eligible", "in_review", "ranked"}
    assert {box.mark for box in process_map(fund).boxes} == {""}
    assert workflow.certain_before(SHIPPED["challenge"], "need_checked") == {"need_collected"}

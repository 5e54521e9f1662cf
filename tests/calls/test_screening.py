"""The check of a case: gates over what was submitted, overrides, decisions with reasons, questions that lapse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import screening
from innovation.calls.actions.likeness import compare_with_others, look_for_copies
from innovation.calls.choices import ApplicationState, GateOutcome, SourceStatus
from innovation.calls.models import GateOverride, RubricDefinition, SharedDetail, TextLikeness
from innovation.calls.queries.screening import judged_gates, shared_with
from innovation.calls.rules.shared import kind_of, plain_form
from innovation.core.models import OutboxMessage, TransitionRecord
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.reviews import SubmissionFactory, submitted_case
from tests.refusals import refused, refused_by_rule

pytestmark = pytest.mark.django_db
RUBRIC = {
    "id": "trial_1", "family": "trial", "zh": "试验", "en": "Trial", "source": "", "status": "local",
    "windows": [{"application_kind": "new", "from": "2024-01-01", "to": None, "status": "local"}],
    "derived": {}, "direct": [], "groups": [], "pass": None,
    "gates": [
        {"id": "own", "zh": "自筹不低于100万元", "en": "Own money at least 1 million",
         "rule": {"fact": "own", "op": ">=", "value": 1_000_000}},
        {"id": "here", "zh": "在本市注册", "en": "Registered here", "status": "unverified",
         "rule": {"fact": "here", "op": "==", "value": True}},
        {"id": "barred", "zh": "不在禁入期", "en": "Not barred", "veto": True,
         "rule": {"fact": "barred", "op": "==", "value": False}},
    ],
    "facts": {"own": {"zh": "自筹", "type": "money"}, "here": {"zh": "本市", "type": "boolean"},
              "barred": {"zh": "禁入", "type": "boolean"}},
}  # fmt: skip

CONTACT_FORM = {
    "sections": [
        {"key": "firm", "title": {"en": "Firm", "zh": "单位"}, "fields": [
            {"key": key, "type": "text", "label": {"en": key, "zh": key}}
            for key in ("title", "contact_phone", "bank_account", "address")
        ]}
    ],
    "rules": [],
}  # fmt: skip


def case_with_own(fen):
    rubric = RubricDefinition.objects.filter(family="trial").first() or RubricDefinition.objects.create(
        family="trial", title_zh="试验", content=RUBRIC, state="PUBLISHED", published_at=timezone.now(),
        source_status=SourceStatus.LOCAL,
    )  # fmt: skip
    answers = {"title": "电机", "summary": "做出样机", "own": fen}
    return submitted_case(answers=answers, call__rubric=rubric)


def outcomes(case):
    return {one.result.gate: str(one.outcome) for one in judged_gates(case)}


def test_gates_tell_met_not_met_and_not_known_with_actual_and_required(officer):
    case = case_with_own(99_999_900)
    run = screening.screen(application_id=case.pk, actor=officer)
    assert outcomes(case) == {"own": "not_met", "here": "not_known", "barred": "met"}
    own, here, barred = run.gates.all()
    assert own.comparisons == [{"fact": "own", "op": ">=", "required": 1_000_000, "actual": "999999"}]
    assert (here.is_unverified, own.is_unverified, barred.is_veto) == (True, False, True)
    assert (run.passed, run.is_verified, run.facts) == (False, False, {"own": "999999", "barred": False})
    refused("gate_result_append_only", lambda: run.gates.update(outcome=GateOutcome.MET))


def test_what_is_not_known_is_judged_first_and_an_override_keeps_the_computed_result(officer):
    case = case_with_own(100_000_000)
    refused_by_rule("GATES_UNKNOWN", screening.check_pass, application_id=case.pk, actor=officer)
    screening.screen(application_id=case.pk, actor=officer)
    here = judged_gates(case)[1].result
    judge = {"result_id": here.pk, "actor": officer}
    refused_by_rule("REASON_MISSING", screening.override_gate, **judge, outcome="met", reason=" ")
    refused_by_rule("NO_JUDGEMENT", screening.override_gate, **judge, outcome="not_known", reason="?")
    screening.override_gate(**judge, outcome="met", reason="执照地址在本市")
    assert outcomes(case)["here"] == "met"
    assert here.outcome == GateOutcome.NOT_KNOWN
    refused("gate_override_append_only", lambda: GateOverride.objects.update(reason="另一个"))
    done = screening.check_pass(application_id=case.pk, actor=officer)
    assert (done.state, done.officer) == (ApplicationState.ELIGIBLE, officer)


def test_a_re_check_is_judged_by_the_version_whose_window_is_open_for_it(officer):
    for version, kind in ((1, "recheck"), (2, "new")):
        window = {"application_kind": kind, "from": "2024-01-01", "to": None, "status": "local"}
        made = RubricDefinition.objects.create(
            family="twice", version=version, title_zh="试验", state="PUBLISHED", published_at=timezone.now(),
            source_status=SourceStatus.LOCAL,
            content=RUBRIC | {"id": f"twice_{version}", "family": "twice", "windows": [window]},
        )  # fmt: skip
    answers = {"title": "电机", "own": 200_000_000}
    cases = [
        submitted_case(answers=answers | {"application_kind": kind}, call__rubric=made) for kind in ("new", "recheck")
    ]
    runs = [screening.screen(application_id=case.pk, actor=officer) for case in cases]
    assert [run.rubric.version for run in runs] == [2, 1]


def test_a_failed_gate_refuses_the_pass_and_needs_its_text_for_the_refusal(officer):
    case = case_with_own(1)
    screening.screen(application_id=case.pk, actor=officer)
    screening.override_gate(
        result_id=judged_gates(case)[1].result.pk, outcome="met", reason="已核实", actor=officer
    )  # fmt: skip
    refused_by_rule("GATES_FAILED", screening.check_pass, application_id=case.pk, actor=officer)
    refused_by_rule("REASON_MISSING", screening.check_fail, application_id=case.pk, actor=officer, reasons={})
    done = screening.check_fail(application_id=case.pk, actor=officer, reasons={"own": "自筹经费只有0.01元"})
    assert done.state == ApplicationState.INELIGIBLE
    mail = OutboxMessage.objects.get(recipient=case.created_by.email)
    assert "自筹经费只有0.01元" in mail.payload["text"]
    assert TransitionRecord.objects.get(event="check_fail").facts["reasons"] == {"own": "自筹经费只有0.01元"}
    # The second officer comes too late: one decision, one mail.
    refused_by_rule(
        "NO_SUCH_TRANSITION", screening.check_fail, application_id=case.pk, actor=UserFactory(role=Role.FUND_OFFICER),
        reasons={"own": "x"},
    )  # fmt: skip
    assert OutboxMessage.objects.count() == 1


def test_questions_open_the_chosen_fields_and_lapse_unanswered(officer):
    case = case_with_own(1)
    ask = {"application_id": case.pk, "actor": officer}
    refused_by_rule("UNKNOWN_FIELD", screening.ask, **ask, text="?", fields=["nothing"])
    refused_by_rule("NOTHING_ASKED", screening.ask, **ask, text="?", fields=[])
    refused_by_rule("REASON_MISSING", screening.ask, **ask, text=" ", fields=["own"], due_on=timezone.localdate())
    due = timezone.localdate() + timedelta(days=3)
    request = screening.ask(**ask, text="请说明自筹来源", fields=["own"], due_on=due)
    case.refresh_from_db()
    assert (case.state, case.due_on, request.fields) == (ApplicationState.RETURNED, due, ["own"])
    assert screening.lapse_unanswered(today=due) == 0
    assert screening.lapse_unanswered(today=due + timedelta(days=1)) == 1
    assert screening.lapse_unanswered(today=due + timedelta(days=1)) == 0
    case.refresh_from_db()
    assert case.state == ApplicationState.WITHDRAWN


def test_nobody_acts_on_the_case_of_the_own_organisation(officer):
    case = case_with_own(100_000_000)
    MembershipFactory(organisation=case.organisation, user=officer)
    refused_by_rule("RELATED_PARTY", screening.check_fail, application_id=case.pk, actor=officer, reasons={}, text="x")
    refused_by_rule(
        "RELATED_PARTY", screening.assign_officer, application_id=case.pk, officer_id=officer.pk,
        actor=UserFactory(role=Role.FUND_OFFICER),
    )  # fmt: skip


def test_copies_are_found_once(officer):
    text = "采用碳化硅器件的高功率密度电机驱动系统，面向低空飞行器，寿命三千小时以上，在雨雾环境下可用。"
    first = submitted_case(answers={"title": "甲", "summary": text})
    second = submitted_case(answers={"title": "乙", "summary": text + "另加一句。"})
    submitted_case(answers={"title": "丙", "summary": "完全不同的内容：蛋白质结构预测与新药筛选平台建设。"})
    run = look_for_copies(second.submissions.get())
    compare_with_others(run)
    compare_with_others(run)
    (found,) = TextLikeness.objects.all()
    assert found.other == first.submissions.get()
    assert found.containment_ppm == 1_000_000 > found.jaccard_ppm > 500_000
    assert SubmissionFactory(application=first).serial == 2


def test_what_applicants_share_is_found_and_told_on_the_desk(client, officer):
    call = CallFactory(form__content=CONTACT_FORM)
    answers = {"title": "甲", "contact_phone": "+86 138-5710 2266", "bank_account": "6222 0000 1111 2222"}
    first = submitted_case(call=call, answers=answers)
    mine = {"title": "乙", "contact_phone": "13857102266", "bank_account": "6222000011112222", "address": "短"}
    second = submitted_case(call=call, answers=mine)
    submitted_case(call=call, answers={"title": "丙", "contact_phone": "0571-5550 3310", "address": "短"})
    again = submitted_case(
        call__form=call.form, organisation=second.organisation, created_by=first.created_by, answers=mine
    )
    run = look_for_copies(second.submissions.get())
    compare_with_others(run)
    compare_with_others(run)
    (found,) = shared_with(first)
    assert found.case == second
    assert [(one.kind, one.text) for one in found.details] == [
        ("bank", "6222000011112222"), ("phone", "13857102266")
    ]  # fmt: skip
    compare_with_others(look_for_copies(again.submissions.get()))
    # The same organisation hides nothing from itself; the same person on two applicants' cases does count.
    assert {one.case for one in shared_with(again)} == {first}
    assert {one.kind for one in shared_with(again)[0].details} == {"bank", "person", "phone"}
    client.force_login(officer)
    page = client.get(f"/calls/desk/{first.pk}/?tab=gates", headers={"accept-language": "en"}).content.decode()
    assert "Same bank account: 6222000011112222" in page
    listed = client.get("/calls/desk/?which=shared").content.decode()
    assert [case.number in listed for case in (first, second, again)] == [True, True, True]
    refused("shared_detail_append_only", lambda: SharedDetail.objects.update(text="x"))
    one = SharedDetail.objects.first()
    twin = {"submission": one.submission, "kind": one.kind, "text": one.text}
    refused("shared_detail_once", lambda: SharedDetail.objects.create(other=one.other, **twin))
    refused("shared_detail_of_two", lambda: SharedDetail.objects.create(other=one.submission, **twin))


@pytest.mark.parametrize(
    ("key", "text", "plain"),
    [
        ("contact_phone", "+86 138-5710 2266", "13857102266"), ("phone", "0571-5550 3310", "57155503310"),
        ("mobile", "110", ""), ("bank_account", "６２２２ 0000 1111", "622200001111"),
        ("registered_address", "苏州市 星湖街 1 号", "苏州市星湖街1号"), ("contact_email", "A@B.cn", "a@b.cn"),
        ("email", "无", ""), ("title", "138-5710 2266", ""),
    ],
)  # fmt: skip
def test_details_are_compared_in_plain_form(key, text, plain):
    kind = kind_of(key)
    assert (plain_form(kind, text) if kind else "") == plain

"""From the ranking to the closed case: what each step asks for, and what the database itself refuses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from innovation.calls.actions import board, changing, deciding, entitling, milestones, notices, payments
from innovation.calls.actions.agreements import offer_agreement, sign_agreement, write_agreement
from innovation.calls.actions.drafts import Typed, save_answers
from innovation.calls.choices import ReportSection
from innovation.calls.models import (
    Agreement,
    Answer,
    Decision,
    Entitlement,
    Milestone,
    Objection,
    Payment,
    SharedDetail,
    Signature,
)
from innovation.calls.queries.money import money_of
from innovation.calls.tasks import end_what_is_over
from innovation.core.days import months_later
from innovation.core.models import OutboxMessage
from innovation.core.transitions import TransitionRefused
from innovation.organisations.choices import MembershipRole
from tests.calls.scenes import WAN, Office, first_milestone, pdf, reported
from tests.factories.calls import FORM, ApplicationFactory, CallFactory, FormFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.reviews import SubmissionFactory
from tests.refusals import refused, refused_by_rule

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ranked(**facts):
    return ApplicationFactory(state="ranked", **facts)


def state_of(case):
    case.refresh_from_db()
    return case.state


# ── Board and decisions ──────────────────────────────────────────────────────────────────────────
def test_the_board_decides_with_quorum_minutes_and_majority_and_never_the_proposer():
    office, case = Office(), ranked()
    refused_by_rule("NOT_ON_AGENDA", deciding.decide, proposal_id=office.proposed(case).pk, actor=office.chair)
    item = office.meeting(case, minutes=False)
    proposal = office.proposed(case)
    decide = {"proposal_id": proposal.pk, "actor": office.chair}
    with pytest.raises(TransitionRefused) as caught:
        deciding.decide(**decide)
    assert sorted(caught.value.facts["reasons"]) == ["MINUTES_MISSING", "NO_QUORUM"]
    board.vote(item_id=item.pk, choice="reject", actor=office.finance)
    board.vote(item_id=item.pk, choice="approve", actor=office.chair)
    board.keep_minutes(meeting_id=item.meeting_id, upload=pdf(), actor=office.officer)
    refused_by_rule("VOTES_AGAINST", deciding.decide, **decide)
    board.vote(item_id=item.pk, choice="approve", actor=office.member)
    refused_by_rule("NOT_PERMITTED", deciding.decide, proposal_id=proposal.pk, actor=office.officer)
    decision = deciding.decide(**decide)
    assert state_of(case) == "approved"
    assert case.award_fen == 100 * WAN
    assert decision.votes == {"approve": 2, "reject": 1}
    (told,) = OutboxMessage.objects.filter(
        key__startswith=f"application-{case.pk}-step-", payload__to=[case.created_by.email]
    )
    assert told.payload["text"]
    refused("call_decision_append_only", lambda: Decision.objects.update(reasons="anders"))
    refused("call_decision_append_only", lambda: Decision.objects.all().delete())
    refused_by_rule("SETTLED", deciding.decide, **decide)


def test_the_proposer_cannot_decide_through_another_seat_either():
    office, case = Office(), ranked()
    office.vote(office.meeting(case))
    proposal = deciding.propose(
        application_id=case.pk, event="approve", reasons="可行", actor=office.chair, award_fen=WAN
    )
    refused_by_rule("FOUR_EYES", deciding.decide, proposal_id=proposal.pk, actor=office.chair)
    item = case.agenda_items.get()
    refused(
        "call_decision_four_eyes",
        lambda: Decision.objects.create(
            application=case, proposal=proposal, item=item, event="approve", reasons="x", award_fen=WAN,
            proposed_by=office.chair, decided_by=office.chair,
        ),
    )  # fmt: skip


def test_members_related_to_a_party_step_out_and_do_not_count():
    office, case = Office(), ranked()
    MembershipFactory(organisation=case.organisation, user=office.member, role=MembershipRole.VIEWER)
    item = office.meeting(case)
    assert [one.member.user for one in item.recusals.all()] == [office.member]
    refused_by_rule("STEPPED_OUT", board.vote, item_id=item.pk, choice="approve", actor=office.member)
    seat = item.recusals.get().member
    refused("board_vote_of_member", lambda: item.votes.create(member=seat, choice="approve"))
    board.vote(item_id=item.pk, choice="approve", actor=office.chair)
    refused_by_rule("NO_QUORUM", deciding.decide, proposal_id=office.proposed(case).pk, actor=office.chair)
    voted = item.meeting.members.get(user=office.chair)
    refused("recusal_before_vote", lambda: item.recusals.create(member=voted, reason="late"))


def test_leaving_the_order_of_the_ranking_needs_a_reason():
    office, call = Office(), CallFactory()
    first, second = ranked(call=call), ranked(call=call)
    office.meeting(first)
    for case, rank, choice in ((first, 1, "reject"), (second, 2, "approve")):
        item = case.agenda_items.get()
        item.figures = {"rank": rank}
        item.save()
        office.vote(item, choice)
    deciding.decide(proposal_id=office.proposed(first, "reject").pk, actor=office.chair)
    proposal = office.proposed(second)
    refused_by_rule("REASON_MISSING", deciding.decide, proposal_id=proposal.pk, actor=office.chair)
    decision = deciding.decide(proposal_id=proposal.pk, actor=office.chair, order_reason="重复资助")
    assert decision.order_reason == "重复资助"


def test_a_wrong_decision_is_taken_back_by_a_further_one():
    office, case = Office(), ranked()
    office.decided(case, "reject")
    proposal = office.proposed(case, "revert")
    refused_by_rule("NOT_PERMITTED", deciding.decide, proposal_id=proposal.pk, actor=office.officer)
    deciding.decide(proposal_id=proposal.pk, actor=office.member)
    assert state_of(case) == "ranked"
    assert list(case.decisions.values_list("event", flat=True)) == ["revert", "reject"]
    office.decided(case)
    assert state_of(case) == "approved"


def test_conditions_are_met_one_by_one_with_evidence():
    office, case = Office(), ranked()
    rows = [{"text": text, "due_on": TODAY() + timedelta(days=20)} for text in ("补充协议", "落实自筹")]
    refused_by_rule("CONDITIONS_MISSING", office.proposed, case, "approve_with_conditions")
    decision = office.decided(case, "approve_with_conditions", conditions=rows)
    first, second = decision.conditions.all()
    refused_by_rule(
        "EVIDENCE_MISSING", deciding.meet_condition, condition_id=first.pk, evidence=" ", actor=office.officer
    )
    deciding.meet_condition(condition_id=first.pk, evidence="协议.pdf", actor=office.officer)
    assert state_of(case) == "approved_with_conditions"
    deciding.meet_condition(condition_id=second.pk, evidence="银行证明", actor=office.officer)
    assert state_of(case) == "approved"


# ── Notice and objections ────────────────────────────────────────────────────────────────────────
def token_of(objection):
    text = OutboxMessage.objects.get(key=f"objection-{objection.pk}").payload["text"]
    return text.rsplit("/objections/", 1)[1].strip().strip("/").removesuffix("/confirm")


def test_an_objection_stops_the_clock_and_is_examined_by_somebody_else():
    office, case = Office(), ranked()
    office.decided(case)
    notice = office.noticed(case, over=False)
    objection = notices.object_to(
        notice_id=notice.pk, name="李四", email="li@example.org", text="数据不实", uploads=[pdf()]
    )
    assert state_of(case) == "noticed"
    token = token_of(objection)
    notices.confirm_objection(token=token)
    notices.confirm_objection(token=token)
    assert state_of(case) == "objected"
    notice.refresh_from_db()
    assert notice.stopped_on == TODAY()
    facts = {"objection_id": objection.pk, "upheld": False, "reason": "核实无误"}
    refused_by_rule("FOUR_EYES", notices.examine_objection, actor=office.chair, **facts)
    refused_by_rule("NOT_PERMITTED", notices.examine_objection, actor=office.checker, **facts)
    notices.examine_objection(actor=office.judge, **facts)
    assert state_of(case) == "noticed"
    agreement = office.offered(case)
    sign_agreement(agreement_id=agreement.pk, sha256=agreement.sha256, method="password", actor=case.created_by)
    refused_by_rule(
        "NOTICE_RUNNING", sign_agreement, agreement_id=agreement.pk, sha256=agreement.sha256, method="password",
        actor=office.chair,
    )  # fmt: skip
    refused("objection_answer_has_reason", lambda: Objection.objects.update(reason=""))


def test_an_upheld_objection_leads_the_case_back_and_nobody_objects_after_the_last_day():
    office, case = Office(), ranked()
    office.decided(case)
    notice = office.noticed(case, over=False)
    objection = notices.object_to(notice_id=notice.pk, name="李四", email="li@example.org", text="数据不实")
    notices.confirm_objection(token=token_of(objection))
    notices.examine_objection(objection_id=objection.pk, upheld=True, reason="属实", actor=office.judge)
    assert state_of(case) == "ranked"
    refused_by_rule("NOTICE_OVER", notices.object_to, notice_id=notice.pk, name="王", email="w@example.org", text="x")


# ── Agreement ────────────────────────────────────────────────────────────────────────────────────
def test_milestones_sum_to_the_award_shares_to_the_whole_and_what_is_offered_stays():
    office, case = Office(), ranked(call__rules={"own_share_min": 50}, own_fen=100 * WAN)
    office.decided(case)
    row = {"title": "一", "due_on": TODAY(), "amount_fen": 99 * WAN}
    write = {"application_id": case.pk, "actor": office.officer}
    refused_by_rule("MILESTONES_SUM", write_agreement, milestones=[row], **write)
    whole = [row | {"amount_fen": 100 * WAN}]
    refused_by_rule("OWN_SHARE_LOW", write_agreement, milestones=whole, own_fen=99 * WAN, **write)
    shares = [{"name": "甲", "share_hundredths": 6000}, {"name": "乙", "share_hundredths": 3999}]
    refused_by_rule("SHARES_SUM", write_agreement, milestones=whole, shares=shares, **write)
    draft = write_agreement(milestones=whole, **write)
    assert case.organisation.name_zh in draft.text
    Milestone.objects.update(amount_fen=1)
    refused("agreement_whole_when_offered", lambda: offer_agreement(agreement_id=draft.pk, actor=office.officer))
    Milestone.objects.update(amount_fen=100 * WAN)
    offered = offer_agreement(agreement_id=draft.pk, actor=office.officer)
    refused("agreement_whole_when_offered", lambda: Agreement.objects.update(text="anders"))
    refused("milestone_stays", lambda: Milestone.objects.update(amount_fen=1))
    refused("milestone_stays", lambda: Milestone.objects.update(due_on=TODAY() + timedelta(days=1)))
    refused("agreement_share_of_draft", lambda: offered.shares.all().delete())
    refused_by_rule(
        "OTHER_VERSION", sign_agreement, agreement_id=offered.pk, sha256="0" * 64, method="password",
        actor=case.created_by,
    )  # fmt: skip
    refused_by_rule(
        "NOT_SIGNATORY", sign_agreement, agreement_id=offered.pk, sha256=offered.sha256, method="password",
        actor=office.officer,
    )  # fmt: skip
    refused(
        "signature_as_offered",
        lambda: Signature.objects.create(
            agreement=offered, side="office", sha256="0" * 64, method="password", signed_by=office.chair
        ),
    )


# ── Milestones and money ─────────────────────────────────────────────────────────────────────────
def test_report_check_and_payment_take_three_hands_and_stay_within_the_award():
    office = Office()
    case = office.active()
    assert case.state == "active"
    milestone = first_milestone(case)
    assert case.due_on == milestone.due_on
    report = reported(case)
    refused_by_rule("UNDER_CHECK", reported, case)
    refused_by_rule("SECTIONS_MISSING", milestones.check_report, report_id=report.pk, passed=False, reason="不足",
                    actor=office.checker)  # fmt: skip
    milestones.check_report(
        report_id=report.pk, passed=False, reason="缺数据", reopened=[ReportSection.MONEY], actor=office.checker
    )
    second = milestones.submit_report(
        milestone_id=milestone.pk, actor=case.created_by,
        sections={ReportSection.RESULTS: "改写", ReportSection.MONEY: "已补"},
    )  # fmt: skip
    assert second.sections == {ReportSection.RESULTS: "样机通过测试", ReportSection.MONEY: "已补"}
    check = milestones.check_report(report_id=second.pk, passed=True, actor=office.checker)
    refused_by_rule("NOT_PERMITTED", payments.order_payment, check_id=check.pk, actor=office.checker)
    failed = report.check_made
    refused_by_rule("CHECK_MISSING", payments.order_payment, check_id=failed.pk, actor=office.finance)
    order = payments.order_payment(check_id=check.pk, actor=office.finance)
    refused_by_rule("PAID", payments.order_payment, check_id=check.pk, actor=office.finance)
    payments.confirm_payment(payment_id=order.pk, paid_on=TODAY(), reference="B-1", actor=office.finance)
    payments.refund(application_id=case.pk, amount_fen=WAN, reason="结余", paid_on=TODAY(), actor=office.finance)
    money = money_of(case)
    assert (money.paid_fen, money.ordered_fen, money.left_fen) == (59 * WAN, 0, 41 * WAN)
    refused_by_rule("ABOVE_PAID", payments.refund, application_id=case.pk, amount_fen=60 * WAN, reason="x",
                    paid_on=TODAY(), actor=office.finance)  # fmt: skip
    made = {"application": case, "ordered_by": office.finance}
    refused("payment_within_award", lambda: Payment.objects.create(amount_fen=-60 * WAN, reason="x", **made))
    refused("payment_within_award", lambda: Payment.objects.update(amount_fen=WAN))
    refused("payment_within_award", lambda: Payment.objects.all().delete())
    refused("payment_within_award", lambda: Payment.objects.create(amount_fen=WAN, passed_check=failed, **made))
    refused(
        "payment_for_check_or_refund_with_reason", lambda: Payment.objects.create(amount_fen=-WAN, reason="", **made)
    )


# ── Changes, pauses, closing ─────────────────────────────────────────────────────────────────────
def test_changed_targets_need_the_board_and_the_day_moves_only_by_an_approved_change():
    office = Office()
    case = office.active()
    milestone = first_milestone(case)
    later = milestone.due_on + timedelta(days=5)
    change = changing.ask_change(
        application_id=case.pk, text="材料延迟", targets_changed=True, new_targets="寿命2500小时",
        milestone_id=milestone.pk, new_due_on=later, actor=case.created_by,
    )  # fmt: skip
    answer = {"change_id": change.pk, "approved": True, "reason": "同意", "actor": office.officer}
    refused_by_rule("BOARD_NEEDED", changing.answer_change, **answer)
    changing.agree_for_board(change_id=change.pk, actor=office.chair)
    changing.answer_change(**answer)
    milestone.refresh_from_db()
    assert milestone.due_on == later
    assert milestone.due_changes.get().reason == "CHANGE"
    assert state_of(case) == "active"
    assert case.due_on == later


def test_an_unanswered_change_lapses_and_the_project_goes_on():
    office = Office()
    case = office.active()
    change = changing.ask_change(application_id=case.pk, text="换负责人", actor=case.created_by)
    assert end_what_is_over()["lapsed"] == 0
    change.due_on = TODAY() - timedelta(days=1)
    change.save()
    assert end_what_is_over()["lapsed"] == 1
    change.refresh_from_db()
    assert (change.state, state_of(case)) == ("LAPSED", "active")


def test_a_pause_moves_days_that_were_not_past_by_its_working_days():
    office = Office()
    case = office.active()
    changing.suspend(application_id=case.pk, reason="审计", actor=office.officer)
    assert state_of(case) == "suspended"
    started = timezone.now() - timedelta(days=30)
    type(case).objects.filter(pk=case.pk).update(state_since=started)
    before = first_milestone(case).due_on
    changing.resume(application_id=case.pk, actor=office.officer)
    after = first_milestone(case)
    assert after.due_on > before
    assert after.due_changes.get().reason == "PAUSE"
    assert state_of(case) == "active"
    assert case.due_on == after.due_on


def test_a_failure_in_good_faith_closes_with_lesson_and_exemption_case_by_a_second_person():
    office = Office()
    case = office.active()
    facts = {"outcome": "failed_in_good_faith"}
    close = office.proposed(case, "close", **facts)
    with pytest.raises(TransitionRefused) as caught:
        deciding.decide(proposal_id=close.pk, actor=office.chair)
    assert sorted(caught.value.facts["reasons"]) == ["EXEMPTION_CASE_MISSING", "LESSON_MISSING"]
    close = office.proposed(case, "close", lesson="路线选早了", exemption_case="EX-2026-3", **facts)
    deciding.decide(proposal_id=close.pk, actor=office.chair)
    assert state_of(case) == "closed"
    assert (case.outcome, case.lesson) == ("failed_in_good_faith", "路线选早了")


# ── Titles ───────────────────────────────────────────────────────────────────────────────────────
def certified(office, **facts):
    case = ApplicationFactory(state="approved", call__process__key="sme_certification", call__kind="sme", **facts)
    office.noticed(case)
    return entitling.issue(application_id=case.pk, actor=office.officer)


def test_a_title_is_issued_after_its_notice_renewed_by_a_new_one_and_expires():
    office = Office()
    old = certified(office)
    assert state_of(old.application) == "entitled"
    assert months_later(old.valid_from, 36) == old.valid_to + timedelta(days=1)
    refused("entitlement_days_in_order", lambda: Entitlement.objects.update(valid_to=old.valid_from - timedelta(1)))
    draft = ApplicationFactory()
    refused(
        "entitlement_of_approved_case",
        lambda: Entitlement.objects.create(number="X", application=draft, holder="x", kind="sme", valid_from=TODAY()),
    )
    again = ApplicationFactory(
        state="approved", call=old.application.call, organisation=old.organisation, is_exclusive=False
    )
    office.noticed(again)
    new = entitling.issue(application_id=again.pk, actor=office.officer, renews_id=old.pk)
    old.refresh_from_db()
    assert (new.renewed_from, old.state, state_of(old.application)) == (old, "RENEWED", "renewed")
    assert new.valid_from == old.valid_to + timedelta(days=1)
    Entitlement.objects.filter(pk=new.pk).update(valid_from=TODAY() - timedelta(9), valid_to=TODAY() - timedelta(1))
    assert end_what_is_over()["expired"] == 1
    assert state_of(again) == "expired"


# ── Asked after the decision ─────────────────────────────────────────────────────────────────────
def test_what_a_form_asks_after_the_decision_is_written_then_and_needed_to_sign(client):
    later = {"required_at": ["approved", "noticed", "active"], "visible_at": ["approved", "noticed", "active"],
             "editable_at": ["approved", "noticed"], "identifying": True}  # fmt: skip
    account = {"key": "bank_account", "type": "text", "label": {"en": "Account", "zh": "账号"}, **later}
    payee = {"key": "payee", "title": {"en": "Payee", "zh": "收款"}, "fields": [account]}
    form = FormFactory(content=FORM | {"sections": [*FORM["sections"], payee]})
    office, case, other = Office(), ranked(call__form=form), ranked(call__form=form)
    SubmissionFactory(application=case)
    SubmissionFactory(application=other)
    Answer.objects.create(application=other, key="bank_account", value="3301 0000 1234", saved_by=other.created_by)
    typed = {"bank_account": Typed("330100001234", 0), "title": Typed("Other", 0)}
    refused_by_rule("NOT_EDITABLE", save_answers, application_id=case.pk, typed=typed, actor=case.created_by)
    office.decided(case)
    office.noticed(case)
    agreement = office.offered(case)
    sign = {"agreement_id": agreement.pk, "sha256": agreement.sha256, "method": "password", "actor": case.created_by}
    refused_by_rule("FORM_INCOMPLETE", sign_agreement, **sign)
    client.force_login(case.created_by)
    page = client.get(f"/calls/applications/{case.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Fill this in before you sign the agreement." in page
    assert "330100001234" not in page
    assert client.post(f"/calls/applications/{case.pk}/sections/payee/", {"f-bank_account": ""}).status_code == 302
    saved = save_answers(application_id=case.pk, typed=typed, actor=case.created_by)
    assert (list(saved.revisions), saved.closed) == (["bank_account"], ["title"])
    sign_agreement(**sign)
    assert [(one.kind, one.text, one.other.application) for one in SharedDetail.objects.all()] == [
        ("bank", "330100001234", other)
    ]
    client.force_login(office.officer)
    assert "330100001234" in client.get(f"/calls/desk/{case.pk}/?tab=money").content.decode()
    sign_agreement(**sign | {"actor": office.chair})
    assert state_of(case) == "active"
    refused_by_rule("NOT_EDITABLE", save_answers, application_id=case.pk, typed=typed, actor=case.created_by)

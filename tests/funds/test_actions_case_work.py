"""The work on an exemption case: checklist, statement, evaluation, panel, decision, appeal, archive."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from funds.actions import case_archive, case_panel, case_speaking, case_work
from funds.choices.cases import AnswerResult, CaseOutcome, CaseState, EvidenceKind, Regime
from funds.models import (
    CatalogueItem,
    ExemptionCase,
    PanelMember,
)
from funds.models.case_states import TRANSITIONS
from funds.queries.cases import broken_steps
from innovation.accounts.choices import Role
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage, TransitionRecord
from innovation.core.models.calendar import calendar
from innovation.core.workdays import SHANGHAI
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds.case_scenes import Cast, Walk, case_in, manual_case
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
S = CaseState
DAY = date(2026, 3, 2)


def test_the_checklist_asks_each_person_what_its_regime_asks():
    cast = Cast()
    case, walk = case_in(S.FROZEN, cast, regime=Regime.SASAC_46)
    case_work.name_person(case_id=case.pk, name="Second", function="Head", regime=Regime.FISCAL, actor=cast.officer)
    walk.start()
    ids = dict(CatalogueItem.objects.values_list("code", "pk"))
    first, second = case.persons.order_by("pk")
    facts = {"case_id": case.pk, "result": "NOT_SHOWN", "reason": "no paper", "actor": cast.officer}
    case_work.answer_item(person_id=first.pk, item_id=ids["NO_MAJOR_LOSS"], **facts)
    refused_by_rule("ITEM_UNKNOWN", case_work.answer_item, person_id=second.pk, item_id=ids["NO_MAJOR_LOSS"], **facts)
    refused_by_rule("ITEM_UNKNOWN", case_work.answer_item, person_id=first.pk, item_id=ids["FRAUD"], **facts)
    case_work.answer_item(person_id=second.pk, item_id=ids["LAWFUL"], **facts)
    with pytest.raises(RuleViolation) as caught:
        case_work.finish_checklist(case_id=case.pk, actor=cast.officer)
    assert (caught.value.code, caught.value.facts["open"]) == ("CHECKLIST_OPEN", 6 + 3 + 4 - 2)


def test_answers_rest_on_documents_of_the_file_and_a_new_one_supersedes():
    case, walk = case_in(S.CHECKLIST)
    person, item = case.persons.get(), CatalogueItem.objects.get(code="LAWFUL")
    facts = {"case_id": case.pk, "person_id": person.pk, "item_id": item.pk, "actor": walk.cast.officer}
    refused_by_rule("EVIDENCE_MISSING", case_work.answer_item, result=AnswerResult.MET, **facts)
    refused_by_rule("EVIDENCE_UNKNOWN", case_work.answer_item, result=AnswerResult.MET, evidence=["0" * 64], **facts)
    case_work.answer_item(result=AnswerResult.NOT_SHOWN, reason="no paper", **facts)
    case_work.answer_item(result=AnswerResult.MET, evidence=[walk.minutes], **facts)
    rows = case.checklistanswers.order_by("pk")
    assert [(row.result, row.superseded_at is None) for row in rows] == [("NOT_SHOWN", False), ("MET", True)]


def test_the_checklist_begins_once_somebody_is_judged():
    cast = Cast()
    case = manual_case(cast)
    case_work.freeze_case(case_id=case.pk, actor=cast.officer, no_minutes_reason="-")
    refused_by_rule("PERSONS_MISSING", case_work.start_checklist, case_id=case.pk, actor=cast.officer)


def test_every_line_of_the_negative_list_is_answered_and_a_hit_says_what():
    case, walk = case_in(S.SCREENING)
    person, item = case.persons.get(), CatalogueItem.objects.get(code="FRAUD")
    facts = {"case_id": case.pk, "person_id": person.pk, "item_id": item.pk, "actor": walk.cast.officer}
    refused_by_rule("REASON_MISSING", case_work.record_finding, hit=True, **facts)
    case_work.record_finding(hit=False, **facts)
    refused_by_rule("SCREENING_OPEN", case_work.finish_screening, case_id=case.pk, actor=walk.cast.officer)


# ── Statement, evaluation ────────────────────────────────────────────────────────────────────────
def test_the_manager_saves_and_submits_once_and_nobody_else_does():
    case, walk = case_in(S.STATEMENT)
    cast = walk.cast
    case_speaking.save_statement(case_id=case.pk, text="", actor=cast.applicant)
    case_speaking.save_statement(case_id=case.pk, text="draft", actor=cast.applicant)
    for stranger in (cast.officer, UserFactory(role=Role.APPLICANT)):
        refused_by_rule("NOT_PERMITTED", case_speaking.save_statement, case_id=case.pk, text="x", actor=stranger)
        refused_by_rule("NOT_PERMITTED", case_speaking.submit_statement, case_id=case.pk, text="x", actor=stranger)
    refused_by_rule("TEXT_MISSING", case_speaking.submit_statement, case_id=case.pk, text=" ", actor=cast.applicant)
    attached = walk.add("attachment", EvidenceKind.STATEMENT, actor=cast.applicant)
    case_speaking.submit_statement(case_id=case.pk, text="final", actor=cast.applicant)
    case = ExemptionCase.objects.get()
    assert (case.state, case.statement.text, bool(case.statement.submitted_at)) == (S.EVALUATION, "final", True)
    assert case.evidence.get(file_id=attached).later
    refused_by_rule(
        "NOT_IN_THIS_STATE", case_speaking.submit_statement, case_id=case.pk, text="again", actor=cast.applicant
    )
    refused_by_rule("NOT_PERMITTED", walk.add, "more", EvidenceKind.STATEMENT, actor=cast.applicant)


def test_the_manager_is_told_when_the_statement_is_awaited_and_when_it_is_decided():
    case, walk = case_in(S.DECIDED)
    mails = OutboxMessage.objects.filter(recipient=walk.cast.applicant.email)
    assert mails.count() == 2
    assert "Exempt" in mails.order_by("pk").last().payload["text"]
    assert case.appeal_until.isoformat() in mails.order_by("pk").last().payload["text"]


def test_the_case_goes_on_without_a_statement_only_after_its_term():
    case, walk = case_in(S.STATEMENT)
    facts = {"case_id": case.pk, "actor": walk.cast.officer}
    late = timezone.now() + timedelta(days=120)
    refused_by_rule("REASON_MISSING", case_speaking.close_statement, reason=" ", at=late, **facts)
    ExemptionCase.objects.update(due_on=timezone.localdate())
    refused_by_rule("TERM_STILL_RUNS", case_speaking.close_statement, reason="silent", **facts)
    assert case_speaking.close_statement(reason="silent", at=late, **facts).state == S.EVALUATION


def test_the_evaluation_comes_from_outside_with_its_report():
    case, walk = case_in(S.EVALUATION)
    report = walk.add("report", EvidenceKind.EVALUATION)
    facts = {
        "case_id": case.pk, "evaluator": "A", "independence": "None", "opinion": "EXEMPT", "text": "T",
        "report_sha256": report, "actor": walk.cast.officer, "organisation_id": OrganisationFactory().pk,
    }  # fmt: skip
    act = case_speaking.record_evaluation
    for own in (case.fund.manager_id, case.investment.company_id):
        refused_by_rule("NOT_INDEPENDENT", act, **facts | {"organisation_id": own})
    refused_by_rule("REPORT_MISSING", act, **facts | {"report_sha256": walk.minutes})
    refused_by_rule("OPINION_UNKNOWN", act, **facts | {"opinion": "FINE"})
    refused_by_rule("TEXT_MISSING", act, **facts | {"independence": " "})
    assert act(**facts).state == S.PANEL


# ── Panel ────────────────────────────────────────────────────────────────────────────────────────
def test_who_must_not_judge_is_entered_as_recused():
    cast = Cast()
    case = manual_case(cast)
    voter, judged = UserFactory(role=Role.FINANCE), UserFactory(role=Role.REVIEWER)
    namesake = UserFactory(role=Role.REVIEWER, name="Same Name")
    case_work.name_voter(case_id=case.pk, name="Somebody", user=voter, actor=cast.officer)
    case_work.name_voter(case_id=case.pk, name="Same Name", actor=cast.officer)
    case_work.name_person(
        case_id=case.pk, name="J", function="f", regime=Regime.FISCAL, user=judged, actor=cast.officer
    )
    walk = Walk(cast, case)
    walk.to(S.PANEL)
    walk.seat([cast.chair, voter, judged, namesake, cast.members[0]])
    seats = {seat.user: seat for seat in PanelMember.objects.all()}
    assert {user for user, seat in seats.items() if seat.recused_at} == {voter, judged, namesake}
    assert all(seats[user].recusal_reason for user in (voter, judged, namesake))
    refused_by_rule("NO_SEAT", walk.vote, [voter])
    refused_by_rule("NO_PANEL_MEMBER", walk.seat, [UserFactory(role=Role.AUDITOR)])
    refused_by_rule("SITS_ALREADY", walk.seat, [cast.chair])
    refused_by_rule("CHAIR_TAKEN", walk.seat, [UserFactory(role=Role.FINANCE)])


def test_a_member_recuses_itself_before_the_vote_only():
    _case, walk = case_in(S.PANEL)
    cast = walk.cast
    walk.seat([cast.chair, *cast.members])
    seat = PanelMember.objects.get(user=cast.members[0])
    refused_by_rule("REASON_MISSING", case_panel.recuse_member, member_id=seat.pk, reason="", actor=seat.user)
    refused_by_rule("NOT_PERMITTED", case_panel.recuse_member, member_id=seat.pk, reason="x", actor=cast.members[1])
    case_panel.recuse_member(member_id=seat.pk, reason="A friend", actor=seat.user)
    refused_by_rule("RECUSED_ALREADY", case_panel.recuse_member, member_id=seat.pk, reason="x", actor=seat.user)
    walk.vote([cast.members[1]])
    other = PanelMember.objects.get(user=cast.members[1])
    refused_by_rule("VOTED_ALREADY", case_panel.recuse_member, member_id=other.pk, reason="x", actor=other.user)


def test_a_decision_needs_its_quorum_its_majority_and_its_chair():
    case, walk = case_in(S.PANEL)
    cast = walk.cast
    people = [cast.chair, *cast.members]
    walk.seat(people)
    walk.vote(people[:2])
    refused_by_rule("QUORUM_MISSING", walk.close, cast.chair)
    walk.vote(people[2:], CaseOutcome.NOT_EXEMPT)
    walk.vote([cast.members[0]], CaseOutcome.PARTLY_EXEMPT)
    refused_by_rule("NO_MAJORITY", walk.close, cast.chair)
    walk.vote([cast.members[0]], CaseOutcome.NOT_EXEMPT)
    refused_by_rule("NO_MAJORITY", walk.close, cast.chair)
    refused_by_rule("NOT_PERMITTED", walk.close, cast.officer, CaseOutcome.NOT_EXEMPT)
    refused_by_rule("NOT_PERMITTED", walk.close, UserFactory(role=Role.FINANCE), CaseOutcome.NOT_EXEMPT)
    walk.close(cast.chair, CaseOutcome.NOT_EXEMPT)
    decision = ExemptionCase.objects.get().decisions.get()
    assert (decision.outcome, decision.prepared_by, decision.decided_by) == ("NOT_EXEMPT", cast.officer, cast.chair)
    assert case.votes.filter(superseded_at=None).count() == 3


def test_who_handles_the_case_does_not_decide_it():
    cast = Cast()
    cast.officer = UserFactory(roles=[Role.FUND_OFFICER, Role.PROGRAMME_MANAGER])
    _case, walk = case_in(S.PANEL, cast)
    walk.seat([cast.officer])
    assert PanelMember.objects.get().recused_at
    refused_by_rule("NOT_PERMITTED", walk.close, cast.officer)


@pytest.mark.parametrize("outcome", CaseOutcome)
def test_a_hit_leaves_not_exempt_and_referred(outcome):
    _case, walk = case_in(S.PANEL, hit=True)
    people = [walk.cast.chair, *walk.cast.members]
    walk.seat(people)
    if outcome in {CaseOutcome.EXEMPT, CaseOutcome.PARTLY_EXEMPT}:
        refused_by_rule("NEGATIVE_HIT", walk.vote, people, outcome)
        walk.vote(people, CaseOutcome.REFERRED)
        refused_by_rule("NEGATIVE_HIT", walk.close, walk.cast.chair, outcome)
    else:
        walk.vote(people, outcome)
        walk.close(walk.cast.chair, outcome)
        assert ExemptionCase.objects.get().outcome == outcome


# ── Appeal, archive ──────────────────────────────────────────────────────────────────────────────
def test_an_appeal_is_heard_by_others_and_decided_once():
    case, walk = case_in(S.APPEAL)
    cast = walk.cast
    refused_by_rule("APPEAL_ONCE", walk.appeal)
    walk.seat(cast.second)
    case_panel.appoint_member(case_id=case.pk, user_id=cast.members[0].pk, actor=cast.officer)
    assert PanelMember.objects.get(round=2, user=cast.members[0]).recused_at
    walk.vote(cast.second, CaseOutcome.PARTLY_EXEMPT)
    walk.close(cast.second[0], CaseOutcome.PARTLY_EXEMPT)
    case.refresh_from_db()
    assert (case.state, case.outcome) == (S.DECIDED, CaseOutcome.PARTLY_EXEMPT)
    assert list(case.decisions.values_list("round", "outcome")) == [(1, "EXEMPT"), (2, "PARTLY_EXEMPT")]
    refused_by_rule("APPEAL_ONCE", walk.appeal)
    assert case_archive.archive_case(case_id=case.pk, actor=cast.officer).state == S.ARCHIVED


def test_an_appeal_comes_in_time_from_the_manager():
    case, walk = case_in(S.DECIDED)
    late = timezone.now() + timedelta(days=90)
    facts = {"case_id": case.pk, "text": "no"}
    refused_by_rule("APPEAL_LATE", case_speaking.appeal_case, actor=walk.cast.applicant, at=late, **facts)
    refused_by_rule("NOT_PERMITTED", case_speaking.appeal_case, actor=walk.cast.officer, **facts)
    refused_by_rule("TEXT_MISSING", case_speaking.appeal_case, case_id=case.pk, text=" ", actor=walk.cast.applicant)
    refused_by_rule("APPEAL_STILL_POSSIBLE", case_archive.archive_case, case_id=case.pk, actor=walk.cast.officer)


def test_an_archived_case_takes_nothing_more():
    case, walk = case_in(S.ARCHIVED)
    assert case.sealed.chain_head == bytes(case.steps.last().hash).hex()
    refused_by_rule("CASE_ARCHIVED", walk.add, "late", EvidenceKind.OTHER)
    refused_by_rule("NOT_IN_THIS_STATE", case_archive.archive_case, case_id=case.pk, actor=walk.cast.officer)


# ── States and roles ─────────────────────────────────────────────────────────────────────────────
MAY = {
    "freeze": {"officer"}, "start_checklist": {"officer"}, "finish_checklist": {"officer"},
    "finish_screening": {"officer"}, "submit_statement": {"applicant"}, "close_statement": {"officer"},
    "record_evaluation": {"officer"}, "decide": {"chair"}, "appeal": {"applicant"}, "archive": {"officer"},
    "decide_appeal": {"chair"}, "discontinue": {"manager", "finance", "chair"}, "withdraw": set(),
}  # fmt: skip


@pytest.mark.parametrize("state", S)
def test_who_may_cause_which_step_in_each_state(state):
    case, walk = case_in(state)
    cast = walk.cast
    people = {
        "officer": {cast.officer, UserFactory(role=Role.ADMINISTRATOR)}, "applicant": {cast.applicant},
        "chair": {cast.chair if state != S.APPEAL else cast.second[0]},
        "manager": {UserFactory(role=Role.PROGRAMME_MANAGER)}, "finance": {UserFactory(role=Role.FINANCE)},
        "nobody": {UserFactory(role=role) for role in (Role.APPLICANT, Role.AUDITOR, Role.TALENT_OFFICER,
                   Role.PATENT_OFFICER, Role.REVIEWER, Role.PRIVACY_OFFICER)} | {cast.members[0]},
    }  # fmt: skip
    if state in {S.PANEL, S.APPEAL}:
        walk.seat([cast.chair, *cast.members] if state == S.PANEL else cast.second)
    for kind, users in people.items():
        for user in users:
            expected = {event for event in TRANSITIONS[state] if kind in MAY[event]}
            if user.has_role(Role.ADMINISTRATOR):
                expected |= {event for event in TRANSITIONS[state] if event == "discontinue"}
            assert set(transitions.available(case, user)) == expected, (kind, user.roles)
    for event in set(MAY) - set(TRANSITIONS[state]):
        with pytest.raises(RuleViolation) as caught:
            transitions.apply(case, event, actor=cast.officer)
        assert caught.value.code == "NO_SUCH_TRANSITION"


def test_each_state_says_what_it_is_called_and_what_happens_next():
    assert set(ExemptionCase.state_names) == set(S) == set(TRANSITIONS)
    for names in ExemptionCase.state_names.values():
        assert str(names.staff)
        assert str(names.public)
        assert str(names.next_step)


def test_each_step_has_its_deadline_in_working_days():
    at = datetime(2026, 9, 25, 10, tzinfo=SHANGHAI)
    cast = Cast()
    case = manual_case(cast, at=at)
    assert case.due_on == calendar().due(date(2026, 9, 25), 5).due
    walk = Walk(cast, case, at=at)
    case = walk.to(S.CHECKLIST)
    assert case.due_on == calendar().due(date(2026, 9, 25), 15).due > date(2026, 10, 16)


def test_a_whole_case_leaves_one_unbroken_chain_and_the_floors_own_records():
    case, _walk = case_in(S.ARCHIVED)
    steps = list(case.steps.order_by("seq"))
    assert broken_steps(case) == []
    assert [step.seq for step in steps] == list(range(1, len(steps) + 1))
    moved = [(step.from_state, step.to_state) for step in steps if step.from_state not in ("", step.to_state)]
    kept = TransitionRecord.objects.filter(object_pk=str(case.pk)).order_by("pk")
    assert moved == list(kept.values_list("from_state", "to_state"))
    assert [state for _, state in moved] == [
        "FROZEN", "CHECKLIST", "SCREENING", "STATEMENT", "EVALUATION", "PANEL", "DECIDED", "ARCHIVED",
    ]  # fmt: skip

"""What the database itself refuses in an exemption case, whatever door a statement comes through."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.utils import timezone

from funds.choices.cases import CaseGround, CaseOutcome, CaseState, EvidenceKind, Regime
from funds.models import (
    Appeal,
    CapBreach,
    CaseDecision,
    CaseFreeze,
    CasePerson,
    CaseProcedure,
    CaseStep,
    CatalogueItem,
    ChecklistAnswer,
    DecisionVoter,
    Evidence,
    EvidenceFile,
    ExemptionCase,
    LedgerEvent,
    NegativeFinding,
    PanelMember,
    PanelVote,
    SealedFile,
    Statement,
)
from funds.rules.case_chain import StepLink, step_hash
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.funds import scenes
from tests.funds.case_scenes import Cast, case_in, fund_with_loss, manual_case
from tests.refusals import refused

pytestmark = pytest.mark.django_db
S = CaseState


def raw_delete(model):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


def update(case, **fields):
    return lambda: ExemptionCase.objects.filter(pk=case.pk).update(**fields)


# ── The case ─────────────────────────────────────────────────────────────────────────────────────
def test_what_a_case_is_about_never_changes():
    case = manual_case(Cast())
    for fields in ({"loss_fen": 5}, {"loss_on": "2024-01-01"}, {"investment": None}, {"opened_at": timezone.now()}):
        refused("case_subject_fixed", update(case, **fields))
    refused("case_never_deleted", lambda: raw_delete(ExemptionCase))


@pytest.mark.parametrize("state", [S.CHECKLIST, S.PANEL, S.DECIDED, S.APPEAL])
def test_states_move_along_the_table_only(state):
    case = manual_case(Cast())
    refused("case_moves_by_table", update(case, state=state, frozen_at=timezone.now(), outcome=""))


def test_a_case_is_not_worked_on_before_the_freeze():
    case = manual_case(Cast())
    refused("case_frozen_before_work", update(case, state=S.FROZEN))


def test_the_outcome_is_that_of_the_decision():
    case, _walk = case_in(S.PANEL)
    refused("case_outcome_is_decided", update(case, outcome=CaseOutcome.EXEMPT))
    refused("case_outcome_once_decided", update(case, state=S.DECIDED))
    decided, _walk = case_in(S.DECIDED)
    refused("case_outcome_is_decided", update(decided, outcome=CaseOutcome.NOT_EXEMPT))
    refused("case_outcome_is_decided", update(decided, outcome=""))


def test_an_archived_case_is_closed_for_every_statement():
    case, walk = case_in(S.ARCHIVED)
    refused("case_archived_is_closed", update(case, summary="other"))
    refused("case_archived_is_closed", update(case, state=S.DECIDED))
    refused("evidence_not_after_archive", lambda: evidence_row(case, walk, later=True))
    refused("step_not_after_archive", lambda: step_row(case))


@pytest.mark.parametrize("ground", [CaseGround.WRITE_OFF, CaseGround.CAP_BREACH])
def test_a_case_names_the_event_that_opened_it(ground):
    case = manual_case(Cast())
    refused(
        "case_ground_has_its_event",
        lambda: ExemptionCase.objects.create(
            fund=case.fund, ground=ground, procedure=case.procedure, loss_fen=1, loss_on=case.loss_on
        ),
    )


def test_an_event_opens_one_case():
    case = manual_case(Cast())
    event = LedgerEvent.objects.get(kind="WRITE_OFF")
    facts = {
        "fund": case.fund, "ground": CaseGround.WRITE_OFF, "event": event, "procedure": case.procedure, "loss_fen": 1,
        "loss_on": case.loss_on,
    }  # fmt: skip
    ExemptionCase.objects.create(**facts)
    refused("funds_exemptioncase_event_id_key", lambda: ExemptionCase.objects.create(**facts))


def test_a_procedure_in_use_keeps_its_words():
    case = manual_case(Cast())
    refused("procedure_fixed_once_used", lambda: CaseProcedure.objects.filter(pk=case.procedure_id).update(quorum=2))
    refused("deadline_fixed_once_used", lambda: case.procedure.deadlines.update(working_days=99))
    free = CaseProcedure.objects.create(
        version="9", valid_from="2030-01-01", impairment_threshold_fen=1, quorum=3, appeal_days=1, source="x"
    )
    CaseProcedure.objects.filter(pk=free.pk).update(quorum=5)
    refused("procedure_has_quorum", lambda: CaseProcedure.objects.filter(pk=free.pk).update(quorum=1))


# ── The chain of steps ───────────────────────────────────────────────────────────────────────────
def step_row(case, **changes):
    last = case.steps.order_by("seq").last()
    at = changes.pop("at", timezone.now())
    fields = {"seq": last.seq + 1, "event": "x", "from_state": case.state, "to_state": case.state}
    link = StepLink(case_id=case.pk, at=at, actor_id=None, actor_label="ü|1", note="一", facts='{"a":1}', **fields)
    before = bytes(last.hash)
    row = fields | {
        "case": case, "at": at, "actor_label": "ü|1", "note": "一", "facts": '{"a":1}', "prev_hash": before,
        "hash": step_hash(before, link.text()),
    }  # fmt: skip
    return CaseStep.objects.create(**row | changes)


def test_a_step_that_continues_the_chain_is_taken():
    case = manual_case(Cast())
    assert step_row(case).seq == 2
    assert step_row(case).seq == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 7},
        {"prev_hash": bytes(32)},
        {"hash": bytes(32)},
        {"note": "changed after hashing"},
        {"facts": "{}"},
        {"actor_label": "somebody else"},
        {"to_state": "DECIDED"},
    ],
)
def test_a_step_that_breaks_the_chain_is_refused(changes):
    case = manual_case(Cast())
    refused("step_chain_unbroken", lambda: step_row(case, **changes))


def test_time_never_runs_backwards_and_steps_never_change():
    case = manual_case(Cast())
    refused("step_chain_unbroken", lambda: step_row(case, at=timezone.now() - timedelta(days=1)))
    refused("case_step_append_only", lambda: CaseStep.objects.update(note="x"))
    refused("case_step_append_only", lambda: raw_delete(CaseStep))


# ── Evidence and freeze ──────────────────────────────────────────────────────────────────────────
def evidence_row(case, walk, **changes):
    content = b"proof"
    EvidenceFile.objects.get_or_create(
        sha256="a0a1d7d5b6b2a7e9f4cd6f1a2e4a4d2ad5e7dd1e23c1f9e74b0ff3e4d0aa9f6a"
        if changes.pop("wrong_hash", False)
        else sha256(content).hexdigest(),
        defaults={"kind": "pdf", "size": 5, "content": content},
    )
    file = EvidenceFile.objects.get(size=5)
    return Evidence.objects.create(
        case=case, file=file, kind=EvidenceKind.OTHER, name="x", at=timezone.now(), **changes
    )


def test_a_document_is_stored_under_its_own_hash_only():
    case, walk = case_in(S.FROZEN)
    refused("evidence_file_is_its_hash", lambda: evidence_row(case, walk, later=True, wrong_hash=True))


def test_evidence_after_the_freeze_is_later_evidence_and_before_it_is_not():
    case, walk = case_in(S.FROZEN)
    refused("evidence_later_once_frozen", lambda: evidence_row(case, walk, later=False))
    evidence_row(case, walk, later=True)
    opened = manual_case(Cast())
    refused("evidence_later_once_frozen", lambda: evidence_row(opened, walk, later=True))
    refused("evidence_append_only", lambda: Evidence.objects.update(later=False))
    refused("evidence_append_only", lambda: raw_delete(Evidence))
    refused("evidence_file_append_only", lambda: EvidenceFile.objects.update(content=b"other"))


def test_the_frozen_set_never_changes_and_is_its_hash():
    case, _walk = case_in(S.FROZEN)
    refused("freeze_append_only", lambda: CaseFreeze.objects.update(content="{}"))
    refused("freeze_append_only", lambda: raw_delete(CaseFreeze))
    opened = manual_case(Cast())
    row = CaseFreeze.objects.get(case=case)
    facts = {
        "as_of": row.as_of, "known_at": row.known_at, "ledger_seq": 1, "content": "{}", "sha256": row.sha256,
        "at": row.at,
    }  # fmt: skip
    refused("freeze_is_its_hash", lambda: CaseFreeze.objects.create(case=opened, **facts))
    refused("freeze_of_opened_case", lambda: CaseFreeze.objects.create(case=case, **facts))


# ── Records only in their state ──────────────────────────────────────────────────────────────────
def answer_row(case, **changes):
    item = CatalogueItem.objects.get(code="LAWFUL")
    facts = {"case": case, "person": case.persons.get(), "item": item, "result": "NOT_MET", "reason": "r"}
    return ChecklistAnswer.objects.create(at=timezone.now(), **facts | changes)


def finding_row(case, **changes):
    item = CatalogueItem.objects.get(code="FRAUD")
    facts = {"case": case, "person": case.persons.get(), "item": item, "hit": True, "reason": "r"}
    return NegativeFinding.objects.create(at=timezone.now(), **facts | changes)


def test_records_are_taken_in_their_state_only():
    case, walk = case_in(S.FROZEN)
    now = timezone.now()
    refused("answer_in_checklist", lambda: answer_row(case))
    refused("finding_in_screening", lambda: finding_row(case))
    refused("voter_before_freeze", lambda: DecisionVoter.objects.create(case=case, name="late", at=now))
    refused("statement_in_its_state", lambda: Statement.objects.create(case=case, saved_at=now))
    seat = {"case": case, "user": walk.cast.chair, "appointed_at": now}
    refused("panel_while_sitting", lambda: PanelMember.objects.create(**seat))
    refused("appeal_of_decided_case", lambda: Appeal.objects.create(case=case, text="x", at=now, made_by=seat["user"]))
    sealed = {"case": case, "sha256": "x", "chain_head": "x", "size": 1, "content": b"", "made_at": now}
    refused("sealed_of_archived_case", lambda: SealedFile.objects.create(**sealed))
    walk.start()
    refused(
        "case_person_before_checklist",
        lambda: CasePerson.objects.create(case=case, name="late", function="f", regime=Regime.FISCAL, at=now),
    )


def test_answers_stay_in_their_case_and_are_never_overwritten():
    case, _walk = case_in(S.CHECKLIST)
    other, _other_walk = case_in(S.CHECKLIST)
    answer_row(case)
    refused("answer_one_current", lambda: answer_row(case))
    refused("answer_append_only", lambda: ChecklistAnswer.objects.update(result="MET"))
    refused("answer_person_of_case", lambda: answer_row(case, person=other.persons.get()))
    duty = CatalogueItem.objects.get(code="LOYALTY")
    strange = other.evidence.first().file_id
    refused("answer_evidence_in_case", lambda: answer_row(case, item=duty, result="MET", evidence=[strange]))
    refused("answer_met_has_evidence", lambda: answer_row(case, item=duty, result="MET"))
    refused("answer_other_has_reason", lambda: answer_row(case, item=duty, reason=""))


def test_a_submitted_statement_is_fixed():
    case, _walk = case_in(S.STATEMENT)
    row = Statement.objects.create(case=case, text="", saved_at=timezone.now())
    refused("statement_submitted_has_text", lambda: Statement.objects.update(submitted_at=timezone.now()))
    Statement.objects.update(text="said", submitted_at=timezone.now())
    refused("statement_fixed_once_submitted", lambda: Statement.objects.filter(pk=row.pk).update(text="x"))
    refused("statement_fixed_once_submitted", lambda: raw_delete(Statement))


# ── Panel ────────────────────────────────────────────────────────────────────────────────────────
def decision_row(case, cast, **changes):
    facts = {
        "case": case, "round": 1, "outcome": CaseOutcome.EXEMPT, "reasons": "r", "prepared_by": cast.officer,
        "decided_by": cast.chair, "at": timezone.now(),
    }  # fmt: skip
    return CaseDecision.objects.create(**facts | changes)


def vote_row(case, member, **changes):
    facts = {"case": case, "member": member, "outcome": CaseOutcome.EXEMPT, "reasons": "r", "at": timezone.now()}
    return PanelVote.objects.create(**facts | changes)


def test_voters_of_the_investment_decision_sit_only_as_recused():
    cast = Cast()
    case = manual_case(cast)
    voter = UserFactory(role=Role.FINANCE)
    DecisionVoter.objects.create(case=case, name="Voter", user=voter, at=timezone.now())
    other, walk = case_in(S.PANEL)
    now = timezone.now()
    ExemptionCase.objects.filter(pk=case.pk).update(state=S.FROZEN, frozen_at=now)
    for state in (S.CHECKLIST, S.SCREENING, S.STATEMENT, S.EVALUATION, S.PANEL):
        ExemptionCase.objects.filter(pk=case.pk).update(state=state)
    seat = {"case": case, "user": voter, "appointed_at": now}
    refused("panel_voters_recused", lambda: PanelMember.objects.create(**seat))
    recused = PanelMember.objects.create(recused_at=now, recusal_reason="voted", **seat)
    refused("vote_by_member", lambda: vote_row(case, recused))
    refused("panel_recusal_has_reason", lambda: PanelMember.objects.create(
        case=case, user=UserFactory(), appointed_at=now, recused_at=now))  # fmt: skip
    walk.seat([walk.cast.chair])
    refused("vote_by_member", lambda: vote_row(case, PanelMember.objects.get(case=other)))


def test_a_panel_has_one_chair_and_each_member_one_seat_and_one_vote():
    case, walk = case_in(S.PANEL)
    people = [walk.cast.chair, *walk.cast.members]
    walk.seat(people)
    walk.vote(people)
    now = timezone.now()
    refused("panel_member_once", lambda: PanelMember.objects.create(case=case, user=people[0], appointed_at=now))
    chair = {"case": case, "user": UserFactory(), "is_chair": True, "appointed_at": now}
    refused("panel_one_chair", lambda: PanelMember.objects.create(**chair))
    member = PanelMember.objects.get(user=people[1])
    refused("vote_one_current", lambda: vote_row(case, member))
    refused("vote_has_reasons", lambda: vote_row(case, member, reasons=""))
    refused("vote_append_only", lambda: PanelVote.objects.update(outcome=CaseOutcome.REFERRED))


def test_a_decision_has_quorum_majority_chair_and_four_eyes():
    case, walk = case_in(S.PANEL)
    cast = walk.cast
    people = [cast.chair, *cast.members]
    walk.seat(people)
    walk.vote(people[:2])
    refused("decision_has_quorum", lambda: decision_row(case, cast))
    walk.vote(people[2:])
    refused("decision_has_majority", lambda: decision_row(case, cast, outcome=CaseOutcome.NOT_EXEMPT))
    refused("decision_by_chair", lambda: decision_row(case, cast, decided_by=cast.members[0]))
    refused("decision_four_eyes", lambda: decision_row(case, cast, prepared_by=cast.chair))
    refused("decision_has_reasons", lambda: decision_row(case, cast, reasons=""))
    refused("decision_in_its_round", lambda: decision_row(case, cast, round=2))
    decision_row(case, cast)
    refused("decision_once_per_round", lambda: decision_row(case, cast))
    refused("decision_append_only", lambda: CaseDecision.objects.update(outcome=CaseOutcome.REFERRED))


@pytest.mark.parametrize("outcome", [CaseOutcome.EXEMPT, CaseOutcome.PARTLY_EXEMPT])
def test_after_a_hit_neither_vote_nor_decision_can_exempt(outcome):
    case, walk = case_in(S.PANEL, hit=True)
    people = [walk.cast.chair, *walk.cast.members]
    walk.seat(people)
    member = PanelMember.objects.get(user=walk.cast.chair)
    refused("vote_after_hit", lambda: vote_row(case, member, outcome=outcome))
    refused("decision_after_hit", lambda: decision_row(case, walk.cast, outcome=outcome))


def test_an_appeal_comes_once_and_in_its_term():
    case, walk = case_in(S.DECIDED)
    facts = {"case": case, "text": "x", "made_by": walk.cast.applicant}
    late = timezone.now() + timedelta(days=120)
    refused("appeal_in_term", lambda: Appeal.objects.create(at=late, **facts))
    refused("appeal_has_grounds", lambda: Appeal.objects.create(at=timezone.now(), **facts | {"text": ""}))
    Appeal.objects.create(at=timezone.now(), **facts)
    refused("funds_appeal_case_id_key", lambda: Appeal.objects.create(at=timezone.now(), **facts))


def test_a_sealed_file_is_its_hash_and_never_changes():
    case_in(S.ARCHIVED)
    refused("sealed_append_only", lambda: SealedFile.objects.update(content=b"other"))
    refused("sealed_append_only", lambda: raw_delete(SealedFile))
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(content), 'hex') = sha256 FROM funds_sealedfile")
        assert cursor.fetchone() == (True,)


def test_a_breach_is_of_a_fund_or_of_a_group_and_stands_once():
    fund, _holding = fund_with_loss()
    group = scenes.group_of(fund)
    document = fund.policy_bindings.get().document
    facts = {"document": document, "scope": "FUND_GROUP", "since": "2026-01-01"}
    for owners in ({}, {"fund": fund, "group": group}):
        refused("cap_breach_fund_or_group", lambda owners=owners: CapBreach.objects.create(**facts, **owners))
    CapBreach.objects.create(**facts, group=group)
    refused("cap_breach_open_once", lambda: CapBreach.objects.create(**facts, group=group))

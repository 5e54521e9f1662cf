"""The rows of a case as plain records, each with its digest: what steps seal, and what the sealed file holds.

A record names people and catalogue lines by their ids only, so that a later rename changes no digest; the names as
they were stand in the step and in the frozen set. What may change once (a recusal) is a record of its own.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from funds.models import (
    Appeal,
    CaseDecision,
    CaseFreeze,
    CasePerson,
    ChecklistAnswer,
    DecisionVoter,
    Evaluation,
    Evidence,
    ExemptionCase,
    NegativeFinding,
    PanelMember,
    PanelVote,
    Statement,
)
from funds.rules.case_chain import canonical, digest

Record = dict[str, Any]


def opening(case: ExemptionCase) -> Record:
    return {
        "type": "case", "id": case.pk, "fund": case.fund_id, "investment": case.investment_id, "ground": case.ground,
        "event": case.event_id, "breach": case.breach_id, "procedure": case.procedure_id, "loss_fen": case.loss_fen,
        "loss_on": case.loss_on, "summary": case.summary, "opened_at": case.opened_at, "opened_by": case.opened_by_id,
    }  # fmt: skip


def voter(row: DecisionVoter) -> Record:
    return {"type": "voter", "id": row.pk, "name": row.name, "user": row.user_id, "vote": row.vote, "at": row.at}


def person(row: CasePerson) -> Record:
    return {
        "type": "person", "id": row.pk, "name": row.name, "function": row.function, "regime": row.regime,
        "user": row.user_id, "at": row.at,
    }  # fmt: skip


def evidence(row: Evidence) -> Record:
    return {
        "type": "evidence", "id": row.pk, "sha256": row.file_id, "kind": row.kind, "name": row.name, "note": row.note,
        "later": row.later, "at": row.at, "added_by": row.added_by_id,
    }  # fmt: skip


def freeze(row: CaseFreeze) -> Record:
    return {
        "type": "freeze", "id": row.pk, "sha256": row.sha256, "as_of": row.as_of, "known_at": row.known_at,
        "ledger_seq": row.ledger_seq, "ledger_head": row.ledger_head, "at": row.at, "frozen_by": row.frozen_by_id,
    }  # fmt: skip


def _answered(row: ChecklistAnswer | NegativeFinding) -> Record:
    return {
        "id": row.pk, "person": row.person_id, "item": row.item_id, "reason": row.reason, "evidence": row.evidence,
        "at": row.at, "answered_by": row.answered_by_id,
    }  # fmt: skip


def answer(row: ChecklistAnswer) -> Record:
    return {"type": "answer", "result": row.result} | _answered(row)


def finding(row: NegativeFinding) -> Record:
    return {"type": "finding", "hit": row.hit} | _answered(row)


def statement(row: Statement) -> Record:
    return {
        "type": "statement", "id": row.pk, "text": row.text, "written_by": row.written_by_id,
        "submitted_at": row.submitted_at,
    }  # fmt: skip


def evaluation(row: Evaluation) -> Record:
    return {
        "type": "evaluation", "id": row.pk, "organisation": row.organisation_id, "evaluator": row.evaluator,
        "independence": row.independence, "opinion": row.opinion, "text": row.text, "report": row.report_sha256,
        "at": row.at, "recorded_by": row.recorded_by_id,
    }  # fmt: skip


def seat(row: PanelMember) -> Record:
    return {
        "type": "seat", "id": row.pk, "round": row.round, "user": row.user_id, "is_chair": row.is_chair,
        "at": row.appointed_at, "appointed_by": row.appointed_by_id,
    }  # fmt: skip


def recusal(row: PanelMember) -> Record:
    return {"type": "recusal", "member": row.pk, "reason": row.recusal_reason, "at": row.recused_at}


def vote(row: PanelVote) -> Record:
    return {
        "type": "vote", "id": row.pk, "member": row.member_id, "outcome": row.outcome, "reasons": row.reasons,
        "at": row.at,
    }  # fmt: skip


def decision(row: CaseDecision) -> Record:
    return {
        "type": "decision", "id": row.pk, "round": row.round, "outcome": row.outcome, "reasons": row.reasons,
        "law": row.law_id, "prepared_by": row.prepared_by_id, "decided_by": row.decided_by_id, "at": row.at,
    }  # fmt: skip


def appeal(row: Appeal) -> Record:
    return {"type": "appeal", "id": row.pk, "text": row.text, "at": row.at, "made_by": row.made_by_id}


def record_digest(record: Record) -> str:
    """SHA-256 of a record's canonical text."""
    return digest(canonical(record))


def digests(records: Iterable[Record]) -> list[str]:
    return [record_digest(record) for record in records]


_LISTS: tuple[tuple[type[models.Model], Callable[[Any], Record]], ...] = (
    (DecisionVoter, voter),
    (CasePerson, person),
    (Evidence, evidence),
    (CaseFreeze, freeze),
    (ChecklistAnswer, answer),
    (NegativeFinding, finding),
    (Evaluation, evaluation),
    (PanelMember, seat),
    (PanelVote, vote),
    (CaseDecision, decision),
    (Appeal, appeal),
)


def records_of(case: ExemptionCase) -> list[Record]:
    """Every record of a case, by kind and id: exactly those whose digests stand in its steps."""
    found = [opening(case)]
    for model, to_record in _LISTS:
        found += [to_record(row) for row in model._base_manager.filter(case=case).order_by("pk")]
    recused = PanelMember.objects.filter(case=case, recused_at__isnull=False).order_by("pk")
    submitted = Statement.objects.filter(case=case, submitted_at__isnull=False)
    return [*found, *(recusal(row) for row in recused), *(statement(row) for row in submitted)]

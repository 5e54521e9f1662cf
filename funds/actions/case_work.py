"""The case officer's work: voters and persons, evidence, the freeze, the checklist, the negative list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import tell_manager
from funds.actions.case_papers import keep, take_papers
from funds.actions.case_steps import expect, lock_case, move, require, write_step
from funds.actions.ledger import lock_fund
from funds.choices.cases import AnswerResult, CaseState, EvidenceKind, Regime
from funds.choices.deals import VoteChoice
from funds.models import (
    CaseFreeze,
    CasePerson,
    ChecklistAnswer,
    Decision,
    DecisionVoter,
    Evidence,
    EvidenceFile,
    ExemptionCase,
    NegativeFinding,
)
from funds.models.case_states import MANAGE, speaks_for
from funds.queries import case_records
from funds.queries.cases import checklist_items, negative_items, regimes_of
from funds.queries.freezing import freeze_of, investment_decisions
from funds.queries.ledger import broken_links
from funds.rules.cases import Item, answer_problem, unanswered
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept


# ── Who ──────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def name_voter(
    *, case_id: int, name: str, actor: User, user: User | None = None, vote: str = "", at: datetime | None = None
) -> DecisionVoter:
    """Name somebody who voted in the investment decision, before the freeze; that person is recused from the panel.

    Raises RuleViolation NOT_IN_THIS_STATE, NAME_MISSING, NAMED_ALREADY.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.OPENED)
    _refuse_name(case.voters.filter(name=name.strip()).exists(), name)
    row = DecisionVoter.objects.create(case=case, name=name.strip(), user=user, vote=vote, at=at)
    write_step(case, "voter", actor=actor, at=at, records=[case_records.voter(row)])
    return row


@transaction.atomic
def name_person(
    *,
    case_id: int,
    name: str,
    function: str,
    regime: str,
    actor: User,
    user: User | None = None,
    at: datetime | None = None,
) -> CasePerson:
    """Name a person who is judged, with the function in the decision and the regime that binds it.

    Raises RuleViolation NOT_IN_THIS_STATE (only before the checklist), NAME_MISSING, NAMED_ALREADY, REGIME_UNKNOWN.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.OPENED, CaseState.FROZEN)
    _refuse_name(case.persons.filter(name=name.strip()).exists(), name)
    if regime not in Regime.values:
        raise RuleViolation("REGIME_UNKNOWN", _("Choose the regime that binds this person."), field="regime")
    row = CasePerson.objects.create(
        case=case, name=name.strip(), function=function.strip(), regime=regime, user=user, at=at
    )
    write_step(case, "person", actor=actor, at=at, records=[case_records.person(row)])
    return row


def _refuse_name(is_named: bool, name: str) -> None:
    if not name.strip():
        raise RuleViolation("NAME_MISSING", _("Give the name."), field="name")
    if is_named:
        raise RuleViolation("NAMED_ALREADY", _("This person is named already."), field="name")


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def add_evidence(
    *, case_id: int, upload: Any, kind: str, actor: User, note: str = "", at: datetime | None = None
) -> Evidence:
    """Take a document into the file of a case under its SHA-256; after the freeze it is marked "later".

    Case officers add at any time before the archive; who speaks for the manager adds attachments while a statement or
    an appeal is possible. Raises RuleViolation with the codes of ``core.uploads``, NOT_PERMITTED, EVIDENCE_TWICE.
    """
    accepted = accept(upload, kinds=DOCUMENTS)
    with accepted.content as content:
        data = content.read()
    case, at = lock_case(case_id), at or timezone.now()
    _refuse_stranger(case, actor)
    if case.evidence.filter(file_id=accepted.sha256).exists():
        raise RuleViolation("EVIDENCE_TWICE", _("This document is in the file of the case already."), field="file")
    file = EvidenceFile(sha256=accepted.sha256, kind=accepted.kind, size=accepted.size, content=data)
    return keep(case, file, kind=EvidenceKind(kind), name=accepted.name, note=note, actor=actor, at=at)


def _refuse_stranger(case: ExemptionCase, actor: User) -> None:
    if case.state == CaseState.ARCHIVED:
        raise RuleViolation("CASE_ARCHIVED", _("Nothing is added to an archived case."))
    if actor.has_perm(MANAGE):
        return
    if case.state not in {CaseState.STATEMENT, CaseState.DECIDED} or not speaks_for(actor, case):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))


@transaction.atomic
def freeze_case(
    *,
    case_id: int,
    actor: User,
    as_of: date | None = None,
    no_minutes_reason: str = "",
    at: datetime | None = None,
) -> ExemptionCase:
    """Freeze what was true on ``as_of`` (the day of the loss when None) as known now: OPENED → FROZEN.

    The fund's books are locked meanwhile and their hash chain is verified first. Who voted in the committee's sealed
    decisions about the holding is named by itself, and the papers of these decisions, minutes among them, join the
    file of the case. Whoever freezes handles the case.
    Raises RuleViolation MINUTES_MISSING, FREEZE_DAY, LEDGER_BROKEN, PAPER_CHANGED, NOT_IN_THIS_STATE.
    """
    require(actor, MANAGE)
    case = lock_case(case_id)
    expect(case, CaseState.OPENED)
    lock_fund(case.fund_id)
    at = at or timezone.now()
    day = as_of or case.loss_on
    if day > timezone.localdate(at):
        raise RuleViolation("FREEZE_DAY", _("The day lies in the future."), field="as_of")
    decisions = investment_decisions(case)
    has_minutes = bool(decisions) or case.evidence.filter(kind=EvidenceKind.MINUTES).exists()
    if not no_minutes_reason.strip() and not has_minutes:
        raise RuleViolation(
            "MINUTES_MISSING",
            _("Add the minutes of the investment decision first, or say why there are none."),
            field="no_minutes_reason",
        )
    if broken := broken_links(case.fund_id):
        raise RuleViolation(
            "LEDGER_BROKEN", _("The books of the fund do not verify; nothing can be frozen."), facts={"broken": broken}
        )
    _take_voters(case, decisions, actor=actor, at=at)
    take_papers(case, decisions, actor=actor, at=at)
    frozen = freeze_of(case, as_of=day, known_at=at, no_minutes_reason=no_minutes_reason.strip())
    row = CaseFreeze.objects.create(
        case=case, as_of=day, known_at=at, ledger_seq=frozen.ledger_seq, ledger_head=frozen.ledger_head,
        content=frozen.text, sha256=frozen.sha256, at=at, frozen_by=actor,
    )  # fmt: skip
    facts = {"sections": frozen.content["sections"]}
    records = [case_records.freeze(row)]
    return move(case, "freeze", actor=actor, at=at, records=records, facts=facts, frozen_at=at, handler=actor)


def _take_voters(case: ExemptionCase, decisions: Sequence[Decision], *, actor: User, at: datetime) -> None:
    """Name everybody who voted in the committee's decisions, as it was recorded there; who recused did not vote."""
    named = set(case.voters.values_list("name", flat=True))
    for decision in decisions:
        for vote in decision.votes.all():
            if vote.choice == VoteChoice.RECUSED or vote.name in named:
                continue
            named.add(vote.name)
            row = DecisionVoter.objects.create(case=case, name=vote.name, user=vote.user, vote=vote.choice, at=at)
            facts = {"decision": decision.number, "sha256": decision.sha256}
            write_step(case, "voter", actor=actor, at=at, records=[case_records.voter(row)], facts=facts)


# ── Checklist and screening ──────────────────────────────────────────────────────────────────────
@transaction.atomic
def start_checklist(*, case_id: int, actor: User, at: datetime | None = None) -> ExemptionCase:
    """FROZEN → CHECKLIST. Raises RuleViolation PERSONS_MISSING."""
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.FROZEN)
    if not case.persons.exists():
        raise RuleViolation("PERSONS_MISSING", _("Name at least one person who is judged, with the regime."))
    return move(case, "start_checklist", actor=actor, at=at)


@transaction.atomic
def answer_item(
    *,
    case_id: int,
    person_id: int,
    item_id: int,
    result: str,
    actor: User,
    reason: str = "",
    evidence: Sequence[str] = (),
    at: datetime | None = None,
) -> ChecklistAnswer:
    """Answer one duty or condition for one person; an earlier answer is superseded. ``evidence``: SHA-256 values.

    Raises RuleViolation EVIDENCE_MISSING, REASON_MISSING, EVIDENCE_UNKNOWN, ITEM_UNKNOWN, NOT_IN_THIS_STATE.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.CHECKLIST)
    _refuse_unknown(case, person_id, item_id, checklist_items(case), evidence)
    if problem := answer_problem(AnswerResult(result), reason, evidence):
        raise problem
    ChecklistAnswer.objects.filter(person_id=person_id, item_id=item_id, superseded_at=None).update(superseded_at=at)
    row = ChecklistAnswer.objects.create(
        case=case, person_id=person_id, item_id=item_id, result=result, reason=reason.strip(), evidence=list(evidence),
        at=at, answered_by=actor,
    )  # fmt: skip
    write_step(case, "answer", actor=actor, at=at, records=[case_records.answer(row)])
    return row


@transaction.atomic
def finish_checklist(*, case_id: int, actor: User, at: datetime | None = None) -> ExemptionCase:
    """CHECKLIST → SCREENING, once every duty and condition is answered for every person.

    Raises RuleViolation CHECKLIST_OPEN with the number of open answers.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.CHECKLIST)
    _refuse_open(case, checklist_items(case), case.checklistanswers, "CHECKLIST_OPEN")
    return move(case, "finish_checklist", actor=actor, at=at)


@transaction.atomic
def record_finding(
    *,
    case_id: int,
    person_id: int,
    item_id: int,
    hit: bool,
    actor: User,
    reason: str = "",
    evidence: Sequence[str] = (),
    at: datetime | None = None,
) -> NegativeFinding:
    """Say whether one item of the negative list was found with one person; an earlier finding is superseded.

    Raises RuleViolation REASON_MISSING (a hit says what was found), EVIDENCE_UNKNOWN, ITEM_UNKNOWN.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.SCREENING)
    _refuse_unknown(case, person_id, item_id, negative_items(case), evidence)
    if hit and not reason.strip():
        raise RuleViolation("REASON_MISSING", _("A finding says what was found."), field="reason")
    NegativeFinding.objects.filter(person_id=person_id, item_id=item_id, superseded_at=None).update(superseded_at=at)
    row = NegativeFinding.objects.create(
        case=case, person_id=person_id, item_id=item_id, hit=hit, reason=reason.strip(), evidence=list(evidence),
        at=at, answered_by=actor,
    )  # fmt: skip
    write_step(case, "finding", actor=actor, at=at, records=[case_records.finding(row)])
    return row


@transaction.atomic
def finish_screening(*, case_id: int, actor: User, at: datetime | None = None) -> ExemptionCase:
    """SCREENING → STATEMENT, once every item of the negative list is answered; the manager is told.

    Raises RuleViolation SCREENING_OPEN.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.SCREENING)
    _refuse_open(case, negative_items(case), case.negativefindings, "SCREENING_OPEN")
    move(case, "finish_screening", actor=actor, at=at)
    tell_manager(case)
    return case


def _refuse_unknown(
    case: ExemptionCase, person_id: int, item_id: int, items: Sequence[Item], evidence: Sequence[str]
) -> None:
    regime = regimes_of(case).get(person_id)
    asked = {item.id for item in items if regime and (not item.regimes or regime in item.regimes)}
    if item_id not in asked:
        raise RuleViolation("ITEM_UNKNOWN", _("This item is not asked of this person."), field="item")
    known = set(case.evidence.filter(file_id__in=evidence).values_list("file_id", flat=True))
    if set(evidence) - known:
        raise RuleViolation("EVIDENCE_UNKNOWN", _("Add the document to the file of the case first."), field="evidence")


def _refuse_open(case: ExemptionCase, items: Sequence[Item], answers: Any, code: str) -> None:
    answered = set(answers.filter(superseded_at=None).values_list("person_id", "item_id"))
    left = unanswered(regimes_of(case), items, answered)
    if left:
        raise RuleViolation(
            code, _("%(count)s items still need an answer.") % {"count": len(left)}, facts={"open": len(left)}
        )

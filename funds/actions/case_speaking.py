"""Who speaks in a case: the manager's statement, the independent evaluation, the appeal."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import tell_manager
from funds.actions.case_steps import expect, lock_case, move, refuse_twice, require
from funds.choices.cases import CaseOutcome, CaseState, EvidenceKind
from funds.models import Appeal, Evaluation, ExemptionCase, Statement
from funds.models.case_states import MANAGE, speaks_for
from funds.queries import case_records
from funds.rules.cases import appeal_problem
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


def _require_voice(actor: User, case: ExemptionCase) -> None:
    if not speaks_for(actor, case):
        raise RuleViolation("NOT_PERMITTED", _("You do not speak for the manager in this case."))


@transaction.atomic
def save_statement(*, case_id: int, text: str, actor: User, at: datetime | None = None) -> Statement:
    """Keep a draft of the manager's statement; saving always succeeds while the statement is awaited.

    Raises RuleViolation NOT_PERMITTED, NOT_IN_THIS_STATE.
    """
    case, at = lock_case(case_id), at or timezone.now()
    _require_voice(actor, case)
    expect(case, CaseState.STATEMENT)
    row, _made = Statement.objects.update_or_create(
        case=case, defaults={"text": text, "written_by": actor, "saved_at": at}
    )
    return row


@transaction.atomic
def submit_statement(*, case_id: int, text: str, actor: User, at: datetime | None = None) -> ExemptionCase:
    """Submit the manager's statement, for good: STATEMENT → EVALUATION. Raises RuleViolation TEXT_MISSING too."""
    if not text.strip():
        raise RuleViolation("TEXT_MISSING", _("Write the statement before you submit it."), field="text")
    row = save_statement(case_id=case_id, text=text.strip(), actor=actor, at=at)
    case, at = lock_case(case_id), at or timezone.now()
    row.submitted_at = at
    row.save(update_fields=["submitted_at"])
    return move(case, "submit_statement", actor=actor, at=at, records=[case_records.statement(row)])


@transaction.atomic
def close_statement(*, case_id: int, reason: str, actor: User, at: datetime | None = None) -> ExemptionCase:
    """Go on without a statement once its term is over: STATEMENT → EVALUATION.

    Raises RuleViolation TERM_STILL_RUNS, REASON_MISSING.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.STATEMENT)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the case goes on without a statement."), field="reason")
    if case.due_on and timezone.localdate(at) <= case.due_on:
        raise RuleViolation(
            "TERM_STILL_RUNS",
            _("The manager has until %(day)s to submit a statement.") % {"day": case.due_on},
            facts={"due": case.due_on.isoformat()},
        )
    return move(case, "close_statement", actor=actor, at=at, note=reason.strip())


@transaction.atomic
def record_evaluation(
    *,
    case_id: int,
    organisation_id: int,
    evaluator: str,
    independence: str,
    opinion: str,
    text: str,
    report_sha256: str,
    actor: User,
    at: datetime | None = None,
) -> ExemptionCase:
    """Record the report of an independent third party: EVALUATION → PANEL.

    Raises RuleViolation NOT_INDEPENDENT (the fund itself, its manager or the company), REPORT_MISSING (the report is
    not in the file as such), TEXT_MISSING, OPINION_UNKNOWN.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.EVALUATION)
    company = case.investment.company_id if case.investment else None
    if organisation_id in {case.fund.manager_id, case.fund.organisation_id, company}:
        raise RuleViolation(
            "NOT_INDEPENDENT", _("The fund, its manager and the company cannot evaluate themselves."),
            field="organisation",
        )  # fmt: skip
    if not case.evidence.filter(file_id=report_sha256, kind=EvidenceKind.EVALUATION).exists():
        raise RuleViolation(
            "REPORT_MISSING", _("Add the report of the evaluation to the file of the case first."), field="report"
        )
    if opinion not in CaseOutcome.values:
        raise RuleViolation("OPINION_UNKNOWN", _("Choose the opinion of the evaluation."), field="opinion")
    for field, words in (("evaluator", evaluator), ("independence", independence), ("text", text)):
        if not words.strip():
            raise RuleViolation("TEXT_MISSING", _("This is needed."), field=field)
    row = Evaluation.objects.create(
        case=case, organisation_id=organisation_id, evaluator=evaluator.strip(), independence=independence.strip(),
        opinion=opinion, text=text.strip(), report_sha256=report_sha256, at=at, recorded_by=actor,
    )  # fmt: skip
    records = [case_records.evaluation(row)]
    facts = {"organisation": row.organisation.name_zh or row.organisation.name_en}
    return move(case, "record_evaluation", actor=actor, at=at, records=records, facts=facts)


def appeal_case(*, case_id: int, text: str, actor: User, at: datetime | None = None) -> ExemptionCase:
    """Appeal against the decision, once and within the term: DECIDED → APPEAL.

    Raises RuleViolation APPEAL_ONCE, APPEAL_LATE, TEXT_MISSING, NOT_PERMITTED, NOT_IN_THIS_STATE.
    """
    try:
        with transaction.atomic():
            return _appeal(case_id, text, actor, at)
    except IntegrityError as error:
        raise refuse_twice(error, "APPEAL_ONCE", _("This appeal is not possible any more.")) from error


def _appeal(case_id: int, text: str, actor: User, at: datetime | None) -> ExemptionCase:
    case, at = lock_case(case_id), at or timezone.now()
    _require_voice(actor, case)
    has_appealed = Appeal.objects.filter(case=case).exists()
    if problem := appeal_problem(today=timezone.localdate(at), until=case.appeal_until, has_appealed=has_appealed):
        raise problem
    expect(case, CaseState.DECIDED)
    if not text.strip():
        raise RuleViolation("TEXT_MISSING", _("Say why the decision should be changed."), field="text")
    row = Appeal.objects.create(case=case, text=text.strip(), at=at, made_by=actor)
    step = move(case, "appeal", actor=actor, at=at, records=[case_records.appeal(row)])
    tell_manager(step)
    return step

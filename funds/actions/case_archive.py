"""The end of a case: discontinued, withdrawn, or archived; either way sealed into one file that verifies offline."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import tell_manager
from funds.actions.case_steps import expect, lock_case, move, require
from funds.casefile.archive import sealed_zip
from funds.choices.cases import CaseGround, CaseState
from funds.models import Appeal, ExemptionCase, LedgerEvent, SealedFile
from funds.models.case_states import DECIDE, MANAGE
from funds.queries.cases import broken_steps
from funds.rules.cases import archive_problem
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@transaction.atomic
def archive_case(*, case_id: int, actor: User, at: datetime | None = None) -> ExemptionCase:
    """DECIDED → ARCHIVED, once nothing can follow, and seal the file in the same transaction.

    Raises RuleViolation APPEAL_STILL_POSSIBLE, CHAIN_BROKEN, NOT_IN_THIS_STATE.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, CaseState.DECIDED)
    has_appealed = Appeal.objects.filter(case=case).exists()
    if problem := archive_problem(today=timezone.localdate(at), until=case.appeal_until, has_appealed=has_appealed):
        raise problem
    return _close(case, "archive", actor=actor, at=at)


@transaction.atomic
def discontinue_case(*, case_id: int, reason: str, actor: User, at: datetime | None = None) -> ExemptionCase:
    """End a case without a decision because its loss does not exist: any state before DECIDED → ARCHIVED.

    Possible once the loss event is reversed, or for a case that was opened by hand and not yet frozen. Raises
    RuleViolation LOSS_STANDS, REASON_MISSING, NOT_IN_THIS_STATE.
    """
    require(actor, DECIDE)
    case, at = lock_case(case_id), at or timezone.now()
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the case is discontinued."), field="reason")
    reversed_ = case.event_id is not None and LedgerEvent.objects.filter(reverses_id=case.event_id).exists()
    mistaken = case.ground == CaseGround.MANUAL and case.state == CaseState.OPENED
    if not (reversed_ or mistaken):
        raise RuleViolation("LOSS_STANDS", _("The loss still stands in the books, so the case goes on."))
    return _close(case, "discontinue", actor=actor, at=at, note=reason.strip())


def withdraw_case(*, case_id: int, reason: str, at: datetime) -> ExemptionCase:
    """End a case that nobody has worked on, because its entry was reversed: OPENED → ARCHIVED, by the system.

    ``reason`` is that of the reversal. Runs in the transaction that wrote the reversal.
    """
    return _close(lock_case(case_id), "withdraw", actor=None, at=at, note=reason)


def _close(case: ExemptionCase, event: str, *, actor: User | None, at: datetime, note: str = "") -> ExemptionCase:
    if broken := broken_steps(case):
        raise RuleViolation(
            "CHAIN_BROKEN", _("The chain of steps does not verify; nothing can be sealed."), facts={"broken": broken}
        )
    move(case, event, actor=actor, at=at, note=note, archived_at=at)
    content, head = sealed_zip(case)
    SealedFile.objects.create(
        case=case, sha256=hashlib.sha256(content).hexdigest(), chain_head=head, size=len(content), content=content,
        made_at=at,
    )  # fmt: skip
    tell_manager(case)
    return case

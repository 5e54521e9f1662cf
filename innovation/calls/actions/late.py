"""Documents after the submission: each an event of its own, accepted or refused by the office with a reason."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, require, require_unrelated, stored
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import TAKES_LATE, LateState, MemberRole
from innovation.calls.models import LateDocument
from innovation.core.errors import RuleViolation

EXAMINE = "calls.screen_application"
WRITERS = (MemberRole.LEAD, MemberRole.EDITOR)
MOST_WAITING = 10


@transaction.atomic
def hand_in_late(*, application_id: int, title: str, why: str, upload: Any, actor: User) -> LateDocument:
    """Record a document that comes after the submission; the same file a second time is the one that is there.

    What was submitted is not touched by it. Raises ``NOT_YOURS``, ``NOT_TAKEN`` (not sent yet, or decided),
    ``REASON_MISSING``, ``TOO_MANY_FILES`` and what is wrong with the file.
    """
    case = locked(application_id)
    if not case.members.filter(user=actor, role__in=WRITERS).exists():
        raise RuleViolation("NOT_YOURS", _("You do not write this application."))
    if case.state not in TAKES_LATE:
        raise RuleViolation("NOT_TAKEN", _("Late documents are taken between submission and decision."))
    if not title.strip() or not why.strip():
        raise RuleViolation("REASON_MISSING", _("Say what it is and why it comes late."), field="why")
    facts = stored(upload, actor)
    standing = case.late_documents.filter(sha256=facts["sha256"]).first()
    if standing is not None:
        return standing
    if case.late_documents.filter(state=LateState.WAITING).count() >= MOST_WAITING:
        raise RuleViolation("TOO_MANY_FILES", _("Ten documents wait already. Ask the office first."), field="file")
    return LateDocument.objects.create(application=case, title=title.strip(), why=why.strip(), **facts)


@transaction.atomic
def examine_late(*, document_id: int, accepted: bool, reason: str, actor: User) -> LateDocument:
    """Accept or refuse a late document; the applicant is told with the reason.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``FOUR_EYES``, ``EXAMINED``, ``REASON_MISSING``.
    """
    require(actor, EXAMINE)
    case = locked(LateDocument.objects.values_list("application", flat=True).get(pk=document_id))
    found = LateDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
    if found.state != LateState.WAITING:
        raise RuleViolation("EXAMINED", _("This document has been examined already."))
    if found.recorded_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Nobody examines a document of one's own."))
    require_unrelated(actor, case)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    found.state = LateState.ACCEPTED if accepted else LateState.REFUSED
    found.reason, found.examined_by, found.examined_at = reason.strip(), actor, timezone.now()
    found.save(update_fields=["state", "reason", "examined_by", "examined_at"])
    tell_applicant(case, gettext_lazy("Your late document was examined"), key=f"late-{found.pk}")
    return found

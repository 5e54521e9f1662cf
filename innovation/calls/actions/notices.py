"""Public notice of a decision: publish it, take objections from the public, examine them by another person."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require, require_unrelated, stored
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import ApplicationState, ObjectionState
from innovation.calls.models import Notice, Objection, ObjectionFile
from innovation.calls.queries.notices import days_left
from innovation.calls.rules.workflow import with_defaults
from innovation.core import outbox
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar

MOST_FILES = 5


@transaction.atomic
def publish_notice(*, application_id: int, actor: User) -> Notice:
    """Put an approved case on public notice for the working days of its process. The day of publication is not counted.

    Raises ``NOT_PERMITTED``, ``RELATED_PARTY``, ``NO_SUCH_TRANSITION``.
    """
    case = locked(application_id)
    days = with_defaults(case.process.content)["notice_days"]
    ends_on = calendar().due(timezone.localdate(), days).due
    move(case, "publish_notice", actor=actor, changes={"due_on": ends_on})
    case.notices.filter(ended_at=None).update(ended_at=timezone.now())
    notice = Notice.objects.create(
        application=case, title=case.title or str(case), applicant=applicant_name(case), award_fen=case.award_fen,
        days=days, published_by=actor, ends_on=ends_on,
    )  # fmt: skip
    tell_applicant(
        case, gettext_lazy("The decision on your application is on public notice"), key=f"notice-{notice.pk}"
    )
    return notice


def applicant_name(case: Any) -> str:
    """The registered name of the organisation that applies, or the person: papers bear it in any language."""
    organisation = case.organisation
    if organisation is not None:
        return organisation.name_zh or organisation.name_en
    return case.created_by.name or str(case.created_by)


@transaction.atomic
def object_to(
    *, notice_id: int, name: str, email: str, text: str, phone: str = "", uploads: Sequence[Any] = ()
) -> Objection:
    """Take an objection from the public and mail the link that confirms the address; no account is needed.

    Raises ``NOTICE_OVER``, ``TOO_MANY_FILES`` and what is wrong with a file.
    """
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    _refuse_over(notice)
    if len(uploads) > MOST_FILES:
        raise RuleViolation("TOO_MANY_FILES", _("Attach at most five files."), field="files")
    token = secrets.token_urlsafe(24)
    objection = Objection.objects.create(
        notice=notice, name=name.strip(), email=email, phone=phone.strip(), text=text.strip(),
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
    )  # fmt: skip
    for upload in uploads:
        ObjectionFile.objects.create(objection=objection, **stored(upload, None))
    outbox.send_mail(
        to=email,
        subject=_("Confirm your objection"),
        text=_("You objected to: %(notice)s\n\nConfirm it by this address, otherwise it is not examined: %(address)s")
        % {"notice": notice, "address": f"{settings.SITE_URL}{reverse('calls:objection_confirm', args=[token])}"},
        key=f"objection-{objection.pk}",
        secret=True,
    )
    return objection


def _refuse_over(notice: Notice) -> None:
    if notice.ended_at is not None or (notice.stopped_on is None and not days_left(notice, timezone.localdate())):
        raise RuleViolation("NOTICE_OVER", _("This notice is over."))


def by_token(token: str) -> Objection:
    """The objection of a confirmation link. Raises ``NO_OBJECTION``."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    objection = Objection.objects.select_related("notice").filter(token_sha256=digest).first()
    if objection is None:
        raise RuleViolation("NO_OBJECTION", _("This address is not known. Copy it whole from the mail."))
    return objection


@transaction.atomic
def confirm_objection(*, token: str) -> Objection:
    """Confirm the address: the objection is examined, the clock of the notice stops. A second click changes nothing.

    Raises ``NO_OBJECTION``, ``NOTICE_OVER``.
    """
    found = by_token(token)
    case = locked(found.notice.application_id)
    notice = Notice.objects.select_for_update().get(pk=found.notice_id)
    objection = Objection.objects.select_for_update().get(pk=found.pk)
    if objection.state != ObjectionState.UNCONFIRMED:
        return objection
    _refuse_over(notice)
    objection.state, objection.confirmed_at = ObjectionState.OPEN, timezone.now()
    objection.save(update_fields=["state", "confirmed_at"])
    if case.state == ApplicationState.NOTICED:
        notice.stopped_on = timezone.localdate()
        notice.save(update_fields=["stopped_on"])
        move(case, "object", actor=None)
        tell_applicant(case, gettext_lazy("Somebody objected to the decision"), key=f"objection-{objection.pk}")
    return objection


@transaction.atomic
def examine_objection(*, objection_id: int, upheld: bool, reason: str, actor: User) -> Objection:
    """Reject or uphold an objection, with the reason that its writer is told.

    When the last open one is rejected the notice goes on, longer by the working days on which it stood still; one that
    is upheld ends the notice and leads the case back. Raises ``NOT_PERMITTED``, ``FOUR_EYES`` (who published, proposed
    or decided), ``RELATED_PARTY``, ``NOT_OPEN``, ``REASON_MISSING``.
    """
    require(actor, "calls.decide_objection")
    found = Objection.objects.select_related("notice").get(pk=objection_id)
    case = locked(found.notice.application_id)
    require_unrelated(actor, case)
    notice = Notice.objects.select_for_update().get(pk=found.notice_id)
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    if objection.state != ObjectionState.OPEN:
        raise RuleViolation("NOT_OPEN", _("This objection is not open."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    took_part = {notice.published_by_id, *case.decisions.values_list("decided_by", flat=True),
                 *case.decisions.values_list("proposed_by", flat=True)}  # fmt: skip
    if actor.pk in took_part:
        raise RuleViolation("FOUR_EYES", _("Somebody who had no part in the decision examines the objection."))
    objection.state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    objection.reason, objection.examined_by, objection.examined_at = reason.strip(), actor, timezone.now()
    objection.save(update_fields=["state", "reason", "examined_by", "examined_at"])
    outbox.send_mail(
        to=objection.email,
        subject=_("Your objection was examined"),
        text=f"{objection.get_state_display()}\n\n{objection.reason}",
        key=f"objection-answer-{objection.pk}",
    )
    if case.state == ApplicationState.OBJECTED:
        _go_on(case, notice, objection, actor)
    return objection


def _go_on(case: Any, notice: Notice, objection: Objection, actor: User) -> None:
    today = timezone.localdate()
    if objection.state == ObjectionState.UPHELD:
        notice.ended_at = timezone.now()
        notice.save(update_fields=["ended_at"])
        move(case, "objection_upheld", actor=actor, reason=objection.reason)
    elif not notice.objections.filter(state=ObjectionState.OPEN).exists():
        if notice.ends_on is not None and notice.stopped_on is not None:
            notice.ends_on = calendar().extend(notice.ends_on, notice.stopped_on, today).due
        notice.stopped_on = None
        notice.save(update_fields=["ends_on", "stopped_on"])
        move(case, "objection_rejected", actor=actor, reason=objection.reason, changes={"due_on": notice.ends_on})
    tell_applicant(case, gettext_lazy("The objection was examined"), key=f"objection-answer-{objection.pk}")

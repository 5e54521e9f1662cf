"""Titles, memberships and permits: issued from an approved case, renewed by a new one, ended by the clock."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import ApplicationState, EntitlementState
from innovation.calls.models import Application, Entitlement
from innovation.calls.queries.notices import notice_days_left
from innovation.calls.queries.steps import checked_by
from innovation.calls.rules.workflow import with_defaults
from innovation.core.errors import RuleViolation


@transaction.atomic
def issue(*, application_id: int, actor: User, renews_id: int | None = None) -> Entitlement:
    """Issue what an approved case grants, after its notice and by somebody who did not check it.

    ``renews_id`` names the entitlement of the same holder that the new one follows; its case ends as renewed. Raises
    ``NOTICE_RUNNING``, ``FOUR_EYES``, ``NOT_THE_SAME_HOLDER``, ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``.
    """
    case = locked(application_id)
    facts = {
        "notice_days_left": notice_days_left(case, timezone.localdate()),
        "same_actor_as_checker": actor.pk in checked_by(case),
    }  # fmt: skip
    move(case, "issue", actor=actor, facts=facts)
    case.notices.filter(ended_at=None).update(ended_at=timezone.now())
    renewed = _renewed(case, renews_id, actor) if renews_id is not None else None
    entitlement = entitle(case, actor=actor, renews=renewed)
    tell_applicant(case, gettext_lazy("Your certificate is issued"), key=f"entitled-{entitlement.pk}")
    return entitlement


def _renewed(case: Application, renews_id: int, actor: User) -> Entitlement:
    old = Entitlement.objects.select_for_update().get(pk=renews_id)
    if old.kind != case.call.kind or old.organisation_id != case.organisation_id or old.application_id == case.pk:
        raise RuleViolation("NOT_THE_SAME_HOLDER", _("Only a title of the same holder and kind is renewed."))
    former = locked(old.application_id)
    if old.state not in {EntitlementState.VALID, EntitlementState.EXPIRED}:
        raise RuleViolation("NOT_RENEWABLE", _("This title is renewed or revoked already."))
    move(former, "renew", actor=actor, facts={"same_actor_as_checker": actor.pk in checked_by(case)})
    old.state, old.ended_on = EntitlementState.RENEWED, timezone.localdate()
    old.save(update_fields=["state", "ended_on"])
    return old


def entitle(case: Application, *, actor: User | None, renews: Entitlement | None = None) -> Entitlement:
    """The record of a case that has just reached its entitlement; its term by the process, in whole months."""
    today = timezone.localdate()
    starts = today if renews is None or renews.valid_to is None else max(today, renews.valid_to + timedelta(days=1))
    months = with_defaults(case.process.content)["entitlement_months"]
    ends = None if months is None else months_after(starts, months) - timedelta(days=1)
    entitlement = Entitlement.objects.create(
        number=f"{case.call.code}-{starts.year}-{case.pk:05d}".upper(), application=case,
        organisation=case.organisation, holder=case.organisation.name if case.organisation else str(case.created_by),
        kind=case.call.kind, title_zh=case.call.title_zh, title_en=case.call.title_en, valid_from=starts,
        valid_to=ends, renewed_from=renews, issued_by=actor,
    )  # fmt: skip
    case.due_on = ends
    case.save(update_fields=["due_on"])
    return entitlement


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, the last of the month where that month is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


@transaction.atomic
def expire(*, entitlement_id: int) -> Entitlement:
    """The clock: end a title after its last day. Raises ``NOT_DUE``."""
    found = Entitlement.objects.get(pk=entitlement_id)
    case = locked(found.application_id)
    entitlement = Entitlement.objects.select_for_update().get(pk=entitlement_id)
    over = entitlement.valid_to is not None and entitlement.valid_to < timezone.localdate()
    if entitlement.state != EntitlementState.VALID or not over:
        raise RuleViolation("NOT_DUE", _("This title is in force or has ended already."))
    if case.state == ApplicationState.ENTITLED:
        move(case, "expire", actor=None)
    entitlement.state, entitlement.ended_on = EntitlementState.EXPIRED, entitlement.valid_to
    entitlement.save(update_fields=["state", "ended_on"])
    tell_applicant(case, gettext_lazy("Your certificate has expired"), key=f"expired-{entitlement.pk}")
    return entitlement


@transaction.atomic
def give_notice(*, application_id: int, reason: str, actor: User) -> Application:
    """The holder gives notice. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    return move(locked(application_id), "give_notice", actor=actor, reason=reason)


@transaction.atomic
def leave(*, application_id: int, actor: User) -> Application:
    """End a membership whose notice has run out. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    case = move(locked(application_id), "leave", actor=actor)
    Entitlement.objects.filter(application=case, state=EntitlementState.VALID).update(
        state=EntitlementState.EXPIRED, ended_on=timezone.localdate()
    )
    return case

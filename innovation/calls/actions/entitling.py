"""Titles, memberships and permits: issued from an approved case, suspended meanwhile, renewed by a new one, ended."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.models import User
from innovation.calls.actions.following import locked, move, require_unrelated
from innovation.calls.actions.letters import tell_applicant
from innovation.calls.choices import LADDER_TITLES, ApplicationState, EntitlementState
from innovation.calls.models import Application, Entitlement
from innovation.calls.queries.notices import notice_days_left
from innovation.calls.queries.steps import checked_by
from innovation.calls.rules.workflow import with_defaults
from innovation.core import transitions
from innovation.core.days import months_later
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
        raise RuleViolation("NOT_RENEWABLE", _("Only a title that is valid or has expired is renewed."))
    move(former, "renew", actor=actor, facts={"same_actor_as_checker": actor.pk in checked_by(case)})
    return transitions.apply(old, "renew", actor=actor, changes={"ended_on": timezone.localdate()})


def entitle(
    case: Application, *, actor: User | None, renews: Entitlement | None = None, starts: date | None = None
) -> Entitlement:
    """The record of a case that has just reached its entitlement; its term by the process, in whole months.

    It is named after the title that the call's rubric stands for, else after the call.
    It begins on ``starts``, by default today, or on the day after the last one of the title that it ``renews``.
    The case keeps number and term under ``result["title"]``, as it keeps what handlers of its kind made.
    """
    today = timezone.localdate()
    if starts is None:
        starts = today if renews is None or renews.valid_to is None else max(today, renews.valid_to + timedelta(days=1))
    months = with_defaults(case.process.content)["entitlement_months"]
    ends = None if months is None else months_later(starts, months) - timedelta(days=1)
    holder = case.organisation and (case.organisation.name_zh or case.organisation.name_en)
    family = case.call.rubric.family if case.call.rubric else ""
    chinese, english = LADDER_TITLES.get(family, (case.call.title_zh, case.call.title_en))
    entitlement = Entitlement.objects.create(
        number=f"{case.call.code}-{starts.year}-{case.pk:05d}".upper(), application=case,
        organisation=case.organisation, holder=holder or str(case.created_by),
        kind=case.call.kind, title_zh=chinese, title_en=english, valid_from=starts,
        valid_to=ends, renewed_from=renews, issued_by=actor,
    )  # fmt: skip
    case.due_on = ends
    words = f"{entitlement.number} · {starts} – {ends or ''}".rstrip()
    case.result = {**case.result, "title": {"label": words, "url": entitlement.get_absolute_url()}}
    case.save(update_fields=["due_on", "result"])
    return entitlement


@transaction.atomic
def expire(*, entitlement_id: int) -> Entitlement:
    """The clock: end a title after its last day. Raises ``NOT_DUE``."""
    found = Entitlement.objects.get(pk=entitlement_id)
    case = locked(found.application_id)
    entitlement = Entitlement.objects.select_for_update().get(pk=entitlement_id)
    over = entitlement.valid_to is not None and entitlement.valid_to < timezone.localdate()
    if not entitlement.is_in_force or not over:
        raise RuleViolation("NOT_DUE", _("This title is in force or has ended already."))
    if case.state == ApplicationState.ENTITLED:
        move(case, "expire", actor=None)
    ended = transitions.apply(entitlement, "expire", actor=None, changes=_ended(entitlement.valid_to))
    tell_applicant(case, gettext_lazy("Your certificate has expired"), key=f"expired-{entitlement.pk}")
    return ended


def _ended(day: date | None) -> dict[str, Any]:
    return {"ended_on": day, "suspended_on": None}


@transaction.atomic
def suspend(*, entitlement_id: int, reason: str, actor: User) -> Entitlement:
    """Suspend a title in force; its last day does not move. Raises ``REASON_MISSING``, ``NOT_PERMITTED``,
    ``RELATED_PARTY``, ``NO_SUCH_TRANSITION``.
    """
    moved = _moved(entitlement_id, "suspend", reason, actor, {"suspended_on": timezone.localdate()})
    _tell(moved, gettext_lazy("Your certificate is suspended"))
    return moved


@transaction.atomic
def reinstate(*, entitlement_id: int, reason: str, actor: User) -> Entitlement:
    """Put a suspended title in force again. Raises as ``suspend`` does."""
    moved = _moved(entitlement_id, "reinstate", reason, actor, {"suspended_on": None})
    _tell(moved, gettext_lazy("Your certificate is in force again"))
    return moved


def _moved(entitlement_id: int, event: str, reason: str, actor: User, changes: dict[str, Any]) -> Entitlement:
    found = Entitlement.objects.get(pk=entitlement_id)
    require_unrelated(actor, locked(found.application_id))
    return transitions.apply(
        found, event, actor=actor, reason=reason.strip(), changes=changes, facts={"reason_given": bool(reason.strip())}
    )


def _tell(title: Entitlement, subject: Promise) -> None:
    """One mail for each step of the title."""
    step = transitions.steps_of(title).values_list("pk", flat=True).last()
    tell_applicant(title.application, subject, key=f"title-step-{step}")


def revoke(*, case: Application, reason: str, actor: User) -> None:
    """End the title of a case whose revocation has just been decided."""
    standing = Entitlement.objects.select_for_update().in_force().filter(application=case).first()
    if standing is not None:
        transitions.apply(
            standing, "revoke", actor=actor, reason=reason, facts={"reason_given": bool(reason.strip())},
            changes=_ended(timezone.localdate()) | {"end_reason": reason},
        )  # fmt: skip


@transaction.atomic
def give_notice(*, application_id: int, reason: str, actor: User) -> Application:
    """The holder gives notice. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    return move(locked(application_id), "give_notice", actor=actor, reason=reason)


@transaction.atomic
def leave(*, application_id: int, actor: User) -> Application:
    """End a membership whose notice has run out. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    case = move(locked(application_id), "leave", actor=actor)
    standing = Entitlement.objects.select_for_update().in_force().filter(application=case).first()
    if standing is not None:
        transitions.apply(standing, "expire", actor=actor, changes=_ended(timezone.localdate()))
    return case

"""Role profiles: opened, verified, suspended, renewed, ended; each step by the table of ``models.role_states``."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.accounts.notices import send as send_notice
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from talent.actions.people import require_current
from talent.choices.people import RoleState
from talent.choices.privacy import Purpose
from talent.models import Person, RoleProfile
from talent.queries.consents import holds
from talent.rules.roles import RENEWAL_DAYS, last_day

NOTICE = "talent-profile"
ASKING = frozenset({"submit", "appeal", "ask_again"})
"""Steps by which a person asks to stand in the registry, and so needs to have agreed to it."""
GRANTING = frozenset({"verify", "renew"})


@transaction.atomic
def open_profile(*, person_id: int, kind: str, actor: User) -> RoleProfile:
    """Begin a draft of a profile, or give back the one that stands. Raises ``NOT_PERMITTED``, ``GONE``."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.user_id != actor.pk and not actor.has_perm("talent.add_roleprofile"):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    require_current(person)
    return standing(person, kind) or RoleProfile.objects.create(person=person, kind=kind)


def standing(person: Person, kind: str) -> RoleProfile | None:
    """The profile of that kind that is neither withdrawn nor erased."""
    over = (RoleState.WITHDRAWN, RoleState.ERASED)
    return person.roles.filter(kind=kind).exclude(state__in=over).first()


@transaction.atomic
def step(*, profile_id: int, event: str, actor: User | None, reason: str = "") -> RoleProfile:
    """Move a profile by ``event`` of its table and tell the person.

    Raises ``NO_SUCH_TRANSITION``, ``NOT_PERMITTED``, ``OWN_PROFILE``, ``SAME_OFFICER``, ``REASON_MISSING``,
    ``ONE_OF_A_KIND``, ``CONSENT_MISSING``.
    """
    rows = RoleProfile.objects.select_for_update(of=("self",)).select_related("person__user")
    found = rows.get(pk=profile_id)
    _require_consent(found, event, actor)
    try:
        with transaction.atomic():
            moved = transitions.apply(
                found, event, actor=actor, reason=reason.strip(), facts=_facts(found, actor, reason),
                changes=_changes(found, event, actor),
            )  # fmt: skip
    except IntegrityError as error:
        raise RuleViolation("ONE_OF_A_KIND", _("Another profile of this kind stands already.")) from error
    if found.person.user_id is not None and (actor is None or actor.pk != found.person.user_id):
        tell(moved, reason.strip())
    return moved


def _require_consent(profile: RoleProfile, event: str, actor: User | None) -> None:
    is_self = actor is not None and profile.person.user_id == actor.pk
    if event in ASKING and is_self and not holds(profile.person, Purpose.REGISTRY):
        raise RuleViolation(
            "CONSENT_MISSING", _("Agree first that the registry keeps your data: page “My data and consents”.")
        )


def _facts(profile: RoleProfile, actor: User | None, reason: str) -> dict[str, Any]:
    rejected = actor is not None and (
        transitions.steps_of(profile).filter(event="reject", actor_id=actor.pk).exists()
        and transitions.steps_of(profile).filter(event="appeal").exists()
    )
    return {
        "is_self": actor is not None and profile.person.user_id == actor.pk,
        "decided_before": rejected,
        "reason_given": bool(reason.strip()),
    }


def _changes(profile: RoleProfile, event: str, actor: User | None) -> dict[str, Any]:
    changes: dict[str, Any] = {"state_since": timezone.now()}
    if event not in GRANTING:
        return changes
    today = timezone.localdate()
    # A renewal joins its term to the one that still runs, so that renewing early costs no day.
    runs_on = event == "renew" and profile.valid_until is not None and profile.valid_until >= today
    first = profile.valid_until + timedelta(days=1) if runs_on and profile.valid_until else today
    changes |= {"valid_until": last_day(first), "verified_by": actor}
    if event == "verify" or profile.valid_from is None:
        changes["valid_from"] = today
    return changes


@transaction.atomic
def grant(*, person: Person, kind: str, application: Any, actor: User | None, valid_from: date) -> RoleProfile:
    """The profile that follows from an approved registration: in force from ``valid_from`` for the usual term.

    A profile of that kind that stands already goes on by the case. Raises ``NO_SUCH_TRANSITION`` for a suspended one.
    """
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    profile = standing(person, kind) or RoleProfile.objects.create(person=person, kind=kind)
    changes = {
        "state_since": timezone.now(), "valid_from": profile.valid_from or valid_from, "application": application,
        "valid_until": max(last_day(valid_from), profile.valid_until or valid_from), "verified_by": actor,
    }  # fmt: skip
    return transitions.apply(profile, "grant", actor=None, facts={"case": application.number}, changes=changes)


def tell(profile: RoleProfile, reason: str) -> None:
    """One mail to the person about the newest step of the profile."""
    user = profile.person.user
    if user is None or not user.is_active:
        return
    number = transitions.steps_of(profile).aggregate(last=Max("pk"))["last"]
    with translation.override(user.language or settings.LANGUAGE_CODE):
        names = profile.state_names[RoleState(profile.state)]
        kind = profile.get_kind_display()
        subject = _("Your profile “%(kind)s”: %(state)s") % {"kind": kind, "state": names.public}
        lines = [reason, _("What happens next: %(step)s.") % {"step": names.next_step}]
        address = urljoin(settings.SITE_URL, reverse("talent:profile"))
        text = "\n\n".join(line for line in (*lines, address) if line)
        send_notice(to=user, kind=NOTICE, subject=subject, text=text, key=f"talent-profile-{profile.pk}-{number}")


def sweep(*, today: date) -> dict[str, int]:
    """Every morning: ask for renewals that are due, end what has run out. Returns how many of each."""
    done = {"call_for_renewal": 0, "expire": 0}
    opens = today + timedelta(days=RENEWAL_DAYS)
    in_force = RoleProfile.objects.filter(valid_until__isnull=False).order_by("pk")
    for event, rows in (
        ("expire", in_force.filter(
            state__in=[RoleState.ACTIVE, RoleState.RENEWAL_DUE, RoleState.SUSPENDED], valid_until__lt=today
        )),
        ("call_for_renewal", in_force.filter(state=RoleState.ACTIVE, valid_until__lte=opens)),
    ):  # fmt: skip
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                step(profile_id=pk, event=event, actor=None)
                done[event] += 1
            except RuleViolation:
                continue  # moved meanwhile by somebody; tomorrow's sweep looks again
    return done

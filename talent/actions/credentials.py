"""The way of a credential: candidate, assessment, grant, end. Renewals are in ``renewals``, entries in ``cpd``."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.days import months_later
from innovation.core.errors import RuleViolation
from talent.actions.clean import refuse_invalid
from talent.choices.credentials import CredentialState, CyclePurpose
from talent.models import Affiliation, CpdCycle, Credential, GrantCheck, Person, SchemeVersion
from talent.models.credential_states import holds_or_keeps
from talent.queries.credentials import count_cycle, governing_version, open_cycle
from talent.rules.cpd import Credits
from talent.rules.terms import term_end

POINTS_YEARS_BACK = 5
"""Points of a first award may have been earned within so many years before the candidacy."""
CANDIDACY_YEARS = 3
"""A candidacy gathers points for so long."""


def locked(credential_id: int) -> Credential:
    """The credential under its lock, with what names it. Raises Credential.DoesNotExist."""
    rows = Credential.objects.select_for_update(of=("self",)).select_related("person", "version__scheme")
    return rows.get(pk=credential_id)


def move(credential: Credential, event: str, *, actor: User | None, **options: Any) -> Credential:
    """One step with the moment since when the new state holds."""
    changes = {"state_since": timezone.now()} | options.pop("changes", {})
    return transitions.apply(credential, event, actor=actor, changes=changes, **options)


@transaction.atomic
def open_credential(*, person_id: int, version_id: int, level: str, actor: User) -> Credential:
    """Make the person a candidate for ``level`` under a version; where points are asked, their cycle begins.

    The holder does so, or an officer. Raises RuleViolation LEVEL_UNKNOWN, NOT_VALID_NOW, INVALID; PermissionDenied.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    version = SchemeVersion.objects.select_related("scheme").get(pk=version_id)
    today = timezone.localdate()
    if version.scheme.levels and not version.scheme.level(level):
        raise RuleViolation("LEVEL_UNKNOWN", _("Choose a level of this scheme."), field="level")
    if (version.valid_to and version.valid_to < today) or (version.valid_from and version.valid_from > today):
        raise RuleViolation("NOT_VALID_NOW", _("This version is not in force now."), field="version")
    credential = Credential(person=person, version=version, level=level)
    if not holds_or_keeps(actor, credential):
        raise PermissionDenied
    refuse_invalid(credential)
    credential.save()
    if version.point_rules is not None:
        CpdCycle.objects.create(
            credential=credential, version=version, purpose=CyclePurpose.FIRST_AWARD,
            starts_on=months_later(today, -12 * POINTS_YEARS_BACK), ends_on=months_later(today, 12 * CANDIDACY_YEARS),
        )  # fmt: skip
    return credential


@transaction.atomic
def apply_for_assessment(*, credential_id: int, actor: User) -> Credential:
    """Ask for the assessment. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    return move(locked(credential_id), "apply", actor=actor)


@transaction.atomic
def return_candidate(*, credential_id: int, reason: str, actor: User) -> Credential:
    """Give the assessment back with what is missing. Raises ``REASON_MISSING``, ``NOT_PERMITTED``."""
    reason = reason.strip()
    return move(locked(credential_id), "return", actor=actor, reason=reason, facts={"reason_given": bool(reason)})


@transaction.atomic
def grant(
    *, credential_id: int, granted_on: date, number: str, note: str, actor: User,
    facts: Mapping[str, Any] | None = None,
) -> Credential:  # fmt: skip
    """Grant a credential whose rules are met on ``granted_on``; ``note`` says what was checked.

    Its term runs to the last day of a month; the first cycle of credits begins on the same day. Raises RuleViolation
    RULES_UNVERIFIED, RULES_NOT_VALID, POINTS_MISSING (with what is missing), IN_FUTURE, NOTE_MISSING, SAME_UNIT,
    INVALID, and what the step raises.
    """
    credential = locked(credential_id)
    version = credential.version
    if granted_on > timezone.localdate():
        raise RuleViolation("IN_FUTURE", _("This day lies in the future."), field="granted_on")
    if not note.strip():
        raise RuleViolation("NOTE_MISSING", _("Say what was checked and how."), field="note")
    refuse_unverified(version)
    if (version.valid_from and granted_on < version.valid_from) or (version.valid_to and granted_on > version.valid_to):
        raise RuleViolation("RULES_NOT_VALID", _("This version was not in force on that day."), field="granted_on")
    refuse_same_unit(credential, actor)
    checked = dict(facts or {}) | _points(credential)
    GrantCheck.objects.create(
        credential=credential, version=version, granted_on=granted_on, facts=checked, note=note.strip(),
        checked_by=actor,
    )  # fmt: skip
    ends = term_end(granted_on, version.term_months)
    credential.number = number.strip()
    refuse_invalid(credential, exclude=["state"])
    changes = {"granted_on": granted_on, "expires_on": ends, "number": credential.number}
    granted = move(credential, "grant", actor=actor, reason=note.strip(), changes=changes)
    if ends is not None:
        open_renewal_cycle(granted, granted_on, ends)
    return granted


def refuse_unverified(version: SchemeVersion) -> None:
    """Rules known at second hand decide no case. Raises RULES_UNVERIFIED."""
    if not version.is_verified:
        raise RuleViolation(
            "RULES_UNVERIFIED",
            _("The rules of %(version)s are not verified. Confirm them before they decide a case.")
            % {"version": version},
            field="version",
        )


def refuse_same_unit(credential: Credential, actor: User) -> None:
    """A senior level is decided by somebody of another organisation. Raises SAME_UNIT."""
    if not credential.is_senior:
        return
    today = timezone.localdate()
    units = Affiliation.objects.on(today).filter(person__user=actor).values("organisation_id")
    if Affiliation.objects.on(today).filter(person=credential.person_id, organisation_id__in=units).exists():
        raise RuleViolation("SAME_UNIT", _("You work in the same organisation: somebody else decides a senior level."))


def _points(credential: Credential) -> dict[str, Any]:
    """Close the cycle of points of a first award; its sums for the check. Raises POINTS_MISSING."""
    cycle = open_cycle(credential)
    if cycle is None or cycle.purpose != CyclePurpose.FIRST_AWARD:
        return {}
    counted = count_cycle(cycle)
    if not counted.is_met:
        raise missing(counted, "POINTS_MISSING")
    close_cycle(cycle, counted)
    return {"points": str(counted.counted_total), "required": str(counted.required)}


def missing(counted: Credits, code: str) -> RuleViolation:
    """What a cycle still lacks, as the refusal that says so."""
    return RuleViolation(
        code, _("The credits are not complete: %(held)s of %(required)s are counted, or a minimum is not reached.")
        % {"held": plain(counted.counted_total), "required": plain(counted.required or Fraction(0))},
        facts={
            "missing_total": str(counted.missing_total),
            "missing_minima": {key: str(value) for key, value in counted.missing_minima.items()},
        },
    )  # fmt: skip


def plain(value: Fraction) -> str:
    """Credits for a sentence: 39.5, or 1/3 where decimals would not be exact."""
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return str(value)
    return f"{float(value):g}" if value.denominator > 1 else str(value.numerator)


def close_cycle(cycle: CpdCycle, counted: Credits) -> CpdCycle:
    """Keep what the cycle was counted as; nothing of it changes afterwards."""
    cycle.credits.bulk_create(
        cycle.credits.model(
            cycle=cycle, category=key, credits_num=value.numerator, credits_den=value.denominator
        )
        for key, value in counted.category_credits.items()
    )  # fmt: skip
    cycle.closed_on = timezone.localdate()
    cycle.is_met = counted.is_met
    cycle.total_num, cycle.total_den = counted.counted_total.numerator, counted.counted_total.denominator
    cycle.carry_over_num, cycle.carry_over_den = counted.carry_over.numerator, counted.carry_over.denominator
    cycle.save()
    return cycle


def open_renewal_cycle(
    credential: Credential, starts_on: date, ends_on: date, carried: Fraction = Fraction(0)
) -> CpdCycle | None:
    """Begin the credits of a term, by the version that holds on its first day; None where that asks for none."""
    version = governing_version(credential.version, starts_on) or credential.version
    if not version.rules.get("cpd"):
        return None
    return CpdCycle.objects.create(
        credential=credential, version=version, purpose=CyclePurpose.RENEWAL, starts_on=starts_on, ends_on=ends_on,
        carry_in_num=carried.numerator, carry_in_den=carried.denominator,
    )  # fmt: skip


@transaction.atomic
def revoke(*, credential_id: int, reason: str, heard_on: date | None, actor: User) -> Credential:
    """Revoke after a hearing. Raises ``REASON_MISSING``, ``NOT_HEARD``, ``IN_FUTURE``, ``NOT_PERMITTED``."""
    if heard_on and heard_on > timezone.localdate():
        raise RuleViolation("IN_FUTURE", _("This day lies in the future."), field="heard_on")
    credential, reason = locked(credential_id), reason.strip()
    refuse_same_unit(credential, actor)
    return move(
        credential, "revoke", actor=actor, reason=reason,
        facts={"reason_given": bool(reason), "heard": heard_on is not None},
        changes={"ended_on": timezone.localdate(), "end_reason": reason[:500], "heard_on": heard_on},
    )  # fmt: skip


@transaction.atomic
def retire(*, credential_id: int, actor: User) -> Credential:
    """Keep a credential in honour after retirement. Raises ``NOT_PERMITTED``, ``NO_SUCH_TRANSITION``."""
    return move(locked(credential_id), "retire", actor=actor, changes={"ended_on": timezone.localdate()})


@transaction.atomic
def show_name(*, credential_id: int, shown: bool, actor: User) -> Credential:
    """Show or hide the holder's name on the public page; the holder alone decides. Raises NOT_YOURS, NOT_IN_FORCE."""
    credential = locked(credential_id)
    if credential.person.user_id != actor.pk:
        raise RuleViolation("NOT_YOURS", _("The holder alone decides whether the name is shown."))
    if shown and not credential.is_live and credential.state != CredentialState.EMERITUS:
        raise RuleViolation("NOT_IN_FORCE", _("This credential is not in force."))
    credential.name_shown_since = timezone.now() if shown else None
    credential.save(update_fields=["name_shown_since"])
    return credential

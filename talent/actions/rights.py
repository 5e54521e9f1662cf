"""Requests of people on their own data: asked, taken up, granted with what follows, refused with reasons."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core import outbox, transitions
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar
from innovation.core.workdays import Unit
from talent.actions.consents import locked_person
from talent.choices.people import OrcidState, RoleState
from talent.choices.privacy import HoldKind, RightsKind
from talent.models import DataHold, Person, RightsRequest, RoleProfile
from talent.rules.corrections import loses_proof, proposed
from talent.rules.orcid import canonical
from talent.rules.retention import ANSWER_WORKING_DAYS, KEEP_LONGER

LONGEST_WORDS = 4_000


def answer_due(day: date) -> date:
    """The last day of the answer to a request of ``day``: 15 working days; where the calendar ends, 15 plain days."""
    due = calendar().due(day, ANSWER_WORKING_DAYS, Unit.WORKING_DAYS)
    return due.due or day + timedelta(days=ANSWER_WORKING_DAYS)


@transaction.atomic
def ask(
    *, person_id: int, kind: RightsKind | str, words: str = "", subject: str = "", actor: User | None
) -> RightsRequest:
    """A person asks; the privacy officers are told. Raises ``WORDS_MISSING``, ``ERASURE_ASKED``, ``PERSON_GONE``."""
    person = locked_person(person_id)
    if kind in (RightsKind.OBJECTION, RightsKind.OTHER) and not words.strip():
        raise RuleViolation("WORDS_MISSING", _("Say in a few words what it is about."), field="words")
    standing = RightsRequest.objects.open().filter(person=person, kind=RightsKind.ERASURE)
    if kind == RightsKind.ERASURE and standing.exists():
        raise RuleViolation("ERASURE_ASKED", _("An erasure was asked for already."))
    return _asked(person, kind, words=words.strip()[:LONGEST_WORDS], subject=subject)


@transaction.atomic
def propose_correction(*, person_id: int, values: Mapping[str, str], words: str, actor: User | None) -> RightsRequest:
    """A person proposes other values for facts of the own record; nothing changes before the office has looked.

    Raises ``NOTHING_CHANGES``, ``ORCID_INVALID``, ``PERSON_GONE``.
    """
    person = locked_person(person_id)
    asked = dict(values)
    if asked.get("orcid", "").strip():
        found = canonical(asked["orcid"])
        if found is None:
            raise RuleViolation("ORCID_INVALID", _("This is no ORCID iD: its check character differs."), field="orcid")
        asked["orcid"] = found
    now = {name: getattr(person, name) or "" for name in asked}
    changes = proposed(now, asked)
    if not changes and not words.strip():
        raise RuleViolation("NOTHING_CHANGES", _("Change a field, or say in words what is wrong."), field="words")
    return _asked(person, RightsKind.CORRECTION, words=words.strip()[:LONGEST_WORDS], changes=changes)


def _asked(person: Person, kind: RightsKind | str, **facts: Any) -> RightsRequest:
    today = timezone.localdate()
    request = RightsRequest.objects.create(person=person, kind=kind, due_on=answer_due(today), **facts)
    for officer in User.objects.filter(groups__name=Role.PRIVACY_OFFICER, is_active=True).distinct():
        with translation.override(officer.language or "zh-hans"):
            outbox.send_mail(
                to=officer.email, key=f"privacy-request-{request.pk}-{officer.pk}",
                subject=_("A person asks about the own data: %(kind)s") % {"kind": request.get_kind_display()},
                text=_("Request %(number)s is to be answered by %(day)s. It stands in the queue of requests.")
                % {"number": request.pk, "day": request.due_on},
            )  # fmt: skip
    return request


@transaction.atomic
def take_up(*, request_id: int, actor: User) -> RightsRequest:
    """The officer begins to work on it."""
    return transitions.apply(RightsRequest.objects.get(pk=request_id), "take_up", actor=actor)


@transaction.atomic
def take_back(*, request_id: int, actor: User) -> RightsRequest:
    """The person takes the request back."""
    request = RightsRequest.objects.select_related("person").get(pk=request_id)
    return transitions.apply(request, "withdraw", actor=actor, changes={"answered_at": timezone.now()})


@transaction.atomic
def answer(*, request_id: int, grant: bool, words: str, actor: User) -> RightsRequest:
    """Grant or refuse with words that the person reads; a granted correction is carried out here.

    An erasure is granted by carrying it out (``erasing.erase_confirmed``). Raises ``ANSWER_MISSING``,
    ``ERASE_INSTEAD``, ``CHANGED_MEANWHILE``, ``ORCID_TAKEN``, and what the states refuse.
    """
    request = RightsRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if not words.strip():
        raise RuleViolation("ANSWER_MISSING", _("Write what the person should know."), field="words")
    if grant and request.kind == RightsKind.ERASURE:
        raise RuleViolation("ERASE_INSTEAD", _("An erasure is granted by carrying it out."))
    if grant and request.changes:
        _carry_out(request)
    done = transitions.apply(
        request, "grant" if grant else "refuse", actor=actor,
        changes={"answer": words.strip()[:LONGEST_WORDS], "answered_at": timezone.now(), "answered_by": actor},
    )  # fmt: skip
    _tell(done)
    return done


def _carry_out(request: RightsRequest) -> None:
    """Write the proposed values; what was proven goes back to verification."""
    person = locked_person(request.person_id)
    for name, change in request.changes.items():
        if (getattr(person, name) or "") != change["from"]:
            raise RuleViolation("CHANGED_MEANWHILE", _("The record has changed since; ask the person to look again."))
        setattr(person, name, change["to"])
    if "orcid" in request.changes:
        person.orcid = person.orcid or None
        person.orcid_state = OrcidState.SELF_DECLARED if person.orcid else OrcidState.NONE
        person.orcid_verified_at = None
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise RuleViolation("ORCID_TAKEN", _("The database refused these values: look at the ORCID iD.")) from error
    if loses_proof(request.changes):
        for role in RoleProfile.objects.filter(person=person, state__in=(RoleState.ACTIVE, RoleState.RENEWAL_DUE)):
            transitions.apply(role, "doubt", actor=None, changes={"state_since": timezone.now(), "verified_by": None})


def _tell(request: RightsRequest) -> None:
    user = request.person.user
    if user is None or not user.is_active:
        return
    with translation.override(user.language or "zh-hans"):
        outbox.send_mail(
            to=user.email, key=f"talent-answer-{request.pk}",
            subject=_("Your request on your data: %(state)s") % {"state": request.get_state_display()},
            text=request.answer, secret=True,
        )  # fmt: skip


@transaction.atomic
def hold(*, person_id: int, reason: str, until: date | None, actor: User) -> DataHold:
    """A legal hold: nothing of the person is erased until it is lifted. Raises ``REASON_MISSING``, ``PERSON_GONE``."""
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say which proceeding needs the data."), field="reason")
    person = locked_person(person_id)
    return DataHold.objects.create(person=person, kind=HoldKind.LEGAL, reason=reason.strip(), until=until, set_by=actor)


@transaction.atomic
def lift_hold(*, hold_id: int, actor: User) -> DataHold:
    """Lift a hold. Raises ``HOLD_LIFTED``."""
    found = DataHold.objects.select_for_update(of=("self",)).get(pk=hold_id)
    if found.lifted_at:
        raise RuleViolation("HOLD_LIFTED", _("This hold is lifted already."))
    found.lifted_at = timezone.now()
    found.save(update_fields=["lifted_at"])
    return found


@transaction.atomic
def keep_longer(*, person_id: int, actor: User | None) -> DataHold:
    """The person wishes to be kept for a further year; an earlier wish is replaced."""
    person, now = locked_person(person_id), timezone.now()
    DataHold.objects.filter(person=person, kind=HoldKind.WISH, lifted_at=None).update(lifted_at=now)
    until = timezone.localdate() + timedelta(days=KEEP_LONGER)
    return DataHold.objects.create(person=person, kind=HoldKind.WISH, until=until, set_by=actor)

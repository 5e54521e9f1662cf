"""Drafts: begin one, save what was typed without losing a word, give it up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.choices import (
    EDITABLE_STATES,
    ApplicationState,
    MemberRole,
    PartnerState,
)
from innovation.calls.models import Answer, Application, ApplicationMember, Call
from innovation.calls.rules import forms
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.resident_ids import hits_within
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a field, and the revision that stood there when the page was made (0: nothing)."""

    raw: Any
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people, or two tabs, wrote into one field: what is stored, and what was typed over an older text."""

    key: str
    stored: Any
    revision: int
    typed: Any


@dataclass(slots=True)
class Saved:
    """``revisions`` by field after the save; ``faults`` warn and do not refuse; ``closed`` fields took nothing."""

    revisions: dict[str, int] = field(default_factory=dict)
    faults: dict[str, tuple[forms.ValueFault, ...]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    saved_at: datetime | None = None


@transaction.atomic
def start_draft(*, call_id: int, actor: User, organisation_id: int | None = None) -> Application:
    """Begin an application, or give back the one that stands for this call: a second click makes no second draft.

    ``organisation_id`` names whom ``actor`` writes for (as lead or editor); None where persons apply. Raises
    ``CALL_NOT_OPEN``, ``NOT_YOUR_ORGANISATION``, ``ORGANISATION_NEEDED``, ``SECTOR``, ``HAS_ONE_ALREADY``.
    """
    call = Call.objects.select_related("form", "process").get(pk=call_id)
    if not call.takes_at(timezone.now()):
        raise RuleViolation("CALL_NOT_OPEN", _("This call does not take applications now."))
    organisation = _organisation(call, organisation_id, actor)
    if organisation is not None:
        Organisation.objects.select_for_update().get(pk=organisation.pk)
    own = Application.objects.live().filter(call=call, organisation=organisation)
    if organisation is None or not call.one_per_organisation:
        own = own.filter(created_by=actor, state=ApplicationState.DRAFT)
    standing = own.first()
    if standing is not None:
        if standing.members.filter(user=actor).exists():
            return standing
        raise RuleViolation(
            "HAS_ONE_ALREADY",
            _("Your organisation has an application to this call already. Ask %(name)s to let you take part.")
            % {"name": standing.created_by},
        )
    draft = Application.objects.create(
        call=call, form=call.form, process=call.process, organisation=organisation, created_by=actor,
        is_exclusive=call.one_per_organisation and organisation is not None,
    )  # fmt: skip
    ApplicationMember.objects.create(application=draft, user=actor, role=MemberRole.LEAD)
    return draft


def _organisation(call: Call, organisation_id: int | None, actor: User) -> Organisation | None:
    if not call.for_organisations:
        return None
    if organisation_id is None:
        raise RuleViolation("ORGANISATION_NEEDED", _("Say for which organisation you apply."), field="organisation")
    mine = Organisation.objects.of_member(actor, MembershipRole.LEAD, MembershipRole.EDITOR)
    organisation = mine.filter(pk=organisation_id).first()
    if organisation is None:
        raise RuleViolation("NOT_YOUR_ORGANISATION", _("You do not write for this organisation."), field="organisation")
    if call.sectors and organisation.sector not in call.sectors:
        raise RuleViolation(
            "SECTOR", _("This call is not meant for the sector of your organisation."), field="organisation"
        )
    return organisation


@transaction.atomic
def save_answers(*, application_id: int, typed: Mapping[str, Typed], actor: User) -> Saved:
    """Store what was typed, whatever is missing or wrong: a draft can always be saved.

    A field that somebody else changed since the page was made is not overwritten; it comes back as a conflict with
    both texts. A field that is not open comes back in ``closed``. An answer that holds the number of a resident
    identity card is the one thing that is never stored, not even in a draft: it comes back as a fault.
    Raises ``NOT_EDITABLE``, ``NOT_YOURS``.
    """
    application = Application.objects.select_for_update(of=("self",)).select_related("form").get(pk=application_id)
    if application.state not in EDITABLE_STATES and not forms.opens_in(application.form.content, application.state):
        raise RuleViolation("NOT_EDITABLE", _("This application has been submitted; it cannot be changed now."))
    sections = sections_open_to(application, actor)
    stored = {answer.key: answer for answer in application.answers.all()}
    answers = {key: answer.value for key, answer in stored.items()}
    moment = timezone.now()
    result = Saved(saved_at=moment)
    written: list[Answer] = []
    content = application.form.content
    parsed = {key: forms.parse_value(one, typed[key].raw) for key, one in forms.by_key(content).items() if key in typed}
    # What is typed in the same breath may open further fields, so that both are judged together.
    supposed = answers | {key: each.value for key, each in parsed.items()}
    open_now = forms.editable(content, supposed, application.state, asked_fields(application))
    section_of = {one["key"]: section["key"] for section, one in forms.fields(content)}
    for key, each in parsed.items():
        before = stored.get(key)
        revision = before.revision if before else 0
        base = typed[key].base
        if key not in open_now or (sections is not None and section_of[key] not in sections):
            result.closed.append(key)
        elif hits_within(each.value):
            result.revisions[key] = revision
            result.faults[key] = (forms.ValueFault("resident_id"),)
            continue
        elif (before.value if before else None) == each.value:
            result.revisions[key] = revision
        elif base is not None and base != revision:
            result.conflicts.append(Conflict(key, before.value if before else None, revision, each.value))
        else:
            answer = before or Answer(application=application, key=key, revision=0)
            answer.value, answer.revision = each.value, revision + 1
            answer.saved_by, answer.saved_at = actor, moment
            written.append(answer)
            result.revisions[key] = revision + 1
            answers[key] = each.value
        if each.faults:
            result.faults[key] = each.faults
    _write(application, written, answers)
    return result


def _write(application: Application, written: list[Answer], answers: Mapping[str, Any]) -> None:
    """All answers in one statement; the columns that reports read follow them."""
    if not written:
        return
    Answer.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["application", "key"],
        update_fields=["value", "revision", "saved_by", "saved_at"],
    )  # fmt: skip
    if application.state not in EDITABLE_STATES:
        # What reports read was submitted and stays; what is asked after the decision is no part of it.
        return
    columns = forms.columns(application.form.content, answers)
    for name in ("title", "requested_fen", "own_fen"):
        value = columns.get(name)
        setattr(application, name, (value or "")[:200] if name == "title" else value)
    application.save(update_fields=["title", "requested_fen", "own_fen"])


def sections_open_to(application: Application, actor: User) -> frozenset[str] | None:
    """Keys of the sections that ``actor`` may write, None for all. Raises ``NOT_YOURS`` for whoever only reads."""
    roles = (MemberRole.LEAD, MemberRole.EDITOR)
    if application.members.filter(user=actor, role__in=roles).exists():
        return None
    partner = application.partners.filter(user=actor, state=PartnerState.ACCEPTED).first()
    if partner is None:
        raise RuleViolation("NOT_YOURS", _("You do not write this application."))
    return frozenset(partner.sections)


def asked_fields(application: Application) -> frozenset[str]:
    """Fields and sections that the office asked for in a returned case; empty otherwise."""
    if application.state != ApplicationState.RETURNED:
        return frozenset()
    asked = application.requests.filter(answered_at=None).values_list("fields", flat=True).first()
    return frozenset(asked or ())


@transaction.atomic
def delete_draft(*, application_id: int, actor: User) -> Application:
    """Give a draft up; it stays known to the history, and makes room for another."""
    return transitions.apply(Application.objects.get(pk=application_id), "delete", actor=actor, changes=_left())


@transaction.atomic
def withdraw(*, application_id: int, actor: User, reason: str = "") -> Application:
    """Take a submitted case back, before it is decided."""
    return transitions.apply(
        Application.objects.get(pk=application_id), "withdraw", actor=actor, reason=reason, changes=_left()
    )


def _left() -> dict[str, Any]:
    """What changes with every step that leaves nothing to wait for."""
    return {"state_since": timezone.now(), "due_on": None}

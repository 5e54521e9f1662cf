"""Erase a person: names, words and files go from every place, a numbered placeholder keeps past figures right."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.models import Answer, AnswerFile, Application, Submission
from innovation.core import outbox, transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from talent.actions.wiping import DASH, blanks, delete_in_order, delete_rows, empty_rows
from talent.choices.people import RoleState
from talent.choices.privacy import ConsentEnd, OnErasure, RightsState
from talent.models import Consent, ErasureCase, Person, RightsRequest, RoleProfile
from talent.queries.erasable import applications_of, code_of, obstacles, places, receipt_hash
from talent.queries.own import keys_of, personal_models, rows_of
from talent.rules.retention import BACKUP_DAYS


@transaction.atomic
def erase_confirmed(*, request_id: int, code: str, actor: User) -> ErasureCase:
    """The privacy officer carries out the erasure that was asked for, after typing the code of the list that was shown.

    Raises ``CODE_MISSING``, ``CODE_WRONG`` (also when more was found meanwhile), and what ``erase_person`` raises.
    """
    request = RightsRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if not code.strip():
        raise RuleViolation("CODE_MISSING", _("Type the code that stands above."), field="code")
    person = Person.objects.select_for_update(of=("self",)).get(pk=request.person_id)
    if code.strip().upper() != code_of(person, places(person)):
        raise RuleViolation("CODE_WRONG", _("This is not the code of the list as it stands now."), field="code")
    return erase_person(person_id=request.person_id, cause="request", actor=actor, request=request)


@transaction.atomic
def erase_person(
    *, person_id: int, cause: str, actor: User | None, request: RightsRequest | None = None
) -> ErasureCase:
    """Empty, delete and forget whatever the register calls personal; mail the receipt; return it.

    ``cause`` is a code: ``request``, ``account``, ``retention``. Raises ``PERSON_GONE``, ``ERASURE_HELD`` with what
    stands against it.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.erased_at or person.merged_into_id:
        raise RuleViolation("PERSON_GONE", _("This record of a person is closed."))
    standing = obstacles(person, timezone.localdate())
    if standing:
        raise RuleViolation("ERASURE_HELD", " ".join(standing), facts={"obstacles": standing})
    found = [asdict(place) | {"label": ""} for place in places(person)]
    keys, user = keys_of(person), person.user
    if request is not None:
        changes = {"answered_at": timezone.now(), "answered_by": actor}
        transitions.apply(request, "grant", actor=actor, changes=changes)
    _end_what_runs(keys)
    _empty_applications(applications_of(keys, person.user_id), person.user_id)
    _empty_records(keys, person.user_id)
    if user is not None:
        OutboxMessage.objects.filter(recipient=user.email, key__startswith="talent-").delete()
    case = _receipt(person, found, _kept(keys), cause=cause, actor=actor, request=request)
    if user is not None and user.is_active:
        _tell(user, case)
    return case


def _end_what_runs(keys: list[int]) -> None:
    Consent.objects.filter(person__in=keys, ended_at=None).update(ended_at=timezone.now(), ended_as=ConsentEnd.ERASED)
    open_ones = RightsRequest.objects.open().filter(person__in=keys)
    open_ones.update(state=RightsState.WITHDRAWN, answered_at=timezone.now())
    for role in RoleProfile.objects.filter(person__in=keys).exclude(state=RoleState.ERASED):
        if role.state != RoleState.WITHDRAWN:
            transitions.apply(role, "withdraw", actor=None, changes={"state_since": timezone.now()})
        transitions.apply(role, "erase", actor=None, changes={"state_since": timezone.now()})


def _empty_applications(applications: "QuerySet[Application]", user_id: int | None) -> None:
    """What the registrations hold besides: the case stays as a number with its hash."""
    cases = list(applications.values_list("pk", flat=True))
    delete_rows(Answer.objects.filter(application__in=cases))
    files = AnswerFile.objects.filter(application__in=cases)
    empty_rows(files, {"file": "", "file_name": DASH}, actor_id=user_id)
    submissions = Submission.objects.filter(application__in=cases)
    empty_rows(submissions, {"answers": {}, "files": [], "submitted_label": DASH}, actor_id=user_id)
    empty_rows(Application.objects.filter(pk__in=cases), {"title": "", "result": {}}, actor_id=user_id)


def _empty_records(keys: list[int], user_id: int | None) -> None:
    to_delete: list[Any] = []
    for model, entry in personal_models():
        rows = rows_of(model, entry, keys)
        if entry.on_erasure == OnErasure.DELETE:
            to_delete.append((rows, entry.guards))
            continue
        values = blanks(model, entry)
        if model is Person:
            values["erased_at"] = timezone.now()
        if values:
            empty_rows(rows, values, guards=entry.guards, actor_id=user_id)
    delete_in_order(to_delete)


def _kept(keys: list[int]) -> dict[str, int]:
    kept = [(model, entry) for model, entry in personal_models() if entry.on_erasure == OnErasure.KEEP]
    return {model.__name__: count for model, entry in kept if (count := rows_of(model, entry, keys).count())}


def _receipt(
    person: Person, found: list[dict[str, Any]], kept: dict[str, int], *, cause: str, actor: User | None, request: Any
) -> ErasureCase:
    now = timezone.now()
    until = timezone.localdate() + timedelta(days=BACKUP_DAYS)
    content = {"person": person.pk, "cause": cause, "found": found, "kept": kept, "erased_at": now.isoformat()}
    return ErasureCase.objects.create(
        person=person, request=request, cause=cause, found=found, kept=kept, erased_at=now, erased_by=actor,
        backup_until=until, receipt_sha256=receipt_hash(content),
    )  # fmt: skip


def _tell(user: User, case: ErasureCase) -> None:
    rows = sum(place["rows"] for place in case.found if place["action"] != "kept")
    with translation.override(user.language or "zh-hans"):
        outbox.send_mail(
            to=user.email, key=f"talent-erased-{case.person_id}", secret=True,
            subject=_("You are erased from the registry of talent"),
            text=_(
                "%(rows)s entries about you were emptied or deleted; a number without a name stays, so that past "
                "figures stay right. The last backup that knows you is overwritten by %(day)s.\nReceipt: %(hash)s"
            ) % {"rows": rows, "day": case.backup_until, "hash": case.receipt_sha256},
        )  # fmt: skip

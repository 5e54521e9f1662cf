"""Where something about a person is kept: what an erasure would empty, delete and keep, as numbers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation.calls.choices import ENDED_STATES, ApplicationState
from innovation.calls.models import Answer, AnswerFile, Application, Submission
from innovation.core import history
from innovation.core.models import OutboxMessage, TransitionRecord
from talent.choices.privacy import HoldKind, OnErasure, Wipe
from talent.data.field_register import RecordEntry
from talent.models import DataHold, Person, RoleProfile
from talent.queries.own import keys_of, personal_models, rows_of

EMPTIED, DELETED, KEPT = "emptied", "deleted", "kept"
CODE_LENGTH = 6


@dataclass(frozen=True)
class Place:
    """One place: ``rows`` of ``label`` that are ``emptied``, ``deleted`` or ``kept`` without a name."""

    key: str
    label: str
    action: str
    rows: int


def wiped_columns(entry: RecordEntry) -> list[str]:
    """The columns of a record that an erasure changes."""
    return [name for name, said in entry.fields.items() if said.wipe != Wipe.KEEP]


def applications_of(keys: list[int], user_id: int | None) -> "models.QuerySet[Application]":
    """The registrations from which the profiles of these people came, and what the person began of that kind."""
    found = models.Q(
        pk__in=RoleProfile.objects.filter(person__in=keys, application__isnull=False).values("application")
    )
    if user_id is not None:
        found |= models.Q(created_by=user_id, call__kind="talent")
    return Application.objects.filter(found)


def places(person: Person) -> list[Place]:
    """Everything that is kept about ``person``, place by place; places without a row are left out."""
    keys = keys_of(person)
    found = [place for model, entry in personal_models() for place in _of_model(model, entry, keys)]
    found += _of_applications(applications_of(keys, person.user_id))
    if person.user_id:
        mails = OutboxMessage.objects.filter(recipient=person.user.email, key__startswith="talent-").count()
        found.append(Place("mails", _("Mails of the registry"), DELETED, mails))
    return [place for place in found if place.rows]


def _of_model(model: type[models.Model], entry: RecordEntry, keys: list[int]) -> Iterator[Place]:
    rows = [str(key) for key in rows_of(model, entry, keys).values_list("pk", flat=True)]
    label = capfirst(str(model._meta.verbose_name_plural))
    is_deleted = entry.on_erasure == OnErasure.DELETE
    action = DELETED if is_deleted else EMPTIED if wiped_columns(entry) else KEPT
    yield Place(model.__name__, label, action, len(rows))
    events = history.event_model_of(model)
    if events is not None and action != KEPT:
        count = events._base_manager.filter(pgh_obj_id__in=rows).count()
        yield Place(f"{model.__name__}.history", _("History: %(name)s") % {"name": label}, action, count)
    if action != KEPT and hasattr(model, "transitions"):
        steps = TransitionRecord.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_pk__in=rows
        )
        yield Place(f"{model.__name__}.steps", _("Steps: %(name)s") % {"name": label}, EMPTIED, steps.count())


def _of_applications(applications: "models.QuerySet[Application]") -> list[Place]:
    counted = [
        ("applications", _("Registrations: titles"), EMPTIED, applications),
        ("answers", _("Registrations: answers"), DELETED, Answer.objects.filter(application__in=applications)),
        ("files", _("Registrations: files"), EMPTIED, AnswerFile.objects.filter(application__in=applications)),
        ("submissions", _("Registrations: sent"), EMPTIED, Submission.objects.filter(application__in=applications)),
    ]
    return [Place(key, label, action, rows.count()) for key, label, action, rows in counted]


def obstacles(person: Person, day: Any) -> list[str]:
    """What stands against an erasure now, in words."""
    found = [
        _("A legal hold stands: %(reason)s") % {"reason": hold.reason}
        for hold in DataHold.objects.standing(day).filter(person=person, kind=HoldKind.LEGAL)
    ]
    over = {*ENDED_STATES, ApplicationState.DRAFT, ApplicationState.ENTITLED, ApplicationState.LEAVING}
    under_way = applications_of(keys_of(person), person.user_id).exclude(state__in=over)
    found += [_("A registration is under way: %(number)s") % {"number": one.number} for one in under_way]
    return found


def code_of(person: Person, found: list[Place]) -> str:
    """The code that confirms this very list: where more is found later, another code has to be typed."""
    changed = [asdict(place) | {"label": ""} for place in found if place.action != KEPT]
    text = json.dumps([person.pk, changed], sort_keys=True)
    return salted_hmac("talent.erasure", text, algorithm="sha256").hexdigest()[:CODE_LENGTH].upper()


def receipt_hash(content: dict[str, Any]) -> str:
    """SHA-256 of a receipt in its one canonical form."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()

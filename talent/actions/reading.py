"""Write down who looked at whose data. Lists, files and the API call this as pages do: no change log sees a read."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.accounts.models import User
from innovation.core import history
from innovation.organisations.models import Organisation
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.data.field_register import register
from talent.models import AccessLog, Person

BATCH = 5_000


@transaction.atomic
def record_reads(
    reader: User | None,
    people: Person | Iterable[Person | int],
    fields: Iterable[str],
    purpose: ReadPurpose | str,
    door: ReadDoor | str = ReadDoor.PAGE,
) -> int:
    """Keep that ``reader`` saw ``fields`` of ``people`` (a person, a queryset, people or their keys) for ``purpose``.

    What people read of themselves is not kept. ``reader`` None is a visitor who did not sign in. Returns how many reads
    were written. Two statements, however many people.
    """
    known = reader if reader is not None and reader.is_authenticated else None
    seen = _rows(people)
    if known is not None:
        seen = seen.exclude(user=known)
    keys = list(seen.values_list("pk", flat=True))
    if not keys:
        return 0
    facts = {
        "reader_id": known.pk if known is not None else None,
        "reader_label": history.label_of(known),
        "reader_unit": unit_of(known) if known is not None else "",
        "fields": sorted(set(fields)),
        "purpose": ReadPurpose(purpose),
        "door": ReadDoor(door),
        "request_id": history.current_request_id()[:64],
    }
    AccessLog.objects.bulk_create([AccessLog(person_id=key, **facts) for key in keys], batch_size=BATCH)
    return len(keys)


def _rows(people: Person | Iterable[Person | int]) -> QuerySet[Person]:
    """The rows of whoever was read; a queryset of people is asked in the database, not walked through."""
    if isinstance(people, QuerySet):
        return Person.objects.filter(pk__in=people.order_by().values("pk"))
    each = [people] if isinstance(people, Person) else people
    return Person.objects.filter(pk__in={one if isinstance(one, int) else one.pk for one in each})


def people_of(rows: Iterable[Model], path: str = "") -> set[int]:
    """Keys of the people whom these rows of one table are about; by ``path``, else as the field register leads there.

    One statement where the person stands behind other records, none otherwise.
    """
    known = list(rows)
    if not known:
        return set()
    model = type(known[0])
    path = path or register()[model.__name__].person
    keys: Iterable[Any]
    if "__" in path:
        keys = model._base_manager.filter(pk__in=[row.pk for row in known]).values_list(path, flat=True)
    else:
        keys = [row.pk if path == "pk" else getattr(row, f"{path}_id") for row in known]
    return {*keys} - {None}


def unit_of(reader: User) -> str:
    """How the person sees the reader: the role in the office as its code, else the organisations acted for."""
    held = [role.value for role in Role if role in STAFF_ROLES and role in reader.roles]
    if held:
        return held[0]
    names = Organisation.objects.of_member(reader).values_list("name_zh", flat=True)[:2]
    return ", ".join(names)[:200] or Role.REVIEWER.value * reader.has_role(Role.REVIEWER)

"""A person's own record, and the copy of it that the law grants: every column of the field register that is theirs."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from talent.choices.privacy import Visibility
from talent.data.field_register import RecordEntry, register
from talent.models import Person
from talent.queries.field_register import columns, own_models

CLOSED = frozenset({Visibility.SEALED, Visibility.INSIDE})
MOST_ROWS = 10_000


def person_of(user: Any) -> Person | None:
    """The record of ``user`` in the registry; None where there is none."""
    return Person.objects.current().filter(user=user).first() if user.is_authenticated else None


def keys_of(person: Person) -> list[int]:
    """The keys of ``person`` and of the records that were merged into it."""
    return [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]


def rows_of(model: type[models.Model], entry: RecordEntry, keys: Iterable[int]) -> models.QuerySet[Any]:
    """The rows of ``model`` about the people ``keys``."""
    return model._base_manager.filter(**{f"{entry.person}__in": list(keys)}).order_by("pk")


def personal_models() -> list[tuple[type[models.Model], RecordEntry]]:
    """The models that hold something about people, with what the register says of them."""
    known = register()
    return [(model, known[model.__name__]) for model in own_models() if known.get(model.__name__, _NOBODY).person]


_NOBODY = RecordEntry("", "", "keep", (), {})  # type: ignore[arg-type]


def copy_of(person: Person) -> dict[str, list[dict[str, Any]]]:
    """What is kept about ``person`` as plain values, by record: what the register calls open to the person."""
    keys = keys_of(person)
    return {
        model.__name__: found
        for model, entry in personal_models()
        if (found := _plain_rows(model, shown_columns(model, entry), rows_of(model, entry, keys)))
    }


def shown_columns(model: type[models.Model], entry: RecordEntry) -> list[models.Field]:
    """The columns of ``model`` that the person reads; the person's own key says nothing."""
    said = entry.fields
    return [
        field
        for field in columns(model)
        if field.name in said and said[field.name].visibility not in CLOSED and field.name != entry.person
    ]


def _plain_rows(model: type[models.Model], fields: list[models.Field], rows: models.QuerySet[Any]) -> list[dict]:
    found = list(rows.values(*(field.attname for field in fields))[:MOST_ROWS])
    for field in fields:
        if isinstance(field, models.ForeignKey):
            _name_related(field, found)
    return found


def _name_related(field: models.ForeignKey, rows: list[dict]) -> None:
    """Names instead of keys: a copy that only holds numbers tells its reader nothing."""
    keys = {row[field.attname] for row in rows} - {None}
    related = field.remote_field.model._base_manager.in_bulk(keys) if keys else {}
    for row in rows:
        key = row.pop(field.attname)
        row[field.name] = None if key is None else str(related.get(key, f"#{key}"))

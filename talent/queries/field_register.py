"""The field register beside the tables: what is missing, what does not fit, and the lines of its page."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from talent.choices.privacy import OnErasure, Wipe
from talent.data.field_register import FieldEntry, RecordEntry, register

APP = "talent"
WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.UUIDField)
"""Columns that may hold words about a person: of a record that stays after an erasure they are emptied."""


def own_models() -> list[type[models.Model]]:
    """The models of the part, without the tables of history beside them."""
    return [model for model in apps.get_app_config(APP).get_models() if not hasattr(model, "pgh_tracked_model")]


def columns(model: type[models.Model]) -> list[models.Field]:
    """What a row of ``model`` holds, but for the search vector, which is made of other columns."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, SearchVectorField)]


def missing() -> dict[str, list[str]]:
    """Columns without an entry, by the name of their model."""
    found: dict[str, list[str]] = {}
    for model in own_models():
        entry = register().get(model.__name__)
        known = entry.fields if entry else {}
        absent = [field.name for field in columns(model) if field.name not in known]
        if absent:
            found[model.__name__] = absent
    return found


def problems() -> list[str]:
    """What does not fit between register and tables, in words; empty when all is well."""
    found = [f"{model}.{name} has no entry" for model, names in missing().items() for name in names]
    by_name = {model.__name__: model for model in own_models()}
    for name, entry in register().items():
        if name in by_name:
            found += _unfit(by_name[name], entry)
        else:
            found.append(f"{name} is no record of the part")
    return found


def _unfit(model: type[models.Model], entry: RecordEntry) -> Iterator[str]:
    known = {field.name: field for field in columns(model)}
    yield from (f"{entry.model}.{name} is no column" for name in entry.fields if name not in known)
    triggers = {trigger.name for trigger in getattr(model._meta, "triggers", ())}
    yield from (f"{entry.model} has no trigger {name}" for name in entry.guards if name not in triggers)
    if not entry.person:
        return
    if entry.person != "pk":
        model._base_manager.filter(**{entry.person: 0}).query  # noqa: B018 - an unknown path raises FieldError
    if entry.on_erasure == OnErasure.KEEP:
        for name, said in entry.fields.items():
            field = known.get(name)
            if field is not None and may_hold_words(field) and said.wipe == Wipe.KEEP and not said.codes:
                yield f"{entry.model}.{name} may hold words about an erased person: wipe it, delete it, or say codes"


def may_hold_words(field: models.Field) -> bool:
    """Whether the column is free text, a file or an open structure, and not a code of a list."""
    base = field.base_field if isinstance(field, ArrayField) else field
    if base.choices or field.primary_key or isinstance(field, models.ForeignKey):
        return False
    return isinstance(base, WORDS)


@dataclass(frozen=True)
class Line:
    """One column as the page shows it."""

    record: str
    label: str
    entry: FieldEntry
    on_erasure: OnErasure
    is_personal: bool

    @property
    def fate(self) -> str:
        """What an erasure does to the column, in words."""
        if self.on_erasure == OnErasure.DELETE:
            return str(OnErasure.DELETE.label)
        return str(self.entry.wipe.label)


def labels() -> dict[str, str]:
    """Names of columns in words, for the fields that the read log names."""
    return {line.entry.name: line.label for line in lines()}


def lines() -> list[Line]:
    """All columns with what is said of them, personal ones of each record in the order of the table."""
    found = []
    for model in own_models():
        record = register().get(model.__name__)
        if record is None:
            continue
        for field in columns(model):
            if field.name in record.fields:
                said = record.fields[field.name]
                label = str(field.verbose_name)
                name = str(model._meta.verbose_name)
                found.append(Line(name, label, said, record.on_erasure, bool(record.person)))
    return found

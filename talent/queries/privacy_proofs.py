"""What the daily proof looks for: identity numbers in any column, and anything left of erased people."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from innovation.accounts.permissions import own_labels
from innovation.core import history
from innovation.core.resident_ids import find
from talent.choices.privacy import OnErasure, Purpose, Wipe
from talent.models import Consent, ErasureCase, Person
from talent.queries.erasable import wiped_columns
from talent.queries.own import personal_models

TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, SearchVectorField)
CANDIDATE = r"[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]"
"""What PostgreSQL sorts out; ``resident_ids.find`` decides."""


def text_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table of the product with its columns of text, history included."""
    labels = own_labels()
    for config in apps.get_app_configs():
        if config.label not in labels:
            continue
        for model in config.get_models():
            fields = [field for field in model._meta.concrete_fields if _holds_text(field)]
            if fields and model._meta.managed and not model._meta.proxy:
                yield model, [field.column for field in fields]


def _holds_text(field: models.Field) -> bool:
    base = field.base_field if isinstance(field, ArrayField) else field
    fixed = base.choices or field.name.endswith("sha256") or (field.is_relation and not isinstance(base, TEXT))
    return isinstance(base, TEXT) and not fixed


def identity_numbers() -> tuple[int, list[dict[str, Any]]]:
    """How many columns were looked at, and where a right number stands: table, column and key, never the number."""
    looked, found = 0, []
    for model, names in text_columns():
        looked += len(names)
        found += [_finding("identity_number", model, key, name) for key, name in _hits(model, names)]
    return looked, found


def _hits(model: type[models.Model], names: list[str]) -> Iterator[tuple[Any, str]]:
    quote = connection.ops.quote_name
    plain = ", ".join(f"normalize({quote(name)}::text, NFKC)" for name in names)
    tests = " OR ".join(f"normalize({quote(name)}::text, NFKC) ~ %s" for name in names)
    pk, table = quote(model._meta.pk.column), quote(model._meta.db_table)
    statement = f"SELECT {pk}, {plain} FROM {table} WHERE {tests}"  # noqa: S608 - names of our own tables
    with connection.cursor() as cursor:
        cursor.execute(statement, [CANDIDATE] * len(names))
        for key, *texts in cursor.fetchall():
            for name, text in zip(names, texts, strict=True):
                if text and find(text).hits:
                    yield key, name


def _finding(kind: str, model: type[models.Model], key: Any, column: str = "") -> dict[str, Any]:
    return {"finding": kind, "table": model._meta.db_table, "key": str(key), "column": column}


def left_of_erased() -> list[dict[str, Any]]:
    """Words, files and rows that an erasure should have taken, and counts that it should not have changed."""
    erased = ErasureCase.objects.values("person")
    found: list[dict[str, Any]] = []
    kept: dict[str, dict[int, int]] = {}
    for model, entry in personal_models():
        rows = model._base_manager.filter(**{f"{entry.person}__in": erased})
        if entry.on_erasure == OnErasure.DELETE:
            found += [_finding("not_deleted", model, key) for key in rows.values_list("pk", flat=True)]
            continue
        words = _not_blank(model, wiped_columns(entry), entry)
        if words:
            found += [_finding("not_emptied", model, key) for key in rows.filter(words).values_list("pk", flat=True)]
            found += _left_in_history(model, words, rows)
        counts = rows.values(entry.person).annotate(number=models.Count("pk")).order_by()
        kept[model.__name__] = {row[entry.person]: row["number"] for row in counts}
    return found + list(_changed_counts(kept))


def _not_blank(model: type[models.Model], names: list[str], entry: Any) -> Q:
    """Rows in which one of the emptied columns of text holds something."""
    found = Q()
    for name in names:
        field = model._meta.get_field(name)
        if entry.fields[name].wipe != Wipe.BLANK or not isinstance(field, models.CharField | models.TextField):
            continue
        if not field.choices:
            found |= Q(**{f"{name}__gt": ""})
    return found


def _left_in_history(model: type[models.Model], words: Q, rows: "models.QuerySet[Any]") -> list[dict[str, Any]]:
    events = history.event_model_of(model)
    if events is None:
        return []
    left = events._base_manager.filter(words, pgh_obj_id__in=rows.values("pk"))
    return [_finding("left_in_history", events, key) for key in left.values_list("pk", flat=True)]


def _changed_counts(now: dict[str, dict[int, int]]) -> Iterator[dict[str, Any]]:
    """Rows that stayed at the erasure and are gone since; reads and requests of later days only add."""
    for case in ErasureCase.objects.only("person_id", "kept"):
        for name, number in case.kept.items():
            if name not in GROWING and now.get(name, {}).get(case.person_id, 0) != number:
                yield {"finding": "count_changed", "table": name, "key": str(case.person_id), "column": ""}


GROWING = frozenset({"AccessLog", "ErasureCase", "Person"})
"""Reads come and end by their own rules; the person and the receipt are the erasure itself."""


def listed_without_consent() -> list[dict[str, Any]]:
    """People in the public directory without live consent to it."""
    live = Consent.objects.live().of(Purpose.DIRECTORY).filter(person=OuterRef("pk"))
    rows = Person.objects.filter(~Exists(live), is_listed=True)
    return [_finding("listed_without_consent", Person, key) for key in rows.values_list("pk", flat=True)]

"""The copy of a person's record on paper: what the field register calls open to the person, record by record."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innovation.core.pdf import render_pdf
from talent.models import Person
from talent.queries.own import copy_of, personal_models, shown_columns

WIDE = 6
"""Records of more columns than this are set one under another, not as a table."""


def copy_pdf(person: Person) -> bytes:
    """The PDF (tagged) in the reader's language; the same record gives the same bytes on one day."""
    content = copy_of(person)
    now = timezone.localtime()
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    parts = [
        part
        for model, entry in personal_models()
        if model.__name__ in content
        for part in _parts(model, shown_columns(model, entry), content[model.__name__])
    ]
    data = {
        "lang": get_language() or "en",
        "title": _("What the registry of talent keeps about %(name)s") % {"name": person.shown_name},
        "as_of": f"{now:%Y-%m-%d}",
        "data_hash": digest,
        "stamp": [[_("Made"), f"{now:%Y-%m-%d}"], ["SHA-256", digest]],
        "parts": parts,
        "words": {
            "office": _("Copy of one's own data"), "as_of": _("As of"), "data_hash": _("Hash"),
            "unverified": _("unverified"), "no_rows": _("No rows"),
        },
    }  # fmt: skip
    return render_pdf("submission.typ", data)


def _parts(model: type[models.Model], fields: list[models.Field], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fields = [field for field in fields if not field.primary_key]
    if len(rows) == 1 or len(fields) > WIDE:
        return [
            {"title": _title(model, place, len(rows)), "facts": _facts(fields, row), "texts": [], "tables": []}
            for place, row in enumerate(rows, 1)
        ]
    table = {
        "title": "",
        "heads": [{"text": capfirst(str(field.verbose_name)), "numeric": False} for field in fields],
        "rows": [[_text(field, row) for field in fields] for row in rows],
    }
    return [{"title": capfirst(str(model._meta.verbose_name_plural)), "facts": [], "texts": [], "tables": [table]}]


def _title(model: type[models.Model], place: int, of: int) -> str:
    name = capfirst(str(model._meta.verbose_name))
    return name if of == 1 else f"{name} {place}"


def _facts(fields: list[models.Field], row: dict[str, Any]) -> list[list[str]]:
    return [[capfirst(str(field.verbose_name)), _text(field, row)] for field in fields]


def _text(field: models.Field, row: dict[str, Any]) -> str:
    """A value as people read it: labels of codes, local moments, a dash for nothing."""
    value = row[field.name if isinstance(field, models.ForeignKey) else field.attname]
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    labels = dict(getattr(field, "base_field", field).flatchoices or ())
    if isinstance(value, list):
        return ", ".join(str(labels.get(one, one)) for one in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(labels.get(value, value))

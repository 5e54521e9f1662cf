"""The data dictionary of an app: what its tables hold, read from the models, beside words that people wrote.

The page of an app is ``docs/data-dictionary/<app>.md`` with one section a table. What stands in a section above
``MARK`` is written by hand and kept; everything below it is printed from the model, so that it cannot go stale.
"""

import inspect
import re
from pathlib import Path

import pghistory
import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import translation
from django.utils.text import capfirst

from innovation.core import history
from innovation.core.append_only import AppendOnly

MARK = "<!-- Below: printed by `manage.py data_dictionary`, not edited by hand. -->"
_UNIT_IN_NAME = re.compile(r"\((fen|yuan|bytes|%)\)$")
_SECTION = re.compile(r"^## ", re.MULTILINE)


def page_of(app_label: str) -> Path:
    """Where the page of an app is kept."""
    return Path(settings.BASE_DIR) / "docs" / "data-dictionary" / f"{app_label}.md"


def renewed(app_label: str, text: str) -> str:
    """The page ``text`` with everything below each ``MARK`` printed anew, in the order of the models' names.

    A table without a section gets one; sections of tables that are gone are left out. Reads no database.
    """
    preface, *sections = _SECTION.split(text)
    words = {section.splitlines()[0].strip(): section for section in sections}
    with translation.override("en"):
        parts = [preface.strip() or f"# Data dictionary: {app_label}"]
        for model in apps.get_app_config(app_label).get_models():
            if hasattr(model, "pgh_tracked_model"):
                continue  # the table of events beside a tracked one is named there
            heading = f"`{model._meta.db_table}`: {model._meta.verbose_name}"
            parts.append(f"## {heading}\n\n{_by_hand(words.get(heading, ''))}{MARK}\n\n{described(model)}")
    return "\n\n".join(parts) + "\n"


def _by_hand(section: str) -> str:
    """The paragraphs between the heading and the mark."""
    _heading, _newline, rest = section.partition("\n")
    words = rest.split(MARK)[0].strip()
    return f"{words}\n\n" if words else ""


def described(model: type[models.Model]) -> str:
    """Columns, constraints, indexes and triggers of one table as Markdown."""
    lines = ["| Column | Type | Null | Unit | Meaning |", "|---|---|---|---|---|"]
    lines += [_column(field) for field in model._meta.concrete_fields]
    rules = [_constraint(constraint) for constraint in model._meta.constraints]
    indexes = [f"- `{index.name}`: {', '.join(index.fields)}" for index in model._meta.indexes]
    for title, items in (("Rules", rules), ("Indexes", indexes), ("Triggers", _triggers(model))):
        if items:
            lines += ["", f"{title}:", "", *items]
    return "\n".join(lines)


def _column(field: models.Field) -> str:
    kind = field.db_type(connection) or ""
    cells = (f"`{field.column}`", kind, "yes" if field.null else "no", _unit(field), _meaning(field))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _unit(field: models.Field) -> str:
    stated = _UNIT_IN_NAME.search(str(field.verbose_name))
    if stated:
        return stated[1]
    if isinstance(field, models.DateTimeField):
        return "moment"
    return "day" if isinstance(field, models.DateField) else ""


def _meaning(field: models.Field) -> str:
    parts = [capfirst(_UNIT_IN_NAME.sub("", str(field.verbose_name)).strip())]
    if field.is_relation:
        parts.append(f"key of `{field.related_model._meta.db_table}`")
    if field.unique and not field.primary_key:
        parts.append("unique")
    if field.help_text:
        parts.append(str(field.help_text).rstrip("."))
    base = field.base_field if isinstance(field, ArrayField) else field
    codes = [f"`{value}` {label}" for value, label in base.flatchoices]
    return "; ".join(parts) + (f". One of: {', '.join(codes)}" if codes else "")


def _constraint(constraint: models.BaseConstraint) -> str:
    message = constraint.violation_error_message
    if message == constraint.default_violation_error_message:
        message = f"Unique: {', '.join(getattr(constraint, 'fields', ()))}."
    return f"- `{constraint.name}`: {message}"


def _triggers(model: type[models.Model]) -> list[str]:
    found = [
        f"- `{trigger.name}`: {_says(trigger)}"
        for trigger in getattr(model._meta, "triggers", ())
        if not type(trigger).__module__.startswith(pghistory.__name__) and trigger.operation != pgtrigger.Truncate
    ]
    events = history.event_model_of(model)
    if events is not None:
        found.append(f"- History: every insert, update and delete is kept in `{events._meta.db_table}`.")
    return found


def _says(trigger: pgtrigger.Trigger) -> str:
    if isinstance(trigger, AppendOnly):
        once = "".join(f" `{name}` goes from empty to a value once." for name in trigger.allow_once)
        return f"Rows are never changed, deleted or truncated.{once}"
    return " ".join(inspect.cleandoc(trigger.__doc__ or "").split("\n\n")[0].split())

"""Copy into a draft what is known already: from an earlier application, from the applicant's entry in the register."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls import profile
from innovation.calls.actions.drafts import Typed, save_answers
from innovation.calls.models import Application
from innovation.calls.queries import applying
from innovation.calls.rules import forms
from innovation.calls.rules.exact import is_empty
from innovation.calls.rules.forms.shape import Content, Field
from innovation.core.errors import RuleViolation


@transaction.atomic
def copy_from_application(*, application_id: int, source_id: int, actor: User) -> list[str]:
    """Fill empty fields with the answers of an earlier application that has a field of the same key and type.

    Nothing that stands there is overwritten; files are not copied. Returns the keys that were filled. Raises
    ``NO_SUCH_SOURCE`` for an application that ``actor`` does not take part in, and what saving raises.
    """
    source = applying.of_applicant(actor).filter(pk=source_id).exclude(pk=application_id).first()
    access = applying.access(source, actor) if source else None
    if source is None or access is None or access.sections is not None:
        raise RuleViolation("NO_SUCH_SOURCE", _("Choose one of your own applications."), field="source")
    theirs = forms.by_key(source.form.content)
    found = applying.answers_of(source)
    draft = Application.objects.select_related("form").get(pk=application_id)
    raw = {
        key: raw_of(field, found[key])
        for key, field in forms.by_key(draft.form.content).items()
        if key in theirs and _alike(field, theirs[key]) and not is_empty(found.get(key))
    }
    return _fill(draft, raw, actor)


@transaction.atomic
def copy_from_profile(*, application_id: int, actor: User) -> list[str]:
    """Fill the empty fields that name a source in the register; returns their keys. Raises what saving raises."""
    draft = Application.objects.select_related("form", "organisation").get(pk=application_id)
    return _fill(draft, {key: one.raw for key, one in profile_of(draft).items()}, actor)


def profile_of(application: Application) -> dict[str, profile.Known]:
    """What the register knows for the fields of the application's form, with the year."""
    found = {
        key: profile.known(field.get("source") or "", application.organisation)
        for key, field in forms.by_key(application.form.content).items()
    }
    return {key: known for key, known in found.items() if known is not None}


def raw_of(field: Field, value: Any) -> Any:
    """A stored answer as ``parse_value`` reads it."""
    if field["type"] == "money" and isinstance(value, int):
        return {"fen": value}
    if field["type"] == "table" and isinstance(value, list):
        columns = field["columns"]
        return [{column["key"]: raw_of(column, row.get(column["key"])) for column in columns} for row in value]
    return value


def _alike(field: Field, other: Field) -> bool:
    if field["type"] != other["type"] or forms.is_computed(field) or field["type"] == "file":
        return False
    columns = {column["key"]: column["type"] for column in other.get("columns", ())}
    return all(columns.get(column["key"], column["type"]) == column["type"] for column in field.get("columns", ()))


def _fill(draft: Application, raw: Mapping[str, Any], actor: User) -> list[str]:
    content: Content = draft.form.content
    standing, revisions = applying.answers_of(draft), applying.revisions_of(draft)
    index = forms.by_key(content)
    typed = {
        key: Typed(value, revisions.get(key, 0))
        for key, value in raw.items()
        if is_empty(standing.get(key)) and forms.parse_value(index[key], value).ok
    }
    saved = save_answers(application_id=draft.pk, typed=typed, actor=actor)
    return [key for key in typed if key in saved.revisions]

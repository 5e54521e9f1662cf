"""System checks of our own conventions."""

from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.core import checks

from innovation.core.admin.base import Admin, ReadOnlyAdmin, StackedInline, TabularInline, relations


@checks.register(checks.Tags.admin)
def foreign_keys_are_searched(app_configs: list[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Complain when a form would list every row of another table in a select."""
    found: list[checks.CheckMessage] = []
    for model_admin in admin.site._registry.values():
        if not isinstance(model_admin, Admin) or isinstance(model_admin, ReadOnlyAdmin):
            continue
        inlines = [inline(model_admin.model, admin.site) for inline in model_admin.inlines]
        for shown in [model_admin, *(one for one in inlines if isinstance(one, TabularInline | StackedInline))]:
            found += _complaints(shown)
    return found


def _complaints(shown: Any) -> list[checks.CheckMessage]:
    handled = {*shown.autocomplete_fields, *shown.raw_id_fields, *shown.radio_fields, *shown.readonly_fields}
    handled |= {*shown.state_fields, *(shown.exclude or ())}
    own_key = getattr(shown, "fk_name", None)
    parent = getattr(shown, "parent_model", None)
    return [
        checks.Error(
            f"{type(shown).__name__}.{field.name} would be a select of every row.",
            hint="Give the related admin search_fields, or name the field in raw_id_fields or readonly_fields.",
            obj=type(shown),
            id="core.E001",
        )
        for field in relations(shown.model)
        if field.name not in handled
        and field.name != own_key
        and not (parent and issubclass(parent, field.remote_field.model))
        and not shown.can_search(field)
        and not (shown.fields and field.name not in shown.fields)
    ]

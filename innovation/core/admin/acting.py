"""Admins whose writing is an action: lock, rules, write and history happen there, and only there."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation.core.admin.base import Admin
from innovation.core.errors import RuleViolation


class ActionForm(forms.ModelForm):
    """Calls ``act()`` once its own fields are clean, and shows what the rules refuse beside the field.

    The action runs as the last step of validation because only there can its refusal still be shown with nothing
    that was typed lost; a transaction of its own surrounds it.
    """

    actor: Any = None
    fact_fields: Mapping[str, str] = {}
    """Names of the action's arguments → names of this form's fields, where they differ."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)

    def act(self) -> models.Model:
        """Perform the action with ``cleaned_data`` and ``actor``; return the record."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        # The action validates and writes; building an unsaved instance from the fields would serve nothing.
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = self.act()
        except RuleViolation as violation:
            field = self.fact_fields.get(violation.field or "", violation.field)
            self.add_error(field if field in self.fields else None, str(violation.message))


class ActForm(ActionForm):
    """The form of an act upon one existing record, on a page of its own."""

    title: str | Promise
    permission: str

    @classmethod
    def fits(cls, record: models.Model) -> bool:
        """Whether the act makes sense in the record's present state; the action checks again."""
        return True


class ActsAdmin(Admin):
    """Admin with acts upon one record, each a button above the form that opens a page of its own."""

    acts: Mapping[str, type[ActForm]] = {}
    change_form_before_template = "admin/acts.html"
    act_template = "admin/act.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        act = path("<path:object_id>/act/<slug:act>/", self.admin_site.admin_view(self.act_view), name=name)
        return [act, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        record = self.get_object(request, object_id) if object_id else None
        acts = [(self._act_url(record, name), form.title) for name, form in self._allowed(request, record)]
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | {"acts": acts})

    def _allowed(self, request: HttpRequest, record: models.Model | None) -> list[tuple[str, type[ActForm]]]:
        if record is None:
            return []
        acts = self.acts.items()
        return [(name, form) for name, form in acts if request.user.has_perm(form.permission) and form.fits(record)]

    def _act_url(self, record: models.Model, act: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[record.pk, act])

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """One act upon one record: ask what it needs, then do it."""
        record, form_class = self.get_object(request, object_id), self.acts.get(act)
        if record is None or form_class is None:
            raise Http404
        if not self.has_view_permission(request, record) or not request.user.has_perm(form_class.permission):
            raise PermissionDenied
        done = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        if not form_class.fits(record):
            facts = {"act": form_class.title, "record": record}
            messages.error(request, _("“%(act)s” is not possible for %(record)s as it stands now.") % facts)
            return redirect(reverse(done, args=[record.pk]))
        bound = type(form_class.__name__, (form_class,), {"actor": request.user})
        form = bound(request.POST if request.method == "POST" else None, instance=record)
        if request.method == "POST" and form.is_valid():
            messages.success(request, f"{form_class.title}: {form.instance}")
            return redirect(reverse(done, args=[form.instance.pk]))
        context = self.admin_site.each_context(request) | {
            "title": form_class.title,
            "form": form,
            "record": record,
            "opts": self.opts,
        }
        return TemplateResponse(request, self.act_template, context)


class ActionAdmin(ActsAdmin):
    """Admin whose add form is an ``ActionForm``. Existing rows are read-only but for the acts upon them."""

    add_form: type[ActionForm]

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = type(self.add_form.__name__, (self.add_form,), {"actor": request.user})
            kwargs["fields"] = list(self.add_form._meta.fields or [])
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": list(self.add_form.base_fields)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> models.Model:
        return form.instance

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """The action has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has saved all."""

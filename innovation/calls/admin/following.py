"""What follows from a case, read in the admin and acted upon by the same acts as on pages; webhooks are edited."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innovation.calls import kinds
from innovation.calls import models as records
from innovation.calls.actions.hooks import event_words
from innovation.calls.forms import deciding, money
from innovation.calls.forms.acts import ACTS, CaseAct
from innovation.calls.queries.deliveries import deliveries, with_deliveries
from innovation.core import outbox, webhooks
from innovation.core.admin import ActForm, ActsAdmin, Admin, ReadInline
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage

KNOWN = (deciding, money)
"""Modules whose acts are known once they are imported; the admin is read before the apps are ready."""
SHOWN_DELIVERIES = 100
OWN_RULE = "calls.view_application"
"""The right asked where the act itself decides who may: seats of the board, other persons than the proposer."""


def act_form(asked: type[CaseAct]) -> type[ActForm]:
    """The admin's form of an act; its fields are made for the record when the page is opened."""

    class Form(ActForm):
        title = asked.title
        permission = asked.permission if "." in asked.permission else OWN_RULE

        class Meta:
            model = asked.model
            fields: list[str] = []

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields = asked(record=self.instance).fields

        @classmethod
        def fits(cls, record: models.Model) -> bool:
            return asked.fits(record)

        def act(self) -> models.Model:
            if not asked.allowed(self.actor, self.instance):
                raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
            asked.run(self.instance, self.cleaned_data, self.actor)
            return self.instance

    return Form


def acts_of(model: type[models.Model]) -> Mapping[str, type[ActForm]]:
    """The acts of the office upon a record; those of the applicant stand on the applicant's pages alone."""
    return {
        name: act_form(act)
        for name, act in ACTS.items()
        if act.model is model and act.permission not in {"leads", "writes"}
    }


class FollowingAdmin(ActsAdmin):
    """A record that is read here; acts upon it stand as buttons above."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _related(of: type[models.Model]) -> list[str]:
    """Nothing is chosen here, so that no list of every row is ever drawn."""
    return [field.name for field in of._meta.fields if isinstance(field, models.ForeignKey)]


def _inline(of: type[models.Model], *fields: str) -> type[ReadInline]:
    facts = {"model": of, "fields": list(fields), "raw_id_fields": _related(of), "__module__": __name__}
    return type(f"{of.__name__}Inline", (ReadInline,), facts)


LISTS: tuple[tuple[type[models.Model], dict[str, Any]], ...] = (
    (records.Meeting, {
        "list_display": ["title", "call", "held_at", "quorum", "created_by"], "search_fields": ["title"],
        "list_filter": ["call"], "date_hierarchy": "held_at",
        "inlines": [_inline(records.MeetingMember, "user", "is_chair"),
                    _inline(records.AgendaItem, "position", "application", "figures"),
                    _inline(records.Minutes, "file_name", "sha256", "recorded_at")],
    }),
    (records.AgendaItem, {
        "list_display": ["meeting", "position", "application"], "search_fields": ["application__number"],
        "inlines": [_inline(records.BoardVote, "member", "choice", "at"), _inline(records.Recusal, "member", "reason")],
    }),
    (records.Proposal, {
        "list_display": ["application", "event", "proposed_by", "proposed_at", "settled_at"],
        "list_filter": ["event"], "search_fields": ["application__number", "reasons"],
    }),
    (records.Decision, {
        "list_display": ["application", "event", "proposed_by", "decided_by", "decided_at"], "list_filter": ["event"],
        "search_fields": ["application__number", "reasons"], "date_hierarchy": "decided_at",
        "inlines": [_inline(records.Condition, "text", "due_on", "met_at", "met_by")],
    }),
    (records.Condition, {
        "list_display": ["text", "decision", "due_on", "met_at", "met_by"], "search_fields": ["text"],
        "list_filter": ["due_on"],
    }),
    (records.Notice, {
        "list_display": ["title", "applicant", "published_at", "ends_on", "stopped_on", "ended_at"],
        "search_fields": ["title", "applicant"], "date_hierarchy": "published_at",
    }),
    (records.Objection, {
        "list_display": ["name", "notice", "state", "received_at", "examined_by"], "list_filter": ["state"],
        "search_fields": ["name", "text"], "exclude": ["token_sha256"],
        "inlines": [_inline(records.ObjectionFile, "file_name", "size", "sha256")],
    }),
    (records.Agreement, {
        "list_display": ["application", "version", "state", "offered_at", "in_force_at"], "list_filter": ["state"],
        "search_fields": ["application__number", "sha256"],
        "inlines": [_inline(records.Milestone, "number", "title", "due_on", "amount_fen"),
                    _inline(records.AgreementShare, "name", "share_hundredths"),
                    _inline(records.Signature, "side", "signed_label", "method", "signed_at")],
    }),
    (records.Milestone, {
        "list_display": ["agreement", "number", "title", "due_on"], "search_fields": ["title"],
        "date_hierarchy": "due_on",
        "inlines": [_inline(records.DueChange, "due_before", "due_after", "reason", "by", "at")],
    }),
    (records.MilestoneReport, {
        "list_display": ["milestone", "serial", "submitted_at", "submitted_by"], "search_fields": ["milestone__title"],
        "inlines": [_inline(records.ReportFile, "file_name", "size", "sha256")],
    }),
    (records.MilestoneCheck, {
        "list_display": ["report", "passed", "checked_by", "checked_at"], "list_filter": ["passed"],
        "search_fields": ["reason"],
    }),
    (records.Payment, {
        "list_display": ["application", "state", "ordered_at", "ordered_by", "paid_on", "reference"],
        "list_filter": ["state"], "search_fields": ["application__number", "reference"], "date_hierarchy": "ordered_at",
    }),
    (records.ChangeRequest, {
        "list_display": ["application", "state", "asked_at", "due_on", "targets_changed"], "list_filter": ["state"],
        "search_fields": ["application__number", "text"],
    }),
    (records.Entitlement, {
        "list_display": ["number", "holder", "kind", "state", "valid_from", "valid_to"],
        "list_filter": ["state", "kind"], "search_fields": ["number", "holder"], "date_hierarchy": "valid_to",
    }),
)  # fmt: skip

for model, options in LISTS:
    facts = {"acts": acts_of(model), "raw_id_fields": _related(model), "__module__": __name__, **options}
    admin.site.register(model, type(f"{model.__name__}Admin", (FollowingAdmin,), facts))


class WebhookForm(forms.ModelForm):
    class Meta:
        model = records.WebhookSubscription
        fields = ["url", "call", "kind", "project_steps", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].widget = forms.Select(choices=[("", _("all kinds")), *kinds.choices()])

    def clean_url(self) -> str:
        try:
            webhooks.check_url(self.cleaned_data["url"])
        except RuleViolation as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from refused
        return self.cleaned_data["url"]


@admin.register(records.WebhookSubscription)
class WebhookSubscriptionAdmin(Admin):
    """Who outside is told of the steps of cases: of one call, one kind, or all; and what became of each message."""

    form = WebhookForm
    raw_id_fields = ["call"]
    list_display = ["url", "call", "kind", "project_steps", "is_active", "waiting", "given_up", "created_at"]
    list_filter = ["is_active", "project_steps", "kind"]
    search_fields = ["url"]
    change_form_before_template = "calls/admin/webhook_tools.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return with_deliveries(super().get_queryset(request))

    @admin.display(description=_("waiting"), ordering="waiting")
    def waiting(self, subscription: Any) -> int:
        return subscription.waiting

    @admin.display(description=_("given up"), ordering="given_up")
    def given_up(self, subscription: Any) -> int:
        return subscription.given_up

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_deliveries"
        page = path("<int:pk>/deliveries/", self.admin_site.admin_view(self.deliveries_view), name=name)
        return [page, *super().get_urls()]

    def deliveries_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The messages of one address, newest first; those that are done can be sent again."""
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        rows = deliveries(record)
        if request.method == "POST":
            if not self.has_change_permission(request, record):
                raise PermissionDenied
            self._send_again(request, rows)
            return redirect(request.path)
        context = self.admin_site.each_context(request) | {
            "title": _("Deliveries"), "opts": self.opts, "record": record,
            "rows": [(row, event_words(row.payload["body"].get("event", ""))) for row in rows[:SHOWN_DELIVERIES]],
            "may_send": self.has_change_permission(request, record),
        }  # fmt: skip
        return TemplateResponse(request, "calls/admin/deliveries.html", context)

    def _send_again(self, request: HttpRequest, rows: models.QuerySet[OutboxMessage]) -> None:
        asked = request.POST.get("message", "")
        chosen = rows.filter(pk=int(asked)) if asked.isdecimal() else rows.filter(state=OutboxMessage.State.DEAD)
        done = 0
        for message in chosen.order_by("pk"):
            try:
                outbox.send_again(message)
                done += 1
            except RuleViolation as refused:
                messages.error(request, str(refused))
        messages.success(request, ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.",
                                           done) % {"count": done})  # fmt: skip

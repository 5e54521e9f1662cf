"""Admin of goals, programmes and calls: made from what is shipped, looked at as applicants will, published for good."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    DATETIME_CLASSES,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
)

from innovation.calls.actions import calls as acts
from innovation.calls.choices import CallState
from innovation.calls.data.definitions import ready_made
from innovation.calls.models import Call, CallDocument, Goal, Programme
from innovation.calls.shown import in_language
from innovation.calls.views.public import facts_of
from innovation.core.admin import ActForm, ActionForm, ActsAdmin, Admin, TabularInline
from innovation.core.fields import MomentField, MomentInput, MoneyField

WORDS = ["summary_zh", "summary_en", "who_zh", "who_en", "text_zh", "text_en"]
EDITED = [
    "code", "kind", "title_zh", "title_en", "goal", "programme", *WORDS, "form", "process", "rubric", "deadlines",
    "score_sheet", "opens_at", "closes_at", "grace_seconds", "budget_fen", "max_award_fen", "one_per_organisation",
    "for_organisations", "sectors", "reviewers_needed", "is_blind", "score_rule", "tie_breaks", "divergence_limit",
    "rules", "contact", "officer",
]  # fmt: skip


def _moment(**options: Any) -> forms.SplitDateTimeField:
    return forms.SplitDateTimeField(widget=UnfoldAdminSplitDateTimeWidget, **options)


def _day_and_time(**options: Any) -> MomentField:
    return MomentField(widget=MomentInput({"class": " ".join(DATETIME_CLASSES)}), **options)


class NewCallForm(ActionForm):
    """The first step: which kind, which window. Everything else comes with the kind and is edited next."""

    ready_made_key = forms.ChoiceField(label=_("kind of call"), widget=UnfoldAdminSelectWidget)
    code = forms.SlugField(
        label=_("code"), max_length=40, widget=UnfoldAdminTextInputWidget,
        help_text=_("Part of the address that applicants see."),
    )  # fmt: skip
    opens_at = _moment(label=_("opens"), help_text=_("China Standard Time, UTC+8"))
    closes_at = _moment(label=_("closes"), required=False, help_text=_("Empty: open all the time."))

    class Meta:
        model = Call
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ready_made_key"].choices = [(key, in_language(row["title"])) for key, row in ready_made().items()]

    def act(self) -> Call:
        return acts.make_call(**self.cleaned_data, actor=self.actor)


class CallForm(ActionForm):
    """A draft of a call."""

    budget_fen = MoneyField(label=_("budget"), required=False)
    max_award_fen = MoneyField(label=_("most per case"), required=False)

    class Meta:
        model = Call
        fields = EDITED

    def act(self) -> Call:
        fields = {name: self.cleaned_data[name] for name in EDITED if name in self.cleaned_data}
        return acts.save_call(call_id=self.instance.pk, actor=self.actor, fields=fields)


class _Act(ActForm):
    class Meta:
        model = Call
        fields: list[str] = []


class PublishForm(_Act):
    title = _("Publish for good")
    permission = "calls.publish_call"

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == CallState.DRAFT

    def act(self) -> Call:
        return acts.publish_call(call_id=self.instance.pk, actor=self.actor)


class ExtendForm(_Act):
    title = _("Move the end")
    permission = "calls.publish_call"
    closes_at = _day_and_time(label=_("closes"), help_text=_("China Standard Time, UTC+8"))
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == CallState.PUBLISHED and record.closes_at is not None

    def act(self) -> Call:
        return acts.extend_call(call_id=self.instance.pk, **self.cleaned_data, actor=self.actor)


class CancelForm(_Act):
    title = _("Cancel the call")
    permission = "calls.publish_call"
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == CallState.PUBLISHED

    def act(self) -> Call:
        return acts.cancel_call(call_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor)


class CopyForm(_Act):
    title = _("Copy the call")
    permission = "calls.add_call"
    code = forms.SlugField(label=_("code"), max_length=40, widget=UnfoldAdminTextInputWidget)
    opens_at = _day_and_time(label=_("opens"))
    closes_at = _day_and_time(label=_("closes"), required=False)

    def act(self) -> Call:
        return acts.copy_call(call_id=self.instance.pk, **self.cleaned_data, actor=self.actor)


class AttachForm(_Act):
    title = _("Attach a document")
    permission = "calls.add_calldocument"
    name = forms.CharField(label=_("title"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    upload = forms.FileField(label=_("file"), widget=UnfoldAdminFileFieldWidget)
    fact_fields: Mapping[str, str] = {"file": "upload"}

    def act(self) -> Call:
        acts.attach_document(
            call_id=self.instance.pk,
            title=self.cleaned_data["name"],
            upload=self.cleaned_data["upload"],
            actor=self.actor,
        )
        return self.instance


class DocumentInline(TabularInline):
    model = CallDocument
    fields = ["title", "file_name", "size", "recorded_at"]
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(ActsAdmin):
    """Calls: a new one begins with its kind and its window, the rest is edited as a draft."""

    list_display = ["code", "title_zh", "title_en", "kind", "state", "opens_at", "closes_at", "goal", "officer"]
    list_display_links = ["code", "title_zh"]
    list_filter = ["state", "kind", "process__family"]
    search_fields = ["code", "title_zh", "title_en"]
    date_hierarchy = "opens_at"
    list_select_related = ["goal", "officer"]
    inlines = [DocumentInline]
    fields = [*EDITED, "state", "extension_reason", "cancel_reason", "published_at", "published_by"]
    readonly_fields = fields[len(EDITED) :]
    acts = {
        "publish": PublishForm,
        "extend": ExtendForm,
        "attach": AttachForm,
        "copy": CopyForm,
        "cancel": CancelForm,
    }
    change_form_before_template = "calls/admin/call_tools.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = NewCallForm if obj is None else CallForm
        if obj is None or self.has_change_permission(request, obj):
            kwargs["form"] = type(form.__name__, (form,), {"actor": request.user})
        if obj is None:
            kwargs["fields"] = []
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": list(NewCallForm.base_fields)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else super().get_readonly_fields(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else self.inlines

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == CallState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.state == CallState.DRAFT

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The action has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has saved all; documents are attached by their own act."""

    def get_urls(self) -> list[URLPattern]:
        look = path("<int:pk>/look/", self.admin_site.admin_view(self.look_view), name="calls_call_look")
        return [look, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        call = self.get_object(request, object_id) if object_id else None
        tools: dict[str, Any] = {"look": reverse("admin:calls_call_look", args=[call.pk])} if call else {}
        if call and call.state == CallState.DRAFT:
            tools["open_points"] = [str(fault) for fault in acts.faults_of(call, timezone.now())]
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | tools)

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The call as applicants will see it, with what keeps it from being published."""
        rows = Call.objects.select_related("goal", "programme", *acts.DEFINITIONS)
        call = rows.filter(pk=pk).first()
        if call is None:
            raise Http404
        if not self.has_view_permission(request, call):
            raise PermissionDenied
        open_points = [str(fault) for fault in acts.faults_of(call, timezone.now())]
        page = {"title": gettext("As applicants see it"), "call": call, "lead": call.in_language("summary")}
        drafted = {"open_points": open_points if call.state == CallState.DRAFT else []}
        return TemplateResponse(request, "calls/look.html", page | drafted | facts_of(call))


@admin.register(Goal)
class GoalAdmin(Admin):
    list_display = ["code", "title_zh", "title_en", "parent"]
    search_fields = ["code", "title_zh", "title_en"]
    list_select_related = ["parent"]


class ProgrammeForm(forms.ModelForm):
    """A programme; its budget is typed with its unit."""

    budget_fen = MoneyField(label=_("budget"), required=False)

    class Meta:
        model = Programme
        fields = [
            "code", "title_zh", "title_en", "goal", "is_mission", "budget_fen", "starts_on", "ends_on", "review_on",
            "reviewed_on", "funding_body", "managing_body",
        ]  # fmt: skip


@admin.register(Programme)
class ProgrammeAdmin(Admin):
    form = ProgrammeForm
    list_display = ["code", "title_zh", "goal", "is_mission", "starts_on", "ends_on", "review_on", "reviewed_on"]
    list_filter = ["is_mission"]
    search_fields = ["code", "title_zh", "title_en"]
    list_select_related = ["goal"]

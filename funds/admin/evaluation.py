"""Evaluation schemes, runs and filing extracts in the office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from funds.actions import evaluation, filing
from funds.models import (
    EvaluationIndicator,
    EvaluationRun,
    EvaluationScheme,
    EvaluationScore,
    FilingExtract,
    FilingField,
)
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline, ReadOnlyAdmin, TabularInline
from innovation.core.figures import number_text


class IndicatorInline(TabularInline):
    model = EvaluationIndicator
    fields = ["dimension", "code", "zh", "en", "weight_num", "weight_den"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.runs.exists())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.runs.exists())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.runs.exists())


@admin.register(EvaluationScheme)
class EvaluationSchemeAdmin(Admin):
    """A scheme in use keeps its indicators: record its next version instead."""

    list_display = ["code", "version", "zh", "effective_from", "status"]
    list_filter = ["status"]
    search_fields = ["code", "zh", "en"]
    inlines = [IndicatorInline]
    state_fields = ()


@admin.register(EvaluationIndicator)
class EvaluationIndicatorAdmin(ReadOnlyAdmin):
    list_display = ["scheme", "dimension", "code", "zh", "weight_num", "weight_den"]
    list_filter = ["dimension"]
    search_fields = ["code", "zh", "en"]
    list_select_related = ["scheme"]


class RunForm(ActionForm):
    class Meta:
        model = EvaluationRun
        fields = ["fund", "year", "scheme"]

    def act(self) -> EvaluationRun:
        return evaluation.start_run(actor=self.actor, **self.cleaned_data)


class RunAct(ActForm):
    permission = evaluation.CONFIRMS
    states: tuple[str, ...] = ("SUBMITTED",)

    class Meta:
        model = EvaluationRun
        fields: list[str] = []

    @classmethod
    def fits(cls, record: EvaluationRun) -> bool:
        return record.state in cls.states


class SubmitForm(RunAct):
    title, permission, states = _("Submit it"), evaluation.PREPARES, ("DRAFT", "RETURNED")

    def act(self) -> EvaluationRun:
        return evaluation.submit_run(run_id=self.instance.pk, actor=self.actor)


class ConfirmForm(RunAct):
    title = _("Confirm it")
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> EvaluationRun:
        return evaluation.confirm_run(run_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class ReturnForm(ConfirmForm):
    title = _("Return it")

    def act(self) -> EvaluationRun:
        return evaluation.return_run(run_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class ScoreInline(ReadInline):
    model = EvaluationScore
    fields = ["indicator", "hundredths", "reason"]
    show_change_link = True


@admin.register(EvaluationRun)
class EvaluationRunAdmin(ActionAdmin):
    """Begun and moved here; scored on its own page, with reason and evidence."""

    add_form = RunForm
    acts = {"submit": SubmitForm, "confirm": ConfirmForm, "return": ReturnForm}
    list_display = ["fund", "year", "scheme", "state", "score", "prepared_by", "decided_by"]
    list_filter = ["state", "year"]
    search_fields = ["fund__code", "fund__name_zh"]
    list_select_related = ["fund", "scheme", "prepared_by", "decided_by"]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return [ScoreInline] if obj else []

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()

    @admin.display(description=_("score"))
    def score(self, run: EvaluationRun) -> str:
        return number_text(run.total, 2)


@admin.register(EvaluationScore)
class EvaluationScoreAdmin(ReadOnlyAdmin):
    list_display = ["run", "indicator", "hundredths", "reason"]
    search_fields = ["run__fund__code", "indicator__code"]
    list_select_related = ["run__fund", "indicator"]


@admin.register(FilingField)
class FilingFieldAdmin(Admin):
    """The mapping to the register as data; a path that the product does not know is listed as unknown."""

    list_display = ["position", "code", "zh", "path", "status"]
    list_filter = ["status"]
    search_fields = ["code", "zh", "en", "path"]
    state_fields = ()


class ExtractForm(ActionForm):
    class Meta:
        model = FilingExtract
        fields = ["fund", "year"]

    def act(self) -> FilingExtract:
        return filing.make_extract(actor=self.actor, **self.cleaned_data)


class CommitForm(ActForm):
    title, permission = _("Commit to its truth"), filing.COMMITS
    commitment = forms.CharField(label=_("truth commitment"), widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = FilingExtract
        fields: list[str] = []

    @classmethod
    def fits(cls, record: FilingExtract) -> bool:
        return record.state == "DRAFT"

    def act(self) -> FilingExtract:
        return filing.commit_extract(extract_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class FileForm(ActForm):
    title, permission = _("Record the filing"), filing.MAKES
    filed_on = forms.DateField(label=_("filed on"), widget=UnfoldAdminDateWidget, initial=timezone.localdate)
    receipt = forms.CharField(label=_("receipt"), max_length=200, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = FilingExtract
        fields: list[str] = []

    @classmethod
    def fits(cls, record: FilingExtract) -> bool:
        return record.state == "COMMITTED"

    def act(self) -> FilingExtract:
        return filing.file_extract(extract_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(FilingExtract)
class FilingExtractAdmin(ActionAdmin):
    add_form = ExtractForm
    acts = {"commit": CommitForm, "file": FileForm}
    list_display = ["fund", "year", "state", "due_on", "made_by", "committed_by", "filed_on"]
    list_filter = ["state", "year"]
    search_fields = ["fund__code", "receipt"]
    list_select_related = ["fund", "made_by", "committed_by"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()

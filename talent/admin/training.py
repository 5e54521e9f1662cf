"""The office of training: programmes, cohorts, enrolments; results and filing on the cohort's own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline
from talent.actions import training
from talent.admin.personal import PeopleBeside, PersonalAdmin
from talent.choices.credentials import TrainingResult
from talent.models import Cohort, Enrolment, TrainingProgramme


@admin.register(TrainingProgramme)
class TrainingProgrammeAdmin(Admin):
    list_display = ["code", "name_zh", "name_en", "base", "version", "level", "hours", "attendance_percent"]
    search_fields = ["code", "name_zh", "name_en", "base__name_zh"]
    list_select_related = ["base", "version__scheme"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CohortForm(ActionForm):
    class Meta:
        model = Cohort
        fields = ["programme", "number", "seats", "starts_on", "ends_on"]

    def act(self) -> Cohort:
        data = dict(self.cleaned_data)
        return training.open_cohort(programme_id=data.pop("programme").pk, actor=self.actor, **data)


class EnrolmentInline(ReadInline):
    model = Enrolment
    fields = ["person", "attended_hours", "result", "placed_at", "placed_on", "unified_number"]
    show_change_link = True


@admin.register(Cohort)
class CohortAdmin(PeopleBeside, ActionAdmin):
    people_path = "enrolments__person"
    add_form = CohortForm
    list_display = ["programme", "number", "seats", "starts_on", "ends_on", "state", "filed_on"]
    list_filter = [("state", ChoicesDropdownFilter)]
    search_fields = ["number", "programme__code", "programme__name_zh", "programme__name_en"]
    date_hierarchy = "starts_on"
    list_select_related = ["programme"]
    inlines = [EnrolmentInline]


class EnrolmentForm(ActionForm):
    class Meta:
        model = Enrolment
        fields = ["cohort", "person"]

    def act(self) -> Enrolment:
        data = self.cleaned_data
        return training.enrol(cohort_id=data["cohort"].pk, person_id=data["person"].pk, actor=self.actor)


class ResultForm(ActForm):
    title = _("Record the result")
    permission = "talent.change_enrolment"
    hours = forms.IntegerField(label=_("Hours attended"), min_value=0, widget=UnfoldAdminIntegerFieldWidget)
    outcome = forms.ChoiceField(label=_("Result"), choices=TrainingResult.choices, widget=UnfoldAdminSelectWidget)
    fact_fields = {"attended_hours": "hours", "result": "outcome"}

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def act(self) -> Enrolment:
        data = self.cleaned_data
        return training.record_result(
            enrolment_id=self.instance.pk, attended_hours=data["hours"], result=data["outcome"], actor=self.actor
        )


@admin.register(Enrolment)
class EnrolmentAdmin(PersonalAdmin, ActionAdmin):
    add_form = EnrolmentForm
    acts = {"result": ResultForm}
    list_display = ["person", "cohort", "attended_hours", "result", "placed_at", "placed_on", "unified_number"]
    list_filter = [("result", ChoicesDropdownFilter)]
    search_fields = ["person__name_zh", "person__name_en", "unified_number", "cohort__number"]
    date_hierarchy = "enrolled_at"
    list_select_related = ["person", "cohort__programme", "placed_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

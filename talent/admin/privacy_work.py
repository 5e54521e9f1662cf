"""The privacy officer's registers: requests, holds, erasures, exports, impact assessments, breaches, runs, proofs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ActsAdmin, ReadOnlyAdmin
from talent.actions import privacy_work, rights
from talent.actions.retention import run_retention
from talent.admin.personal import PersonalAdmin
from talent.choices.privacy import AssessmentState, BreachState, HoldKind
from talent.models import (
    Breach,
    DataHold,
    ErasureCase,
    ExportRequest,
    ImpactAssessment,
    PrivacyProof,
    RetentionRun,
    RightsRequest,
)
from talent.queries.breaches import affected_by


@admin.register(RightsRequest)
class RightsRequestAdmin(PersonalAdmin, ReadOnlyAdmin):
    """What people asked for; answered on its own page."""

    list_display = ["id", "person", "kind", "state", "asked_at", "due_on", "answered_at", "answered_by"]
    list_filter = ["kind", "state"]
    search_fields = ["person__name_zh", "person__name_en"]
    date_hierarchy = "asked_at"
    list_select_related = ["person", "answered_by"]

    def view_on_site(self, row: RightsRequest) -> str:
        return row.get_absolute_url()


class HoldForm(ActionForm):
    class Meta:
        model = DataHold
        fields = ["person", "reason", "until"]

    def act(self) -> DataHold:
        data = self.cleaned_data
        return rights.hold(person_id=data["person"].pk, reason=data["reason"], until=data["until"], actor=self.actor)


class LiftForm(ActForm):
    title = _("Lift this hold")
    permission = "talent.lift_datahold"

    class Meta:
        model = DataHold
        fields: list[str] = []

    @classmethod
    def fits(cls, record: DataHold) -> bool:
        return record.kind == HoldKind.LEGAL and record.lifted_at is None

    def act(self) -> DataHold:
        return rights.lift_hold(hold_id=self.instance.pk, actor=self.actor)


@admin.register(DataHold)
class DataHoldAdmin(PersonalAdmin, ActionAdmin):
    """Why somebody's data is not forgotten yet. A legal hold stops erasure and retention until it is lifted."""

    add_form = HoldForm
    acts = {"lift": LiftForm}
    list_display = ["person", "kind", "reason", "until", "set_by", "set_at", "lifted_at"]
    list_filter = ["kind", "lifted_at"]
    search_fields = ["person__name_zh", "reason"]
    list_select_related = ["person", "set_by"]


@admin.register(ErasureCase)
class ErasureCaseAdmin(ReadOnlyAdmin):
    """Receipts of erasures: numbers, no names."""

    list_display = ["person", "cause", "erased_at", "erased_by", "backup_until", "receipt_sha256"]
    list_filter = ["cause"]
    date_hierarchy = "erased_at"
    list_select_related = ["person", "erased_by"]


@admin.register(ExportRequest)
class ExportRequestAdmin(ReadOnlyAdmin):
    """Lists of people that left the product; asked for and decided on their own pages."""

    list_display = ["id", "list_key", "rows", "reason", "state", "asked_by", "asked_at", "decided_by", "taken"]
    list_filter = ["state", "list_key"]
    search_fields = ["reason"]
    date_hierarchy = "asked_at"
    list_select_related = ["asked_by", "decided_by"]

    def view_on_site(self, row: ExportRequest) -> str:
        return row.get_absolute_url()


class ApproveForm(ActForm):
    title = _("Approve")
    permission = "talent.approve_impactassessment"
    review_on = forms.DateField(label=_("review on"), widget=UnfoldAdminDateWidget)

    class Meta:
        model = ImpactAssessment
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ImpactAssessment) -> bool:
        return record.state == AssessmentState.DRAFT

    def act(self) -> ImpactAssessment:
        return privacy_work.approve_assessment(
            assessment_id=self.instance.pk, review_on=self.cleaned_data["review_on"], actor=self.actor
        )


@admin.register(ImpactAssessment)
class ImpactAssessmentAdmin(ActsAdmin):
    """What a use of personal data may do to people, weighed before it begins; approved by a second person."""

    acts = {"approve": ApproveForm}
    list_display = ["title", "purpose", "state", "written_by", "approved_by", "approved_on", "review_on"]
    list_filter = ["state", "purpose"]
    search_fields = ["title", "description"]
    readonly_fields = ["written_by", "approved_by", "approved_on", "review_on"]
    list_select_related = ["written_by", "approved_by"]

    def save_model(self, request: HttpRequest, obj: ImpactAssessment, form: Any, change: bool) -> None:
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == AssessmentState.DRAFT
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _BreachAct(ActForm):
    permission = "talent.change_breach"

    class Meta:
        model = Breach
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Breach) -> bool:
        return record.state != BreachState.CLOSED


class ReportForm(_BreachAct):
    title = _("Note the report to the authority")

    @classmethod
    def fits(cls, record: Breach) -> bool:
        return record.state == BreachState.OPEN

    def act(self) -> Breach:
        return privacy_work.report_breach(breach_id=self.instance.pk, actor=self.actor)


class TellForm(_BreachAct):
    title = _("Tell the people concerned")
    words = forms.CharField(
        label=_("what people are told"), widget=UnfoldAdminTextareaWidget,
        help_text=_("What happened, what may follow, what was done, and what they can do themselves."),
    )  # fmt: skip

    def act(self) -> Breach:
        return privacy_work.tell_affected(
            breach_id=self.instance.pk, words=self.cleaned_data["words"], actor=self.actor
        )


class CloseForm(_BreachAct):
    title = _("Close")
    measures = forms.CharField(label=_("measures"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> Breach:
        measures = self.cleaned_data["measures"]
        return privacy_work.close_breach(breach_id=self.instance.pk, measures=measures, actor=self.actor)


@admin.register(Breach)
class BreachAdmin(ActsAdmin):
    """Personal data that got lost, open or changed. The read log says whom it concerns."""

    acts = {"report": ReportForm, "tell": TellForm, "close": CloseForm}
    list_display = ["title", "state", "noticed_at", "reported_at", "told_at", "told", "closed_at"]
    list_filter = ["state"]
    search_fields = ["title", "description"]
    date_hierarchy = "noticed_at"
    readonly_fields = ["concerned", "reported_at", "told_at", "told", "closed_at"]

    @admin.display(description=_("people concerned, by the read log"))
    def concerned(self, row: Breach) -> str:
        if row.pk is None:
            return "–"
        return ", ".join(f"#{key}" for key in affected_by(row).values_list("pk", flat=True)[:200]) or "0"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state != BreachState.CLOSED
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SimulateForm(ActionForm):
    class Meta:
        model = RetentionRun
        fields = ["day"]

    def act(self) -> RetentionRun:
        return run_retention(today=self.cleaned_data["day"], simulate=True)


@admin.register(RetentionRun)
class RetentionRunAdmin(ActionAdmin):
    """Daily runs of the retention rules, with how much of what went. Adding one only simulates it for a day."""

    add_form = SimulateForm
    list_display = ["day", "at", "simulated", "counts"]
    list_filter = ["simulated"]
    date_hierarchy = "at"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"day": timezone.localdate()}


@admin.register(PrivacyProof)
class PrivacyProofAdmin(ReadOnlyAdmin):
    """Daily proofs: no resident identity number anywhere, nothing left of erased people, nobody listed unasked."""

    list_display = ["at", "columns", "erased", "number_found"]
    date_hierarchy = "at"

    @admin.display(description=_("findings"))
    def number_found(self, row: PrivacyProof) -> int:
        return len(row.findings)

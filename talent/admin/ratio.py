"""The office of the support ratio: definitions with their versions, month ends, programmes of laboratories, plans."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ActsAdmin, Admin, ReadOnlyAdmin, TabularInline
from innovation.core.figures import number_text
from talent.actions import plans, ratio
from talent.models import (
    LaboratoryProgramme,
    ProgrammeLaboratory,
    RatioDefinition,
    RatioMonthEnd,
    RatioSnapshot,
    StaffPlan,
    StaffReturn,
)
from talent.reports.ratio import target_words


class RenewForm(ActForm):
    """A new version from a day on; it begins as a copy of the one before."""

    title = _("New version")
    permission = "talent.add_ratiodefinition"
    valid_from = forms.DateField(label=_("valid from"), initial=timezone.localdate)

    class Meta:
        model = RatioDefinition
        fields = [
            "name_zh", "name_en", "text_zh", "text_en", "support", "professionals", "target_num", "target_den",
            "band_low", "band_high", "source", "state", "target_source", "target_state",
        ]  # fmt: skip

    @classmethod
    def fits(cls, record: RatioDefinition) -> bool:
        return record.valid_to is None

    def act(self) -> RatioDefinition:
        data = self.cleaned_data
        changes = {name: data[name] for name in self._meta.fields}
        return ratio.renew_definition(
            definition_id=self.instance.pk, valid_from=data["valid_from"], changes=changes, actor=self.actor
        )


class ChooseForm(ActForm):
    """The city steers by this one from the next month end on."""

    title = _("Steer by this definition")
    permission = "talent.add_ratiodefinition"

    class Meta:
        model = RatioDefinition
        fields: list[str] = []

    @classmethod
    def fits(cls, record: RatioDefinition) -> bool:
        return record.valid_to is None and not record.chosen

    def act(self) -> RatioDefinition:
        return ratio.choose_definition(definition_id=self.instance.pk, actor=self.actor)


class _Acted(ActsAdmin):
    """Records that only acts write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RatioDefinition)
class RatioDefinitionAdmin(_Acted):
    """Who counts, version by version; a version never changes, a new one follows it."""

    list_display = [
        "code", "version", "name_zh", "name_en", "target", "state", "target_state", "valid_from", "valid_to", "chosen",
    ]  # fmt: skip
    list_filter = ["code", "chosen", "state"]
    search_fields = ["code", "name_zh", "name_en", "source"]
    acts = {"renew": RenewForm, "choose": ChooseForm}

    @admin.display(description=_("reference"))
    def target(self, row: RatioDefinition) -> str:
        return target_words(row)


class KeepMonthForm(ActionForm):
    class Meta:
        model = RatioMonthEnd
        fields = ["as_of"]

    def act(self) -> RatioMonthEnd:
        return ratio.keep_month(as_of=self.cleaned_data["as_of"], actor=self.actor)


@admin.register(RatioMonthEnd)
class RatioMonthEndAdmin(ActionAdmin):
    """Month ends whose figures are kept; adding one takes the figures of a past month."""

    list_display = ["as_of", "main", "laboratories", "taken_at", "taken_by"]
    search_fields = ["as_of"]
    date_hierarchy = "as_of"
    list_select_related = ["main", "taken_by"]
    add_form = KeepMonthForm


@admin.register(RatioSnapshot)
class RatioSnapshotAdmin(ReadOnlyAdmin):
    """What each definition gave for each laboratory; never changed."""

    list_display = [
        "month", "definition", "organisation", "laboratory", "professionals", "support", "posts", "confirmed",
        "declared_on",
    ]  # fmt: skip
    list_filter = ["definition", "month"]
    search_fields = ["organisation__name_zh", "organisation__name_en", "laboratory__code", "laboratory__name_zh"]
    list_select_related = ["month", "definition", "organisation", "laboratory"]

    @admin.display(description=_("P (full-time)"), ordering="p_fte_centi")
    def professionals(self, row: RatioSnapshot) -> str:
        return _full_time(row.p_fte_centi)

    @admin.display(description=_("S (full-time)"), ordering="s_fte_centi")
    def support(self, row: RatioSnapshot) -> str:
        return _full_time(row.s_fte_centi)


def _full_time(centi: int | None) -> str:
    """Hundredths of full time as posts; not known is a dash and never zero."""
    return number_text(None if centi is None else centi / 100, 2)


class DeclareForm(ActionForm):
    class Meta:
        model = StaffReturn
        fields = ["laboratory", "as_of", "note"]

    def act(self) -> StaffReturn:
        data = self.cleaned_data
        return ratio.declare_complete(
            laboratory_id=data["laboratory"].pk, as_of=data["as_of"], note=data["note"], actor=self.actor
        )


@admin.register(StaffReturn)
class StaffReturnAdmin(ActionAdmin):
    """Who said that a list of posts is complete, and as of which day."""

    list_display = ["laboratory", "as_of", "note", "declared_by", "declared_at"]
    search_fields = ["laboratory__code", "laboratory__name_zh", "note"]
    date_hierarchy = "as_of"
    list_select_related = ["laboratory", "declared_by"]
    add_form = DeclareForm


class ProgrammeLaboratoryInline(TabularInline):
    model = ProgrammeLaboratory


@admin.register(LaboratoryProgramme)
class LaboratoryProgrammeAdmin(Admin):
    """Programmes with the laboratories that belong to them, by date."""

    list_display = ["code", "name_zh", "name_en"]
    search_fields = ["code", "name_zh", "name_en"]
    inlines = [ProgrammeLaboratoryInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ArchivePlanForm(ActForm):
    title = _("Archive this plan")
    permission = "talent.add_staffplan"

    class Meta:
        model = StaffPlan
        fields: list[str] = []

    @classmethod
    def fits(cls, record: StaffPlan) -> bool:
        return record.archived_at is None

    def act(self) -> StaffPlan:
        return plans.archive_plan(plan_id=self.instance.pk, actor=self.actor)


@admin.register(StaffPlan)
class StaffPlanAdmin(_Acted):
    """Saved staff plans; made on the planning board."""

    list_display = [
        "name",
        "organisation",
        "programme",
        "month",
        "definition",
        "created_by",
        "created_at",
        "archived_at",
    ]
    list_filter = ["archived_at", "definition"]
    search_fields = ["name", "note", "organisation__name_zh"]
    date_hierarchy = "created_at"
    list_select_related = ["organisation", "programme", "month", "definition", "created_by"]
    acts = {"archive": ArchivePlanForm}

    def view_on_site(self, row: StaffPlan) -> str:
        return row.get_absolute_url()

"""Stress: outcome data with its sources, saved scenarios, and runs of the simulation."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextInputWidget

from funds.actions import outcomes, stress
from funds.admin.columns import as_percent
from funds.models import OutcomeParameter, Scenario, StressRun
from innovation.core.admin import ActForm, ActsAdmin, ReadOnlyAdmin
from innovation.core.figures import percent_text


class RetireForm(ActForm):
    title = _("Take out of use")
    permission = "funds.change_outcomeparameter"

    class Meta:
        model = OutcomeParameter
        fields: list[str] = []

    @classmethod
    def fits(cls, record: OutcomeParameter) -> bool:
        return record.retired_at is None

    def act(self) -> OutcomeParameter:
        return outcomes.retire_parameter(parameter_id=self.instance.pk, actor=self.actor)


class FitForm(ActForm):
    title = _("Fit the city's own record")
    permission = "funds.add_outcomeparameter"
    as_of = forms.DateField(label=_("as of"), widget=UnfoldAdminDateWidget, initial=timezone.localdate)
    region = forms.CharField(
        label=_("region"), max_length=20, widget=UnfoldAdminTextInputWidget,
        help_text=_("Whose investments the number is about, e.g. US or CN-3301."),
    )  # fmt: skip

    class Meta:
        model = OutcomeParameter
        fields: list[str] = []

    def act(self) -> OutcomeParameter:
        data = self.cleaned_data
        end = datetime.combine(data["as_of"], time.max, timezone.get_current_timezone())
        rows = outcomes.fit_own_record(
            as_of=data["as_of"], known_at=min(end, timezone.now()), region=data["region"], actor=self.actor
        )
        return rows[0]


@admin.register(OutcomeParameter)
class OutcomeParameterAdmin(ActsAdmin):
    """Sourced numbers about what becomes of investments. Runs keep the rows that they used."""

    state_fields = ()
    list_display = ["table", "region", "measure", "stage", "multiples", "shown", "counted", "vintage", "status", "used"]
    list_filter = ["table", "measure", "region", "status", "counted"]
    search_fields = ["table", "source", "stage", "region"]
    readonly_fields = ["recorded_at", "retired_at"]
    acts = {"retire": RetireForm, "fit": FitForm}

    @admin.display(description=_("multiple of cost"))
    def multiples(self, row: OutcomeParameter) -> str:
        if row.lower is None:
            return ""
        upper = f"{row.upper / 100:g}×" if row.upper is not None else "…"
        return f"{row.lower / 100:g}× – {upper}"

    @admin.display(description=_("value"))
    def shown(self, row: OutcomeParameter) -> str:
        return f"{float(row.value):g}" if row.value > 1 else as_percent(row.value)

    @admin.display(description=_("in use"), boolean=True)
    def used(self, row: OutcomeParameter) -> bool:
        return row.retired_at is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ArchiveForm(ActForm):
    title = _("Archive this scenario")
    permission = "funds.add_scenario"

    class Meta:
        model = Scenario
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Scenario) -> bool:
        return record.archived_at is None

    def act(self) -> Scenario:
        return stress.archive_scenario(scenario_id=self.instance.pk, actor=self.actor)


class _OnSite:
    """Records whose own page shows them best; made there, and only looked at here."""

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()


@admin.register(Scenario)
class ScenarioAdmin(_OnSite, ActsAdmin):
    """Saved suppositions; made on the stress page of a fund, never part of the books."""

    list_display = ["name", "fund", "group", "as_of", "created_by", "created_at", "archived_at"]
    list_filter = ["as_of", "archived_at"]
    search_fields = ["name", "fund__code", "group__code"]
    date_hierarchy = "created_at"
    list_select_related = ["fund", "group", "created_by"]
    acts = {"archive": ArchiveForm}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(StressRun)
class StressRunAdmin(_OnSite, ReadOnlyAdmin):
    """Simulations with their seed, rows and result; asked for on the stress page of a fund."""

    list_display = [
        "id", "kind", "fund", "group", "as_of", "state", "progress", "probability_shown", "draws", "seed", "created_by",
        "created_at",
    ]  # fmt: skip
    list_filter = ["kind", "state", "as_of"]
    search_fields = ["fund__code", "group__code", "document__code"]
    date_hierarchy = "created_at"
    list_select_related = ["fund", "group", "created_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StressRun]:
        return super().get_queryset(request).defer("result", "parameter_rows")

    @admin.display(description=_("probability of breach"))
    def probability_shown(self, run: StressRun) -> str:
        return percent_text(run.probability)

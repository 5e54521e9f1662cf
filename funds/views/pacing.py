"""Pacing models: the list, one version with its projection, and the form that records the next."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.pacing import record_pacing_model
from funds.forms.market import PacingForm
from funds.models import PacingModel
from funds.models.visibility import sees_funds
from funds.reports.fund_returns import after
from funds.rules.returns.pacing import PacingYear, project
from funds.views.deal_base import holds
from innovation.core.charts import Measure, Series, StepChart
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage, PageView, TableView

FINE = 1_000_000
"""Shares of a projection are shown to a millionth: a model is no promise."""
ADD = "funds.add_pacingmodel"


def trail(*more: tuple[Any, str | None]) -> list[Crumb]:
    """The way to a pacing model."""
    return [(_("Performance"), reverse("funds:performance")), (PacingList.title, reverse("funds:pacing")), *more]


def share(value: float) -> Fraction:
    return Fraction(round(value * FINE), FINE)


class PacingList(TableView):
    """The version in use of every model."""

    title = _("Pacing models")
    lead = _("How fast a fund is expected to call its money and to give it back, after Takahashi and Alexander.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/market/list.html"
    default_sort = "code"
    empty_title = _("No pacing model is recorded")
    empty_text = _("Fund officers record one here.")
    columns = (
        TableColumn(
            _("Model"), "name", key="name", heading=True, link=lambda row: reverse("funds:pacing_model", args=[row.pk])
        ),
        TableColumn(_("Code"), "code", key="code", order_by=("code",)),
        TableColumn(_("Version"), "version", Kind.INTEGER, key="version"),
        TableColumn(
            _("Class"), lambda row: row.get_fund_class_display() or None, key="class", unknown=_("Every class of fund")
        ),
        TableColumn(_("Life (years)"), "life_years", Kind.INTEGER, key="life", order_by=("life_years",)),
        TableColumn(_("Growth a year"), lambda row: Fraction(row.growth), Kind.PERCENT, key="growth"),
        TableColumn(_("Source"), "source", key="source"),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded", order_by=("recorded_at",)),
    )

    def get_queryset(self) -> QuerySet[PacingModel]:
        later = PacingModel.objects.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
        return PacingModel.objects.visible_to(self.request.user).filter(~Exists(later))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Performance"), reverse("funds:performance")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = reverse("funds:pacing_new") if self.request.user.has_perm(ADD) else ""
        return super().get_context_data(new_url=new, new_label=_("Record a model"), **kwargs)


class PacingPage(PageView):
    """One version of a model: parameters, what it expects of a fund that begins today, and its other versions."""

    template_name = "funds/market/pacing.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def model(self) -> PacingModel:
        rows = PacingModel.objects.visible_to(self.request.user).select_related("recorded_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def years(self) -> tuple[PacingYear, ...]:
        """In shares of the commitment."""
        return project(self.model.terms, commitment=1.0)

    def get_title(self) -> str:
        return str(self.model)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.get_title(), None))

    @cached_property
    def tables(self) -> dict[str, Table]:
        versions = PacingModel.objects.visible_to(self.request.user).filter(code=self.model.code)
        return {
            "years": years_table(self.request, self.years),
            "versions": versions_table(self.request, versions.select_related("recorded_by")),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond(self.tables.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = self.model
        # A later version is the one that funds use: the next one begins from it.
        last = PacingModel.objects.filter(code=model.code).order_by("-version").values_list("pk", flat=True)[0]
        may_add = self.request.user.has_perm(ADD)
        return super().get_context_data(
            facts=model_facts(model), drawing=projection_chart(self.years), tables=self.tables,
            next_url=reverse("funds:pacing_next", args=[last]) if may_add else "",
            last_url="" if last == model.pk else reverse("funds:pacing_model", args=[last]), **kwargs,
        )  # fmt: skip


def model_facts(model: PacingModel) -> list[Fact]:
    """The parameters under the letters of the method."""
    rates = " · ".join(percent_text(Fraction(rate)) for rate in model.call_rates)
    return [
        Fact(_("Code"), model.code),
        Fact(_("Class"), model.get_fund_class_display() or gettext("Every class of fund")),
        Fact(_("Calls of what is not yet called, year by year (RC)"), rates),
        Fact(_("Life in years (L)"), str(model.life_years)),
        Fact(_("Bow (B)"), f"{model.bow.normalize():f}"),
        Fact(_("Growth a year (G)"), percent_text(Fraction(model.growth))),
        Fact(_("Least yield a year (Y)"), percent_text(Fraction(model.least_yield))),
        Fact(_("Variant"), model.get_timing_display()),
        Fact(_("Source"), model.source),
        Fact(_("Entered by"), str(model.recorded_by) if model.recorded_by else None, unknown=_("By the system")),
    ]


def projection_chart(years: Sequence[PacingYear]) -> StepChart:
    """Value, calls and distributions of each year, as shares of the commitment, for a fund that begins today."""
    today = timezone.localdate()
    days = [after(today, year.year) for year in years]

    def series(label: str, values: list[float]) -> Series:
        return Series(label, tuple((day, share(value)) for day, value in zip(days, values, strict=True)))

    return StepChart(
        gettext("What the model expects of a fund that begins today, in shares of its commitment"),
        (
            series(gettext("Net asset value"), [year.nav for year in years]),
            series(gettext("Distributions"), [year.distribution for year in years]),
            series(gettext("Calls"), [year.call for year in years]),
        ),
        measure=Measure.PERCENT,
    )


def years_table(request: HttpRequest, years: Sequence[PacingYear]) -> Table:
    columns = (
        TableColumn(_("Year of life"), "year", Kind.INTEGER, key="year", heading=True),
        TableColumn(_("Calls"), lambda row: share(row.call), Kind.PERCENT, key="calls"),
        TableColumn(_("Paid-in so far"), lambda row: share(row.paid_in), Kind.PERCENT, key="paid"),
        TableColumn(_("Distributions"), lambda row: share(row.distribution), Kind.PERCENT, key="distributions"),
        TableColumn(_("Net asset value"), lambda row: share(row.nav), Kind.PERCENT, key="nav"),
    )
    return Table(
        request, columns, years, gettext("Projection by year, in shares of the commitment"), name="years",
        page_sizes=(60,),
    )  # fmt: skip


def versions_table(request: HttpRequest, rows: QuerySet[PacingModel]) -> Table:
    columns = (
        TableColumn(
            _("Version"), "version", Kind.INTEGER, key="version", order_by=("version",), heading=True,
            link=lambda row: reverse("funds:pacing_model", args=[row.pk]),
        ),
        TableColumn(_("Source"), "source", key="source"),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        TableColumn(_("Entered by"), lambda row: str(row.recorded_by or ""), key="by", unknown=_("By the system")),
    )  # fmt: skip
    return Table(request, columns, rows, gettext("Versions"), name="versions", default_sort="-version")


class NewPacingModel(FormPage):
    """Record a model; under a code that exists it becomes the next version."""

    title = _("Record a model")
    form_class = PacingForm
    submit_label = _("Record model")
    done_message = _("The model is recorded.")
    allowed = holds(ADD)
    saved: PacingModel

    def get_initial(self) -> dict[str, Any]:
        return {"least_yield": 0}

    def act(self, form: PacingForm) -> None:
        self.saved = record_pacing_model(actor=self.request.user, **form.values())

    @property
    def cancel_url(self) -> str:
        return reverse("funds:pacing")

    def get_success_url(self) -> str:
        return reverse("funds:pacing_model", args=[self.saved.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.get_title(), None))


class NextPacingModel(NewPacingModel):
    """Change a model: its next version begins with what the last one says."""

    title = _("Record the next version")
    submit_label = _("Record version")
    lead = _("A model is never changed: figures that used the version before stay answerable.")

    @cached_property
    def model(self) -> PacingModel:
        return get_object_or_404(PacingModel.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"next_of": self.model}

    @property
    def cancel_url(self) -> str:
        return reverse("funds:pacing_model", args=[self.model.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((str(self.model), self.cancel_url), (self.get_title(), None))

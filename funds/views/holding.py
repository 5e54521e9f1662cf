"""One holding: its events and valuations with both times, its figures, and the answer for one project."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.models import Investment, Valuation
from funds.queries.events import counted
from funds.queries.portfolio import HoldingRow, Portfolio
from funds.queries.tolerance import Target, evaluated
from funds.reports.amounts import fen
from funds.reports.results import figures_of, ledger_link, tolerance_link
from funds.reports.sections import Result, result_of
from funds.reports.words import stage_label
from funds.views.ledger import AMOUNT_COLUMNS, EVENT_COLUMNS
from funds.views.life import life_of
from funds.views.moments import MomentPage
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb
from innovation.reports.content import Figure, Money, ReportData, Section
from innovation.reports.rendering.view import shown


class HoldingPage(MomentPage):
    """Everything about one holding at a moment."""

    template_name = "funds/holding.html"

    @cached_property
    def investment(self) -> Investment:
        rows = Investment.objects.visible_to(self.request.user).select_related("fund", "company")
        investment = rows.filter(pk=self.kwargs["pk"]).first()
        if investment is None:
            raise Http404
        return investment

    @cached_property
    def result(self) -> Result:
        view = evaluated(Target.of_project(self.investment), self.moment)[0]
        return result_of(Portfolio(view, {self.investment.pk: self.investment}))

    @cached_property
    def tables(self) -> dict[str, Table]:
        events = counted(self.moment).filter(investment=self.investment).select_related("reverses").order_by("seq")
        times = {"as_of": self.as_of, "known_at": self.known_at, "refusal": self.refusal}
        columns = (*EVENT_COLUMNS, *AMOUNT_COLUMNS)
        return {
            "events": Table(
                self.request, columns, list(events), gettext("Events"), name="events", default_sort="date",
                totals=event_sums, empty_title=_("No event counts at this moment"), **times,
            ),
            "values": Table(
                self.request, value_columns(self.known_at), list(self._valuations()), gettext("Valuations"),
                name="values", default_sort="-day", empty_title=_("No valuation is known at this moment"),
                empty_text=_("Without a valuation the holding stands at its remaining cost."), **times,
            ),
        }  # fmt: skip

    def _valuations(self) -> Any:
        known = Valuation.objects.filter(
            investment=self.investment, valid_at__lte=self.as_of, recorded_at__lte=self.known_at
        )
        return known.select_related("approved_by").order_by("valid_at", "recorded_at")

    def get_title(self) -> str:
        return f"{self.investment.company.name} ({self.investment.code})"

    def breadcrumbs(self) -> Sequence[Crumb]:
        fund = self.investment.fund
        page = self.at_same_times(reverse("funds:fund", args=[fund.pk]))
        return [(_("Funds"), reverse("funds:funds")), (fund.name, page), (self.investment.code, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond(self.tables.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        result, target = self.result, self.result.view.target
        rows = result.rows
        money = Section(gettext("Money in and out"), figures=holding_figures(result, rows[0]) if rows else ())
        test = Section(
            gettext("Tolerance for one project"),
            gauges=result.gauges,
            figures=figures_of(result.view, result.answer)[:3],
        )
        money_part, test_part = shown(ReportData("", (money, test)), unit_of(self.request), links=True).sections
        return super().get_context_data(
            investment=self.investment,
            facts=self.facts(),
            result=result,
            money=money_part,
            test=test_part,
            tables=self.tables,
            tolerance_url=tolerance_link(target, result.view.moment),
            life=life_of(self.investment, self.request.user, unit_of(self.request), self.moment),
            **kwargs,
        )

    def facts(self) -> list[Fact]:
        investment = self.investment
        company, fund = investment.company, investment.fund
        decided = str(investment.decided_on) if investment.decided_on else None
        return [
            Fact(_("Company"), company.name, self.at_same_times(reverse("funds:company", args=[company.pk]))),
            Fact(_("Unified social credit code"), company.uscc, unknown=_("Not recorded")),
            Fact(_("Fund"), fund.name, self.at_same_times(reverse("funds:fund", args=[fund.pk]))),
            Fact(_("Stage at entry"), stage_label(investment.stage)),
            Fact(_("Mode"), investment.get_mode_display()),
            Fact(_("Decided on"), decided, unknown=_("Not recorded")),
        ]


def event_sums(events: Sequence[Any]) -> dict[str, int]:
    """The sums of the shown events, in fen."""
    columns = ("amount_fen", "cost_relieved_fen", "loss_fen")
    return {name: sum(getattr(event, name) for event in events) for name in columns if name != "amount_fen"}


def value_columns(known_at: Any) -> tuple[TableColumn, ...]:
    """Valuations with the day they hold for and the times they were known."""

    def standing(value: Valuation) -> str:
        replaced = value.superseded_at is not None and value.superseded_at <= known_at
        return gettext("Replaced") if replaced else gettext("Counts")

    return (
        TableColumn(_("Holds for"), "valid_at", Kind.DATE, key="day", order_by=("valid_at",), heading=True),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded", order_by=("recorded_at",)),
        TableColumn(
            _("Replaced at"),
            lambda value: value.superseded_at if value.superseded_at and value.superseded_at <= known_at else None,
            Kind.DATETIME,
            key="replaced",
            unknown=_("Not replaced"),
        ),
        TableColumn(_("Standing"), standing, key="standing"),
        TableColumn(_("Fair value"), "fair_value_fen", Kind.MONEY, key="value", order_by=("fair_value_fen",)),
        TableColumn(_("Method"), lambda value: value.get_method_display(), key="method"),
        TableColumn(_("Source document"), "document", key="document", unknown=_("None named")),
    )


def holding_figures(result: Result, row: HoldingRow) -> tuple[Figure, ...]:
    """What went in, came out and is left; the sums open their events."""
    view, held = result.view, row.figures
    plain = (
        (_("Cost"), held.cost, "cost"), (_("Relieved"), held.relieved, "relieved"),
        (_("Remaining"), held.remaining, ""), (_("Fair value"), held.fair_value, ""),
        (_("Proceeds of exits"), held.proceeds, "proceeds"), (_("Dividends and interest"), held.income, "income"),
        (_("Realised loss"), held.realised_loss, "lost"), (_("Unrealised loss"), row.unrealised_loss, ""),
        (_("Impairment"), held.impairment, "impairment" if held.impairment else ""),
        (_("Loss contribution"), row.contribution, ""),
    )  # fmt: skip
    return tuple(
        Figure(label, Money(fen(amount)), ledger_link(view, figure) if figure else "")
        for label, amount, figure in plain
    )

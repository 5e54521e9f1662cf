"""The tables, figures and charts of a company's page."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.queries.companies import CompanyHolding
from funds.rules.company_figures import Growth
from funds.views.ledger import AMOUNT_COLUMNS, EVENT_COLUMNS
from funds.views.life import state_status, tranche_status
from innovation.core.charts import Measure, Series, StepChart
from innovation.core.components import Figure
from innovation.core.exports import Kind
from innovation.core.figures import percent_text, unit_behind
from innovation.core.icons import status_html
from innovation.core.money import format_fen
from innovation.core.tables import Table, TableColumn

NOT_REPORTED = _("Not reported")


def holdings_table(request: HttpRequest, rows: Sequence[CompanyHolding], times: dict[str, Any]) -> Table:
    """Holdings by fund, with what each adds to its fund's loss."""
    columns = (
        TableColumn(
            _("Holding"), lambda row: row.investment.code, key="code", heading=True, order_by=("code",),
            link=lambda row: reverse("funds:holding", args=[row.investment.pk]),
        ),
        TableColumn(
            _("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund",),
            link=lambda row: reverse("funds:fund", args=[row.fund.pk]),
        ),
        TableColumn(_("Stage"), lambda row: row.investment.get_stage_display(), key="stage"),
        TableColumn(
            _("State"), lambda row: str(row.state.label), key="state",
            cell=lambda row: status_html(state_status(row.state)),
        ),
        TableColumn(_("Cost"), lambda row: row.figure("cost"), Kind.MONEY, key="cost", order_by=("cost",)),
        TableColumn(_("Remaining"), lambda row: row.figure("remaining"), Kind.MONEY, key="remaining"),
        TableColumn(_("Fair value"), lambda row: row.figure("fair_value"), Kind.MONEY, key="value"),
        TableColumn(_("Proceeds of exits"), lambda row: row.figure("proceeds"), Kind.MONEY, key="proceeds"),
        TableColumn(_("Loss contribution"), lambda row: row.loss, Kind.MONEY, key="loss", order_by=("loss",)),
    )  # fmt: skip
    return Table(
        request, columns, rows, gettext("Holdings by fund"), name="holdings", totals=_holding_sums,
        empty_title=_("No fund holds this company yet"), **times,
    )  # fmt: skip


def _holding_sums(rows: Sequence[CompanyHolding]) -> dict[str, int]:
    names = {"cost": "cost", "remaining": "remaining", "value": "fair_value", "proceeds": "proceeds"}
    return {key: sum(row.figure(name) for row in rows) for key, name in names.items()} | {
        "loss": sum(row.loss for row in rows)
    }


def rounds_table(request: HttpRequest, rows: Sequence[Any], times: dict[str, Any]) -> Table:
    columns = (
        TableColumn(_("Signed on"), lambda row: row.agreement.signed_on, Kind.DATE, key="signed", order_by=("signed",)),
        TableColumn(
            _("Agreement"), lambda row: row.agreement.number, key="agreement", heading=True,
            link=lambda row: reverse("funds:holding", args=[row.agreement.investment_id]),
        ),
        TableColumn(_("Fund"), lambda row: row.agreement.investment.fund.name, key="fund"),
        TableColumn(_("Tranche"), "number", Kind.INTEGER, key="number"),
        TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount"),
        TableColumn(_("Condition"), "condition", key="condition", unknown=_("None")),
        TableColumn(_("Due"), "due_on", Kind.DATE, key="due", unknown=_("No day is set")),
        TableColumn(
            _("State"), lambda row: str(tranche_status(row).label), key="state",
            cell=lambda row: status_html(tranche_status(row)),
        ),
    )  # fmt: skip
    return Table(
        request, columns, rows, gettext("Rounds and tranches"), name="rounds",
        empty_title=_("No agreement is recorded"), **times,
    )  # fmt: skip


def values_table(request: HttpRequest, rows: Sequence[Any], times: dict[str, Any]) -> Table:
    columns = (
        TableColumn(_("Holds for"), "valid_at", Kind.DATE, key="day", order_by=("valid_at",), heading=True),
        TableColumn(_("Fund"), lambda row: row.investment.fund.name, key="fund"),
        TableColumn(_("Holding"), lambda row: row.investment.code, key="holding"),
        TableColumn(_("Fair value"), "fair_value_fen", Kind.MONEY, key="value"),
        TableColumn(_("Method"), lambda row: row.get_method_display(), key="method"),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        TableColumn(_("Source document"), "document", key="document", unknown=_("None named")),
    )
    return Table(
        request, columns, rows, gettext("Valuations"), name="values",
        empty_title=_("No valuation is known at this moment"), **times,
    )  # fmt: skip


def quarters_table(request: HttpRequest, rows: Sequence[Any], times: dict[str, Any]) -> Table:
    def corrected(row: Any) -> str:
        return row.reason or ""

    columns = (
        TableColumn(_("Quarter"), "label", key="quarter", order_by=("quarter_end",), heading=True),
        TableColumn(_("Revenue"), "revenue_fen", Kind.MONEY, key="revenue", unknown=NOT_REPORTED),
        TableColumn(_("Headcount"), "headcount", Kind.INTEGER, key="headcount", unknown=NOT_REPORTED),
        TableColumn(_("R&D staff"), "rd_staff", Kind.INTEGER, key="rd_staff", unknown=NOT_REPORTED),
        TableColumn(_("R&D spend"), "rd_spend_fen", Kind.MONEY, key="rd_spend", unknown=NOT_REPORTED),
        TableColumn(_("Patents"), "patents", Kind.INTEGER, key="patents", unknown=NOT_REPORTED),
        TableColumn(_("Tax paid"), "tax_fen", Kind.MONEY, key="tax", unknown=NOT_REPORTED),
        TableColumn(_("Source"), lambda row: row.get_source_display(), key="source"),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        TableColumn(_("Reason of the correction"), corrected, key="reason", unknown=_("Not corrected")),
    )
    return Table(
        request, columns, list(reversed(rows)), gettext("Quarters"), name="quarters",
        empty_title=_("No quarter is reported"),
        empty_text=_("The company reports it, or the office enters it by form or file."), **times,
    )  # fmt: skip


def events_table(request: HttpRequest, rows: Sequence[Any], times: dict[str, Any]) -> Table:
    fund = TableColumn(
        _("Fund"), lambda row: row.fund.name, key="fund", link=lambda row: reverse("funds:ledger", args=[row.fund_id])
    )
    columns = (*EVENT_COLUMNS[:1], fund, *EVENT_COLUMNS[1:], *AMOUNT_COLUMNS)
    return Table(
        request, columns, rows, gettext("Ledger lines"), name="events",
        empty_title=_("No event counts at this moment"), **times,
    )  # fmt: skip


def company_figures(rows: Sequence[CompanyHolding], now: Growth | None, unit: Any) -> list[Figure]:
    """What the funds have in the company, and how it grows."""
    sums, behind = _holding_sums(rows), unit_behind(unit)
    found = [
        Figure(_("Invested by all funds"), format_fen(sums["cost"], unit), behind, "#holdings"),
        Figure(_("Fair value"), format_fen(sums["value"], unit), behind, "#values"),
        Figure(_("Loss contribution"), format_fen(sums["loss"], unit), behind, "#holdings"),
    ]
    if now is None:
        return found
    latest = gettext("%(quarter)s against the year before") % {"quarter": now.latest.end}
    year = None if now.revenue_year is None else format_fen(now.revenue_year, unit)
    return [
        *found,
        Figure(
            _("Revenue of four quarters"), year, behind if year else "", "#quarters",
            unknown=_("Four quarters in a row are needed"),
        ),
        _share(_("Growth of revenue"), now.revenue, latest),
        _share(_("Growth of headcount"), now.headcount, latest),
        _share(_("R&D spend of revenue"), now.rd_intensity, ""),
        _share(_("R&D staff of headcount"), now.rd_share, ""),
    ]  # fmt: skip


def _share(label: Any, share: Any, note: str) -> Figure:
    text = None if share is None else percent_text(share)
    return Figure(label, text, "", "#quarters", note if text else "", unknown=_("Not enough is reported"))


def quarter_charts(rows: Sequence[Any], unit: Any) -> list[StepChart]:
    """Revenue with R&D spend, and people, over the quarters; nothing with fewer than two."""
    if len(rows) < 2:  # noqa: PLR2004
        return []
    first, last = rows[0].label, rows[-1].label
    between = {"first": first, "last": last}

    def series(label: Any, name: str) -> Series:
        return Series(label, tuple((row.quarter_end, getattr(row, name)) for row in rows))

    money = StepChart(
        gettext("Revenue and R&D spend by quarter, %(first)s to %(last)s") % between,
        (series(gettext("Revenue"), "revenue_fen"), series(gettext("R&D spend"), "rd_spend_fen")),
        measure=Measure.MONEY, unit=str(unit),
    )  # fmt: skip
    people = StepChart(
        gettext("People and patents by quarter, %(first)s to %(last)s") % between,
        (
            series(gettext("Headcount"), "headcount"),
            series(gettext("R&D staff"), "rd_staff"),
            series(gettext("Patents"), "patents"),
        ),
        measure=Measure.NUMBER,
    )
    return [money, people]

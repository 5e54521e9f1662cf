"""Report kind "back-test of valuations": the last value before each exit beside what the exit brought, by method."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.ledger import EventKind
from funds.choices.records import ValuationMethod
from funds.models import Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.backtest import ExitTest, by_method, exits_tested
from funds.reports.amounts import fen
from innovation.core.fields import DateField
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Money,
    Percent,
    ReportData,
    Row,
    Section,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind

EARLIEST = date(2000, 1, 1)


class BacktestParameters(ParametersForm):
    """All exits, or those of one fund, from a day on."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds")
    )
    since = DateField(label=gettext_lazy("Exits from"), required=False)


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Exits and write-offs up to ``as_of`` beside their last values, as known then."""
    fund: Fund | None = params.get("fund")
    since = params.get("since") or EARLIEST
    tests, untested = exits_tested(since=since, until=as_of, known_at=known_at, fund=fund)
    methods = by_method(tests)
    return ReportData(
        title=_("Back-test of valuations"),
        summary=_("%(count)s exits and write-offs are tested against their last value.") % {"count": len(tests)},
        sections=(
            Section(
                _("By method"),
                figures=(
                    Figure(_("Exits and write-offs tested"), Count(len(tests))),
                    Figure(_("Never valued before they left"), Count(len(untested))),
                ),
                tables=(_methods(methods),),
                notes=(
                    _("Difference = proceeds ÷ last value − 1; the value is that of the part that left, a day before."),
                    _("AMAC guideline (2018): the manager compares values with the prices of exits."),
                ),
            ),
            Section(_("Exit by exit"), tables=(_exits(tests),)),
        ),
        scope=((_("Scope"), fund.name if fund else _("All funds")),),
    )


def _methods(methods: list[Any]) -> Table:
    return Table(
        _("Last values beside proceeds, by method"),
        (
            Column(_("Method")), Column(_("Exits"), ColumnKind.COUNT), Column(_("Last values"), ColumnKind.MONEY),
            Column(_("Proceeds"), ColumnKind.MONEY), Column(_("Difference"), ColumnKind.PERCENT),
        ),
        tuple(
            Row(
                (
                    Text(ValuationMethod(one.method).label), Count(one.exits), Money(fen(one.value)),
                    Money(one.proceeds), _difference(one.difference),
                )
            )
            for one in methods
        ),
        empty=_("No exit of the period had a value before."),
    )  # fmt: skip


def _exits(tests: list[ExitTest]) -> Table:
    return Table(
        _("Each exit beside its last value"),
        (
            Column(_("Holding")), Column(_("Fund")), Column(_("Kind")), Column(_("Day"), ColumnKind.DAY),
            Column(_("Method")), Column(_("Valued at"), ColumnKind.DAY), Column(_("Days between"), ColumnKind.COUNT),
            Column(_("Last value"), ColumnKind.MONEY), Column(_("Proceeds"), ColumnKind.MONEY),
            Column(_("Difference"), ColumnKind.PERCENT),
        ),
        tuple(
            Row(
                (
                    Text(test.investment.company.name), Text(test.investment.fund.code),
                    Text(EventKind(test.kind).label), Day(test.day), Text(ValuationMethod(test.method).label),
                    Day(test.valid_at), Count(test.age_days), Money(fen(test.value)), Money(test.proceeds),
                    _difference(test.difference),
                ),
                link=reverse("funds:holding", args=[test.investment.pk]),
            )
            for test in tests
        ),
        empty=_("No exit of the period had a value before."),
    )  # fmt: skip


def _difference(share: Any) -> Value:
    return Unknown(_("The last value was zero.")) if share is None else Percent(share)


KIND = ReportKind(
    code="valuation_backtest",
    title=gettext_lazy("Back-test of valuations"),
    description=gettext_lazy("The last fair value before each exit beside what the exit brought, by method."),
    parameters=BacktestParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)

"""What changed published figures, and when it became known: closed periods then and as known at the moment asked."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.restatements import restated, then_and_now
from funds.queries.tolerance import ToleranceView
from funds.reports.amounts import fen
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind, DayRule, Every
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
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

CODE = "restatements"
MOST = 200
"""Periods that one report compares; the newest are dropped first, and the note says so."""


class RestatementParameters(ParametersForm):
    """One fund or all."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds")
    )
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Every closed period up to ``as_of`` whose figures changed by ``known_at``."""
    fund = params.get("fund")
    periods = list(restated(as_of, known_at, fund)[: MOST + 1])
    rows = tuple(_row(close, known_at) for close in periods[:MOST])
    table = Table(
        title=_("Closed periods that changed"),
        columns=(
            Column(_("Fund")),
            Column(_("Closed through"), ColumnKind.DAY),
            Column(_("Closed"), ColumnKind.DAY),
            Column(_("Late entries"), ColumnKind.COUNT),
            Column(_("Late values"), ColumnKind.COUNT),
            Column(_("Net asset value then"), ColumnKind.MONEY),
            Column(_("Net asset value now"), ColumnKind.MONEY),
            Column(_("Loss rate then"), ColumnKind.PERCENT),
            Column(_("Loss rate now"), ColumnKind.PERCENT),
        ),
        rows=rows,
        note=_("“Then” is as known when the period was closed, “now” as known at the moment of this report."),
        empty=_("No closed period changed."),
    )
    notes = (_("Only the first %(count)s periods are shown.") % {"count": MOST},) if len(periods) > MOST else ()
    return ReportData(
        title=_("Restatements"),
        summary=_("%(count)s closed periods changed after they were closed.") % {"count": len(rows)},
        sections=(
            Section(
                _("What changed a published figure"), figures=(Figure(_("Periods changed"), Count(len(rows))),),
                tables=(table,), notes=notes,
            ),
        ),
        unit=params.get("unit") or Unit.WAN.value,
        scope=((_("Scope"), fund.name if fund else _("All funds")),),
    )  # fmt: skip


def _row(close: Any, known_at: datetime) -> Row:
    then, now = then_and_now(close, known_at)
    return Row(
        cells=(
            Text(close.fund.name), Day(close.through), Day(close.closed_at.date()), Count(close.late_entries),
            Count(close.late_values), _nav(then), _nav(now), _rate(then), _rate(now),
        ),
        link=reverse("funds:restatements", args=[close.pk]),
    )  # fmt: skip


def _nav(view: ToleranceView) -> Value:
    books = view.books[view.funds[0].pk]
    return Money(fen(books.fund.nav(books.holdings)))


def _rate(view: ToleranceView) -> Value:
    rate = view.main.rate.rate
    return Percent(Fraction(rate)) if rate is not None else Unknown(_("nothing was invested by this day"))


KIND = ReportKind(
    code=CODE,
    title=gettext_lazy("Restatements"),
    description=gettext_lazy("What changed figures of closed periods after they were read, and when it became known."),
    parameters=RestatementParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.MONTH, day=4, day_rule=DayRule.WORKING),
)

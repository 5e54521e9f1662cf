"""Report kind "money progress": called, invested and idle money, whose it is, leverage by letter, reinvestment."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.records import FundClass
from funds.models import Fund, Threshold
from funds.models.visibility import SEES_FUNDS
from funds.queries.progress import FundProgress, progress_of_funds
from funds.queries.sums import Moment
from funds.reports.amounts import fen
from funds.reports.words import source_words
from funds.rules.reinvestment import LEVERAGE_WORDS
from innovation.core.figures import percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Figure,
    Money,
    Percent,
    ReportData,
    Row,
    Section,
    Table,
    Text,
    Times,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind

TITLE = gettext_lazy("Money progress, leverage and reinvestment")


class ProgressParameters(ParametersForm):
    """All funds, or one."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds")
    )


def funds_with_money() -> Any:
    """Funds that a progress can be told of: grant ledgers have no investors to lever."""
    return Fund.objects.exclude(fund_class=FundClass.GRANT).order_by("code")


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The progress of one fund or of all at the two times."""
    fund: Fund | None = params.get("fund")
    rows = progress_of_funds([fund] if fund else list(funds_with_money()), Moment(as_of, known_at))
    warned = [one for one in rows if one.warnings]
    investing = sum(one.is_investing for one in rows)
    return ReportData(
        title=_("Money progress, leverage and reinvestment"),
        summary=_("%(count)s of %(all)s funds in their investment period are beyond a threshold.")
        % {"count": len(warned), "all": investing},
        sections=_sections(rows),
        scope=((_("Scope"), fund.name if fund else _("All funds")),),
    )


def sections_of(funds: Sequence[Fund], moment: Moment) -> tuple[Section, ...]:
    """The same sections for some funds at a moment, for other reports."""
    return _sections(progress_of_funds(funds, moment))


def _sections(rows: list[FundProgress]) -> tuple[Section, ...]:
    paid_in = sum((Fraction(one.paid_in) for one in rows), Fraction(0))
    return (
        Section(
            _("Money progress"),
            figures=(
                Figure(_("Committed"), Money(sum(one.committed for one in rows))),
                Figure(_("Paid-in"), Money(fen(paid_in))),
                Figure(_("Funds beyond a threshold"), Count(sum(bool(one.warnings) for one in rows))),
            ),
            tables=(_money(rows), warnings_table(rows)),
        ),
        Section(_("Whose money"), tables=(_shares(rows),)),
        leverage_section(rows),
        reinvestment_section(rows),
    )


def leverage_section(rows: list[FundProgress]) -> Section:
    """The three leverage ratios of some funds, each with its numerator and what its letter means."""
    notes = tuple(str(words) for words in LEVERAGE_WORDS.values())
    return Section(_("Leverage"), tables=(_leverage(rows),), notes=notes)


def reinvestment_section(rows: list[FundProgress]) -> Section:
    """Recognised local investment of some funds and its multiples."""
    return Section(
        _("Local reinvestment"),
        tables=(_reinvestment(rows),),
        notes=(_("Only recognised claims count, at the recognised amount, from the day of recognition on."),),
    )


def _share(value: Fraction | None, reason: str) -> Value:
    return Unknown(reason) if value is None else Percent(value)


def _times(value: Fraction | None) -> Value:
    return Unknown(_("There is no government money in it.")) if value is None else Times(value)


def _link(one: FundProgress) -> str:
    return reverse("funds:fund", args=[one.fund.pk])


def _money(rows: list[FundProgress]) -> Table:
    nothing = _("Nothing was paid in by this day.")
    return Table(
        _("Called, invested and idle money"),
        (
            Column(_("Fund")), Column(_("Committed"), ColumnKind.MONEY), Column(_("Paid-in"), ColumnKind.MONEY),
            Column(_("Called ÷ committed"), ColumnKind.PERCENT), Column(_("Invested"), ColumnKind.MONEY),
            Column(_("Invested ÷ paid-in"), ColumnKind.PERCENT), Column(_("Cash"), ColumnKind.MONEY),
            Column(_("Cash ÷ paid-in"), ColumnKind.PERCENT),
            Column(_("Days since the last investment"), ColumnKind.COUNT),
        ),
        tuple(
            Row(
                (
                    Text(one.fund.name), Money(one.committed), Money(fen(one.paid_in)),
                    _share(one.called_share, nothing), Money(fen(one.invested)), _share(one.invested_share, nothing),
                    Money(fen(one.cash)), _share(one.idle_share, nothing),
                    Unknown(_("Nothing was invested yet.")) if one.idle_days is None else Count(one.idle_days),
                ),
                link=_link(one),
            )
            for one in rows
        ),
        empty=_("There is no fund."),
    )  # fmt: skip


def warnings_table(rows: list[FundProgress]) -> Table:
    """Figures beyond a threshold, with the row that says so."""
    return Table(
        _("Beyond a threshold"),
        (
            Column(_("Fund")), Column(_("Figure")), Column(_("Value")), Column(_("Threshold")),
            Column(_("Threshold set by")),
        ),
        tuple(
            Row(
                (
                    Text(one.fund.name), Text(Threshold.Key(warned.key).label),
                    Text(figure_text(warned.key, warned.value)),
                    Text(figure_text(warned.key, warned.threshold.value)), Text(source_words(warned.threshold.source)),
                ),
                link=_link(one),
                unverified=warned.threshold.status == "unverified",
            )
            for one in rows
            for warned in one.warnings
        ),
        note=_("Only funds in their investment period are held against the thresholds."),
        empty=_("No fund is beyond a threshold."),
    )  # fmt: skip


def figure_text(key: str, value: Fraction) -> str:
    """A figure of a warning for reading: days or a share."""
    if key == Threshold.Key.IDLE_DAYS:
        return _("%(count)s days") % {"count": int(value)}
    return percent_text(value)


def _shares(rows: list[FundProgress]) -> Table:
    none = _("No commitment is recorded.")
    return Table(
        _("Government and public share"),
        (
            Column(_("Fund")), Column(_("Government share, stated"), ColumnKind.PERCENT),
            Column(_("Government share by the commitments"), ColumnKind.PERCENT),
            Column(_("All public money by the commitments"), ColumnKind.PERCENT),
        ),
        tuple(
            Row(
                (
                    Text(one.fund.name), Percent(one.shares.stated), _share(one.shares.computed, none),
                    _share(one.shares.public, none),
                ),
                link=_link(one),
            )
            for one in rows
        ),
    )  # fmt: skip


def _leverage(rows: list[FundProgress]) -> Table:
    return Table(
        _("The three ratios side by side, each with its numerator"),
        (
            Column(_("Fund")), Column(_("Government money"), ColumnKind.MONEY),
            Column(_("Fund size"), ColumnKind.MONEY), Column("(a)", ColumnKind.TIMES),
            Column(_("Social money"), ColumnKind.MONEY), Column("(b)", ColumnKind.TIMES),
            Column(_("Government-led total"), ColumnKind.MONEY), Column("(c)", ColumnKind.TIMES),
        ),
        tuple(
            Row(
                (
                    Text(one.fund.name), Money(one.leverage[0].government),
                    *(cell for lever in one.leverage for cell in (Money(lever.numerator), _times(lever.ratio))),
                ),
                link=_link(one),
            )
            for one in rows
        ),
    )  # fmt: skip


def _reinvestment(rows: list[FundProgress]) -> Table:
    return Table(
        _("Recognised local investment over government money"),
        (
            Column(_("Fund")), Column(_("Recognised"), ColumnKind.MONEY),
            Column(_("Government paid-in"), ColumnKind.MONEY), Column(_("Multiple on paid-in"), ColumnKind.TIMES),
            Column(_("Government committed"), ColumnKind.MONEY), Column(_("Multiple on committed"), ColumnKind.TIMES),
        ),
        tuple(
            Row(
                (
                    Text(one.fund.name), Money(one.recognised), Money(fen(one.government_paid_in)),
                    _times(one.multiple_paid_in), Money(fen(one.government_committed)), _times(one.multiple_committed),
                ),
                link=_link(one),
            )
            for one in rows
        ),
    )  # fmt: skip


KIND = ReportKind(
    code="money_progress",
    title=TITLE,
    description=gettext_lazy(
        "Called, invested and idle money with its thresholds, the government's share, the three leverage ratios and "
        "the multiple of local reinvestment."
    ),
    parameters=ProgressParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)

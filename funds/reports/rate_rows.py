"""How one rate is made: its rows with their discount factors, the equation and its answer."""

from fractions import Fraction
from math import exp, log1p

from django.utils.translation import gettext as _

from funds.choices.figures import DayCount
from funds.queries.rate_rows import RateRows, Side
from funds.queries.returns import DAY_COUNT
from funds.reports.rates import line_name, rate_status, rate_value
from funds.rules.returns.day_count import year_fraction
from innovation.core.figures import number_text, percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Count, Day, Figure, Money, Row, Section, Table, Text, Unknown


def name_of(found: RateRows) -> str:
    """What the rate is about."""
    return found.investment.company.name if found.investment else line_name(found.line)


def side_words(side: Side) -> str:
    return _("Net IRR") if side == Side.NET else _("Gross IRR")


def rate_section(found: RateRows) -> Section:
    """The answer, the equation in words and numbers, and the table of rows."""
    irr, rows = found.irr, found.rows
    figures = (
        Figure(side_words(found.side), rate_value(irr), status=rate_status(irr)),
        Figure(_("Rows"), Count(len(rows))),
    )
    return Section("", figures=figures, tables=(rows_table(found),), notes=_notes(found))


def rows_table(found: RateRows) -> Table:
    """Every day with what was paid and received, the years since the first flow, and its present value at the rate."""
    start = found.rows[0].day if found.rows else None
    rate = found.irr.rate
    rows, total = [], 0
    for row in found.rows:
        years = year_fraction(start or row.day, row.day, DAY_COUNT)
        factor = None if rate is None else exp(-float(years) * log1p(rate))
        present = None if factor is None else round((row.received - row.paid) * factor)
        total += present or 0
        rows.append(
            Row(
                (
                    Day(row.day), Text(_row_words(found.side, is_value=row.is_value)), Money(row.paid),
                    Money(row.received), Text(number_text(years, 4)),
                    Text(number_text(factor, 6)) if factor is not None else Unknown(_no_factor()),
                    Money(present) if present is not None else Unknown(_no_factor()),
                )
            )
        )  # fmt: skip
    paid, received = sum(row.paid for row in found.rows), sum(row.received for row in found.rows)
    sum_row = Row(
        (
            Text(_("Sum")), Text(""), Money(paid), Money(received), Text(""), Text(""),
            Money(total) if rate is not None else Unknown(_no_factor()),
        )
    )  # fmt: skip
    money = ColumnKind.MONEY
    return Table(
        _("Rows of the rate"),
        (
            Column(_("Day"), ColumnKind.DAY), Column(_("What")), Column(_("Paid"), money), Column(_("Received"), money),
            Column(_("Years")), Column(_("Factor (1 + r) ^ −years")), Column(_("Present value"), money),
        ),
        tuple(rows),
        note=_("At the rate the present values sum to zero, but for roundings to the fen.") if rate is not None else "",
        empty=_("No money moved by this day."),
        total=sum_row if rows else None,
    )  # fmt: skip


def _no_factor() -> str:
    return _("Without a single rate there is nothing to discount with.")


def _row_words(side: Side, *, is_value: bool) -> str:
    if is_value:
        return _("Net asset value at the end") if side == Side.NET else _("Fair value at the end")
    return _("Calls and distributions") if side == Side.NET else _("Investments, exits and income")


def _notes(found: RateRows) -> tuple[str, ...]:
    irr = found.irr
    equation = _("Σ (received − paid) × (1 + r) ^ −years = 0, years = days since the first flow ÷ 365 (ACT/365F).")
    notes = [equation, _("Day count: %(convention)s.") % {"convention": DayCount(DAY_COUNT).label}]
    if irr.rate is not None and irr.under_one_year and irr.period_return is not None:
        short = _("The flows span less than a year: (1 + r) ^ years − 1 is shown; r itself would be %(rate)s a year.")
        notes.append(short % {"rate": percent_text(Fraction(irr.rate))})
    if len(irr.rates) > 1:
        rates = ", ".join(percent_text(Fraction(rate), 4) for rate in irr.rates)
        notes.append(_("All rates that solve it: %(rates)s. None of them is called the return.") % {"rates": rates})
    elif irr.rate is not None:
        notes.append(_("All rates between −99.9999 % and e^45 − 1 were searched; this is the only one."))
    return tuple(notes)

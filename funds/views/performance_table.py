"""The columns of the list of funds by performance, on screen and in files."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from funds.queries.performance import Line
from funds.queries.rate_rows import Side
from funds.queries.sums import Moment
from funds.reports.rates import fund_link, pme_value, rate_status, rate_value, rows_link, times_value
from funds.views.ticks import ticked_name
from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text, unknown
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.reports.content import Percent, Times, Unknown, Value

TWO = 2


def fund_columns(moment: Moment, *, beside: bool) -> list[TableColumn]:
    """Fund, rates with their status, multiples, market equivalents and the amounts behind them."""
    columns = [
        TableColumn(_("Fund"), "name", key="name", order_by=("name",), heading=True,
                    cell=lambda line: ticked_name(fund_link(int(line.key), moment), int(line.key), line.name)),
        TableColumn(_("Vintage"), lambda line: line.first_call and line.first_call.year, Kind.TEXT, key="vintage",
                    order_by=("vintage",), unknown=_("No money was called yet.")),
        rate_column(_("Net IRR"), "net", lambda line: rate_value(line.net), moment, Side.NET),
        TableColumn(_("Status of the net IRR"), lambda line: str(rate_status(line.net).label), key="status",
                    order_by=("status",), cell=status_cell),
        rate_column(_("Gross IRR"), "gross", lambda line: rate_value(line.gross), moment, Side.GROSS),
        times_column(_("PIC"), "pic"), times_column(_("DPI"), "dpi"), times_column(_("RVPI"), "rvpi"),
        times_column(_("TVPI"), "tvpi"),
    ]  # fmt: skip
    if beside:
        columns += [
            number_column(_("KS-PME"), "ks", lambda line: pme_value(line.pme, "ks")),
            rate_column(_("Direct Alpha"), "alpha", lambda line: pme_value(line.pme, "alpha"), moment, Side.NET),
        ]
    return [
        *columns,
        TableColumn(_("Paid-in"), "paid_in", Kind.MONEY, key="paid_in", order_by=("paid_in",)),
        TableColumn(_("Net asset value"), "nav", Kind.MONEY, key="nav", order_by=("nav",)),
    ]


def number_of(value: Value) -> Fraction | None:
    """The exact number of a figure; None where it is not known."""
    return value.value if isinstance(value, Percent | Times) else None


def rate_column(label: Any, key: str, value: Callable[[Line], Value], moment: Moment, side: Side) -> TableColumn:
    """A rate that opens its rows; a dash with its reason where there is none."""

    def cell(line: Line) -> SafeString | str:
        found = value(line)
        if isinstance(found, Unknown):
            return unknown(found.reason)
        return format_html('<a href="{}">{}</a>', rows_link(line, side, moment), percent_text(number_of(found)))

    return TableColumn(label, lambda line: number_of(value(line)), Kind.PERCENT, key=key, order_by=(key,), cell=cell)


def number_column(label: Any, key: str, value: Callable[[Line], Value]) -> TableColumn:
    """A multiple with two decimals; a dash with its reason where there is none."""

    def cell(line: Line) -> SafeString | str:
        found = value(line)
        return unknown(found.reason) if isinstance(found, Unknown) else f"{float(number_of(found) or 0):.2f}"

    return TableColumn(
        label, lambda line: number_of(value(line)), Kind.NUMBER, key=key, order_by=(key,), cell=cell, decimals=TWO
    )


def times_column(label: Any, name: str) -> TableColumn:
    return number_column(label, name, lambda line: times_value(getattr(line.multiples, name)))


def status_cell(line: Line) -> SafeString:
    """The status of the net rate with its tone."""
    status = rate_status(line.net)
    return status_html(Status(status.label, Tone(status.tone)))

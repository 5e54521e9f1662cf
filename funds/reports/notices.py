"""Capital calls and distributions in words and tables."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.records import LineSource, LineStanding, NoticeState
from funds.models.notices import Notice
from funds.queries.notices import Position, standing
from funds.reports.entries import moment_text, person
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import unit_behind
from innovation.core.icons import status_html
from innovation.core.money import Unit, format_fen
from innovation.core.tables import TableColumn

TONES = {
    LineStanding.OPEN: Tone.IDLE, LineStanding.PART: Tone.NOTICE, LineStanding.PAID: Tone.OK,
    LineStanding.OVERDUE: Tone.BAD,
}  # fmt: skip


def status_of(notice: Any, today: date) -> Status:
    """How a notice with ``paid_fen`` stands."""
    if notice.state == NoticeState.CANCELLED:
        return Status(NoticeState.CANCELLED.label, Tone.IDLE)
    found = standing(notice.amount_fen, notice.paid_fen, notice.due_on, today)
    return Status(found.label, TONES[found])


def notice_columns(today: date) -> tuple[TableColumn, ...]:
    """Notices of one fund with how far they are paid."""
    return (
        TableColumn(
            _("No."), "number", Kind.INTEGER, key="number", order_by=("number",),
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Purpose"), "purpose", key="purpose", heading=True),
        TableColumn(_("Notice"), "notice_on", Kind.DATE, key="notice", order_by=("notice_on", "number")),
        TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on", "number")),
        TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Of which recallable"), "recallable_fen", Kind.MONEY, key="recallable"),
        TableColumn(_("Paid so far"), "paid_fen", Kind.MONEY, key="paid", order_by=("paid_fen",)),
        TableColumn(
            _("State"), lambda row: status_of(row, today).label, key="state",
            cell=lambda row: status_html(status_of(row, today)),
        ),
    )  # fmt: skip


def line_columns(notice: Notice, word: str, today: date, *, may_pay: bool) -> tuple[TableColumn, ...]:
    """The lines of one notice; an open one leads to its payment."""

    def state(line: Any) -> Status:
        found = standing(line.amount_fen, line.paid_fen, notice.due_on, today)
        return Status(found.label, TONES[found])

    def pay(line: Any) -> SafeString | str:
        if not may_pay or line.paid_fen >= line.amount_fen or notice.state == NoticeState.CANCELLED:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("funds:notice_pay", args=[word, line.pk]), gettext("Record payment")
        )

    uses = (
        TableColumn(_("Of which management fee"), "fees_fen", Kind.MONEY, key="fees"),
        TableColumn(_("Of which fund expenses"), "expenses_fen", Kind.MONEY, key="expenses"),
    )
    columns = (
        TableColumn(_("No."), "position", Kind.INTEGER, key="position", order_by=("position",)),
        TableColumn(_("Investor"), lambda line: line.investor.name, key="investor", heading=True),
        TableColumn(_("Source of the money"), lambda line: line.get_source_display(), key="source"),
        TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Of which recallable"), "recallable_fen", Kind.MONEY, key="recallable"),
        *(uses if word == "call" else ()),
        TableColumn(_("Paid so far"), "paid_fen", Kind.MONEY, key="paid"),
        TableColumn(_("Last paid"), "paid_on", Kind.DATE, key="paid_on", unknown=_("Nothing is paid yet")),
        TableColumn(
            _("State"), lambda line: state(line).label, key="state", cell=lambda line: status_html(state(line))
        ),
    )  # fmt: skip
    return (*columns, TableColumn(_("Act"), lambda line: "", key="act", cell=pay)) if may_pay else columns


def part_rows(parts: Sequence[Any], names: dict[int, str], unit: Unit) -> list[tuple[str, ...]]:
    """The parts of a notice before it is issued, as text, with their sum as the last row."""
    rows = [
        (
            names[part.position.stake.investor_id],
            str(LineSource(part.position.stake.source).label),
            *(
                format_fen(fen, unit)
                for fen in (
                    part.position.stake.amount_fen, part.position.uncalled_fen, part.amount_fen, part.recallable_fen,
                )
            ),
        )
        for part in parts
    ]  # fmt: skip
    totals = (
        sum(part.position.stake.amount_fen for part in parts), sum(part.position.uncalled_fen for part in parts),
        sum(part.amount_fen for part in parts), sum(part.recallable_fen for part in parts),
    )  # fmt: skip
    return [*rows, (gettext("Sum"), "", *(format_fen(fen, unit) for fen in totals))]


def position_columns(names: dict[int, str]) -> tuple[TableColumn, ...]:
    """What may still be called from each investor."""

    def stake(position: Position) -> str:
        return names[position.stake.investor_id]

    return (
        TableColumn(_("Investor"), stake, key="investor", heading=True),
        TableColumn(_("Source of the money"), lambda row: LineSource(row.stake.source).label, key="source"),
        TableColumn(_("Committed"), lambda row: row.stake.amount_fen, Kind.MONEY, key="committed"),
        TableColumn(_("Called"), lambda row: row.called_fen, Kind.MONEY, key="called"),
        TableColumn(_("Paid in"), lambda row: row.paid_fen, Kind.MONEY, key="paid_in"),
        TableColumn(_("Not called yet"), lambda row: row.uncalled_fen, Kind.MONEY, key="uncalled"),
        TableColumn(_("May be called again"), lambda row: row.recallable_fen, Kind.MONEY, key="recallable"),
    )


POSITION_NOTE = _(
    "Paid in is what the ledger says. Calls booked without a notice are split by the commitments of their day."
)


def position_totals(positions: Sequence[Position]) -> dict[str, int]:
    """The sums of all investors; what is paid in is what the fund's books say."""
    return {
        "committed": sum(one.stake.amount_fen for one in positions),
        "called": sum(one.called_fen for one in positions),
        "paid_in": sum(one.paid_fen for one in positions),
        "uncalled": sum(one.uncalled_fen for one in positions),
        "recallable": sum(one.recallable_fen for one in positions),
    }


def is_last(notice: Any) -> bool:
    """Whether a notice is the last distribution of its fund."""
    return bool(getattr(notice, "is_last", False))


def _amount(fen: int, unit: Unit) -> str:
    return f"{format_fen(fen, unit)} {unit_behind(unit)}"


def notice_facts(notice: Any, unit: Unit) -> list[Fact]:
    """What a notice says, with what is paid of it."""
    return [
        Fact(_("Purpose"), notice.purpose),
        Fact(_("Amount"), _amount(notice.amount_fen, unit)),
        Fact(_("Of which recallable"), _amount(notice.recallable_fen, unit)),
        Fact(_("Paid so far"), _amount(notice.paid_fen, unit)),
        *([Fact(_("Last distribution"), gettext("Yes, a first loss is settled in it"))] if is_last(notice) else []),
        Fact(_("Notice"), notice.notice_on.isoformat()),
        Fact(_("Due"), notice.due_on.isoformat()),
        Fact(_("Source document"), notice.document or None, unknown=_("None named")),
        Fact(_("Issued by"), person(notice.issued_by), unknown=_("Not recorded")),
        Fact(_("Issued"), moment_text(notice.issued_at)),
        Fact(_("Reason of the cancellation"), notice.cancel_reason or None, unknown=_("Not cancelled")),
    ]

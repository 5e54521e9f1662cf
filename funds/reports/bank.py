"""Movements of an account in words and tables."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.queries.bank import Suggestion
from funds.reports.entries import moment_text, person
from funds.rules.bank_file import BankFile
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.money import Unit, format_fen
from innovation.core.tables import TableColumn


def status_of(line: Any) -> Status:
    """Whether a movement with ``matched_fen`` is open, settled in part or in full, or set aside."""
    if line.set_aside_because:
        return Status(_("Set aside"), Tone.IDLE)
    if line.matched_fen == line.amount_fen:
        return Status(_("Settled"), Tone.OK)
    return Status(_("Settled in part"), Tone.NOTICE) if line.matched_fen else Status(_("To be settled"), Tone.NOTICE)


def movement_columns() -> tuple[TableColumn, ...]:
    """Movements with what is settled of each."""

    def state(line: Any) -> SafeString:
        return status_html(status_of(line))

    return (
        TableColumn(
            _("Date"), "day", Kind.DATE, key="day", order_by=("day", "pk"), heading=True,
            link=lambda line: line.get_absolute_url(),
        ),
        TableColumn(_("Counterparty"), "counterparty", key="party", order_by=("counterparty",)),
        TableColumn(_("Purpose"), "purpose", key="purpose"),
        TableColumn(_("Reference"), "reference", key="reference"),
        TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Settled"), "matched_fen", Kind.MONEY, key="matched"),
        TableColumn(_("State"), lambda line: str(status_of(line).label), key="state", cell=state),
    )  # fmt: skip


def statement_columns() -> tuple[TableColumn, ...]:
    """Statements that were sent."""
    return (
        TableColumn(_("No."), "pk", Kind.INTEGER, key="id", order_by=("pk",)),
        TableColumn(
            _("File"), "file_name", key="file", heading=True,
            link=lambda row: None if row.taken_in_at else reverse("funds:bank_columns", args=[row.pk]),
        ),
        TableColumn(_("Sent by"), lambda row: person(row.uploaded_by), key="by"),
        TableColumn(_("Sent"), "uploaded_at", Kind.DATETIME, key="sent", order_by=("uploaded_at",)),
        TableColumn(_("Taken in"), "taken_in_at", Kind.DATETIME, key="taken", unknown=_("Columns to be chosen")),
        TableColumn(_("Rows known before"), "repeated", Kind.INTEGER, key="repeated"),
    )  # fmt: skip


def statement_facts(content: BankFile, fresh: dict[str, Any], unit: Unit) -> list[Fact]:
    """What was read of a statement, before it is taken in."""
    days = [row.day for row in content.rows]
    span = f"{min(days)} – {max(days)}" if days else None
    return [
        Fact(_("Movements read"), f"{len(content.rows):,}"),
        Fact(_("Known before, not taken in again"), f"{len(content.rows) - len(fresh):,}"),
        Fact(_("First and last day"), span, unknown=_("No movement")),
        Fact(_("Money in"), format_fen(content.money_in, unit, with_unit=True)),
        Fact(_("Money out"), format_fen(content.money_out, unit, with_unit=True)),
        Fact(_("Wrong cells"), f"{len(content.errors):,}"),
    ]


def line_facts(line: Any, unit: Unit) -> list[Fact]:
    """What the bank says of a movement, and what it is."""
    entries = ", ".join(f"#{match.event.seq}" for match in line.matches.select_related("event"))
    return [
        Fact(_("Date"), line.day.isoformat()),
        Fact(_("Amount"), format_fen(line.amount_fen, unit, with_unit=True)),
        Fact(_("Settled"), format_fen(line.matched_fen, unit, with_unit=True)),
        Fact(_("Counterparty"), line.counterparty or None, unknown=_("None named")),
        Fact(_("Purpose"), line.purpose or None, unknown=_("None named")),
        Fact(_("Bank reference"), line.reference or None, unknown=_("None named")),
        Fact(_("Statement"), f"{line.statement} · {line.row}"),
        Fact(_("Sent"), moment_text(line.statement.uploaded_at)),
        Fact(_("Entries"), entries or None, unknown=_("None yet")),
        Fact(_("Set aside because"), line.set_aside_because, unknown=_("Not set aside")),
    ]


def sure_rows(
    waiting: Sequence[Any], found: dict[int, list[Suggestion]], unit: Unit
) -> list[tuple[str, str, str, str]]:  # fmt: skip
    """Movements with exactly one sure suggestion: day, who and why, amount, what it is."""
    rows = []
    for line in waiting:
        sure = [one for one in found[line.pk] if one.sure]
        if len(sure) == 1:
            what = gettext("pays %(line)s") if sure[0].what == "pay" else gettext("is entry %(line)s")
            told = what % {"line": sure[0].label}
            rows.append((line.day.isoformat(), line.words, format_fen(line.amount_fen, unit), told))
    return rows

"""Management fees in words and tables."""

from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.fees import FeeProposal
from funds.choices.records import FeeBasis, Phase
from funds.models import FeeCharge
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen
from innovation.core.tables import TableColumn


def part_rows(fee: FeeProposal, unit: Unit) -> list[tuple[str, ...]]:
    """The parts of a computed fee as text, with the sum as the last row."""
    rows = [
        (
            f"{part.since} – {part.until}", str(Phase(part.phase).label), str(FeeBasis(part.basis).label),
            format_fen(part.basis_fen, unit), percent_text(part.rate, 2), str(part.days), format_fen(fen, unit),
        )
        for part, fen in zip(fee.parts, fee.fees_fen, strict=True)
    ]  # fmt: skip
    days = sum(part.days for part in fee.parts)
    return [*rows, (gettext("Sum"), "", "", "", "", str(days), format_fen(fee.total_fen, unit))]


def charge_columns() -> tuple[TableColumn, ...]:
    """Charged fees with how they were computed."""
    return (
        TableColumn(_("From"), "since", Kind.DATE, key="since", order_by=("since",), heading=True),
        TableColumn(_("To"), "until", Kind.DATE, key="until", order_by=("until",)),
        TableColumn(_("Calculation"), calculation, key="calculation"),
        TableColumn(_("Fee"), "amount_fen", Kind.MONEY, key="fee", order_by=("amount_fen",)),
        TableColumn(
            _("Entry"), lambda row: f"#{row.event.seq}", key="entry",
            link=lambda row: reverse("funds:entry", args=[row.event_id]),
        ),
        TableColumn(_("Paid on"), lambda row: row.event.value_date, Kind.DATE, key="paid"),
    )  # fmt: skip


def calculation(charge: FeeCharge) -> str:
    """The parts of a charge in one line each, joined."""
    return "; ".join(_told(part) for part in charge.parts)


def _told(part: dict[str, Any]) -> str:
    return gettext("%(since)s – %(until)s: %(rate)s of %(basis)s %(amount)s") % {
        "since": part["since"],
        "until": part["until"],
        "rate": percent_text(Fraction(part["rate"]), 2),
        "basis": FeeBasis(part["basis"]).label,
        "amount": format_fen(part["basis_fen"], Unit.WAN, with_unit=True),
    }

"""How valuation papers are shown: states, facts, inputs as people read them."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from funds.forms.valuations import COLUMNS
from funds.models import ValuationPaper
from funds.rules.valuation_methods import METHODS, Input, InputKind
from innovation.core.components import Fact, Status, Tone
from innovation.core.errors import RuleViolation
from innovation.core.figures import DASH, percent_text
from innovation.core.money import Unit, format_fen

TONES = {
    "DRAFT": Tone.IDLE, "SUBMITTED": Tone.INFO, "RETURNED": Tone.BAD, "APPROVED": Tone.OK, "SUPERSEDED": Tone.IDLE,
    "MISSING": Tone.NOTICE, "VALUED": Tone.OK,
}  # fmt: skip


def paper_status(state: str) -> Status:
    """The state of a paper in words and colour."""
    return Status(ValuationPaper.State(state).label, TONES[state])


def _fen(fen: int | None, unit: Unit) -> str | None:
    return None if fen is None else format_fen(fen, unit, with_unit=True)


def paper_facts(paper: ValuationPaper, unit: Unit) -> list[Fact]:
    """What a paper says, without its inputs."""
    facts = [
        Fact(_("Fair value"), _fen(paper.fair_value_fen, unit), unknown=_("Not stated yet")),
        Fact(_("Value by the method"), _fen(paper.computed_fen, unit), unknown=_("Inputs are missing")),
        Fact(_("Method"), paper.get_method_display()),
        Fact(_("Fair-value level"), paper.get_level_display()),
        Fact(_("Standard"), paper.standard.text if paper.standard else None, unknown=_("None named")),
        Fact(_("Source document"), paper.document or None, unknown=_("None named")),
        Fact(_("Prepared by"), f"{paper.prepared_by} · {paper.prepared_at:%Y-%m-%d}"),
    ]
    if paper.decided_by:
        facts.append(Fact(_("Decided by"), f"{paper.decided_by} · {paper.decided_at:%Y-%m-%d}"))
    reasons = (
        (_("Reason of the adjustment"), paper.adjustment_reason),
        (_("Reason of the correction"), paper.correction_reason),
        (_("Reason of the decision"), paper.decision_reason),
    )
    return [*facts, *(Fact(label, text) for label, text in reasons if text)]


def objection_lines(paper: ValuationPaper, problems: Iterable[RuleViolation]) -> list[str]:
    """What stands against a paper, each line naming its input and column."""
    labels = {
        f"{column}_{entry.key}": f"{capfirst(str(entry.label))}, {label}: "
        for entry in METHODS[paper.method].inputs
        for column, label in COLUMNS
    }
    return [f"{labels.get(problem.field or '', '')}{problem.message}" for problem in problems]


def calibration_facts(paper: ValuationPaper, unit: Unit) -> list[Fact]:
    """The test at entry: what was paid, and what the method gives with the inputs of that day."""
    paid, found = paper.entry_price_fen, paper.calibrated_fen
    off = None if paid is None or found is None or not paid else abs(found - paid)
    return [
        Fact(_("Price of entry"), _fen(paid, unit), unknown=_("Nothing was invested before this day")),
        Fact(_("Method with the inputs of that day"), _fen(found, unit), unknown=_("Inputs are missing")),
        Fact(_("Difference"), None if off is None else _fen(off, unit), unknown=_("Cannot be told yet")),
    ]


def input_rows(paper: ValuationPaper, unit: Unit) -> list[dict[str, Any]]:
    """Each input with its values on both days and its source."""
    rows = []
    for entry in METHODS[paper.method].inputs:
        stored = paper.inputs.get(entry.key, {})
        cells = {column: stored.get(column, "") for column, _label in COLUMNS}
        rows.append(
            {
                "label": entry.label,
                "entry": shown(entry, cells["entry"], unit),
                "now": shown(entry, cells["now"], unit),
                "source": cells["source"] or DASH,
            }
        )
    return rows


def shown(entry: Input, stored: str, unit: Unit) -> str:
    """A stored input for reading; what was left empty shows what it counts as."""
    text = stored or entry.default
    if text is None:
        return DASH
    if entry.kind is InputKind.MONEY:
        return format_fen(int(text), unit, with_unit=True)
    if entry.kind is InputKind.SERIES:
        return " · ".join(format_fen(int(part), unit) for part in text.split())
    if entry.kind is InputKind.SHARE:
        return percent_text(Fraction(text), 2)
    return text

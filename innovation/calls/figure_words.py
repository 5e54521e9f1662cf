"""Figures of a review and tie-breaks of a ranking in words, for pages and documents."""

from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Call
from innovation.calls.shown import in_language

FIGURE_NAMES: dict[str, Promise] = {
    "n": _("Reviews"),
    "mean": _("Mean"),
    "sd": _("Standard deviation"),
    "min": _("Lowest"),
    "max": _("Highest"),
    "rank": _("Rank"),
}
COUNTS = frozenset({"n", "rank"})
TIE_BREAKS: dict[str, Promise] = {
    "spread": _("Reviewers closer together"),
    "submitted": _("Submitted earlier"),
    "requested": _("Less money requested"),
}


def figure_text(name: str, value: Any) -> str | None:
    """Counts and ranks as they are, points of 0 to 100 with two decimals; None where there is none."""
    return None if value is None else str(value) if name in COUNTS else f"{Decimal(str(value)):.2f}"


def tie_break_names(call: Call) -> list[str]:
    """The tie-breaks of ``call`` in their order; a name that is none of ours is a criterion of its score sheet."""
    criteria = call.score_sheet.content["criteria"] if call.score_sheet else []
    texts = {row["key"]: in_language(row["text"]) for row in criteria}
    return [str(TIE_BREAKS.get(name) or texts.get(name, name)) for name in call.tie_breaks]

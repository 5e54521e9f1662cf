"""Performance evaluation (绩效评价): weights as data, the score as an exact fraction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

FULL = 100
"""Every indicator is scored from 0 to 100."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its dimension and its weight in points of the whole scheme."""

    code: str
    dimension: str
    weight: Fraction


def weights_problem(indicators: Iterable[Indicator]) -> RuleViolation | None:
    """The weights of a scheme sum to exactly 100 points."""
    total = sum((indicator.weight for indicator in indicators), Fraction(0))
    if total == FULL:
        return None
    message = _("The weights sum to %(total)s and not to 100.") % {"total": total}
    return RuleViolation("WEIGHTS_NOT_WHOLE", message, facts={"total": str(total)})


def score(indicators: Iterable[Indicator], scores: Mapping[str, Fraction]) -> Fraction | None:
    """Σ weight × score ÷ 100 over all indicators, 0 to 100; None while one has no score."""
    whole = Fraction(0)
    for indicator in indicators:
        if indicator.code not in scores:
            return None
        whole += indicator.weight * scores[indicator.code] / FULL
    return whole


def by_dimension(
    indicators: Iterable[Indicator], scores: Mapping[str, Fraction]
) -> dict[str, tuple[Fraction, Fraction]]:
    """Points reached and points possible of each dimension, in the order of the indicators; a missing score is 0."""
    found: dict[str, tuple[Fraction, Fraction]] = {}
    for indicator in indicators:
        reached, possible = found.get(indicator.dimension, (Fraction(0), Fraction(0)))
        points = indicator.weight * scores.get(indicator.code, Fraction(0)) / FULL
        found[indicator.dimension] = (reached + points, possible + indicator.weight)
    return found

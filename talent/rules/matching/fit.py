"""How well a person suits a demand: 0 to 100 in visible parts. No age, sex, school, title or likeness of texts.

Weights are the product's own proposal (domain text 4.7): skill cover 35, sector 20, stage experience 15, level 10,
network and region 10, past outcome 10.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from talent.choices.matching import FitPart

PRIOR_WEIGHT = 5
"""How many outcomes the prior stands for."""
PRIOR = Fraction(3, 5)


WEIGHTS: dict[FitPart, int] = {
    FitPart.SKILLS: 35,
    FitPart.SECTOR: 20,
    FitPart.STAGE: 15,
    FitPart.LEVEL: 10,
    FitPart.REGION: 10,
    FitPart.OUTCOME: 10,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the matcher may know about a person.

    ``outcomes`` are shares of success, 0 to 1; ``region`` is a code of GB/T 2260.
    """

    skills: frozenset[str]
    sectors: frozenset[str]
    stages: frozenset[str]
    level: int
    region: str
    outcomes: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a demand asks for."""

    skills: frozenset[str]
    sector: str
    stage: str
    level: int
    region: str


def shrunk_mean(outcomes: Iterable[Fraction], prior: Fraction = PRIOR, weight: int = PRIOR_WEIGHT) -> Fraction:
    """(Σ + m·prior) / (n + m): few outcomes say little."""
    known = list(outcomes)
    return (sum(known, Fraction(0)) + weight * prior) / (len(known) + weight)


@cache
def _past(outcomes: tuple[Fraction, ...]) -> Fraction:
    return shrunk_mean(outcomes)


def parts_of(offer: Offer, wanted: Wanted) -> dict[FitPart, Fraction]:
    """Points of each part, at most its weight."""
    covered = Fraction(len(offer.skills & wanted.skills), len(wanted.skills)) if wanted.skills else Fraction(1)
    features = {
        FitPart.SKILLS: covered,
        FitPart.SECTOR: Fraction(int(not wanted.sector or wanted.sector in offer.sectors)),
        FitPart.STAGE: Fraction(int(not wanted.stage or wanted.stage in offer.stages)),
        FitPart.LEVEL: min(Fraction(1), Fraction(offer.level, max(1, wanted.level))),
        FitPart.REGION: _nearness(offer.region, wanted.region),
        FitPart.OUTCOME: _past(offer.outcomes),
    }
    return {part: WEIGHTS[part] * features[part] for part in FitPart}


def _nearness(one: str, other: str) -> Fraction:
    """1 in the same district, one half in the same city, one quarter in the same province; 1 when none is asked."""
    if not other or one == other:
        return Fraction(1)
    for digits, share in ((4, Fraction(1, 2)), (2, Fraction(1, 4))):
        if one[:digits] == other[:digits]:
            return share
    return Fraction(0)


def total_of(parts: Iterable[Fraction]) -> int:
    """The fit as a whole number, half up."""
    return int(sum(parts, Fraction(0)) + Fraction(1, 2))

"""Scores of reviewers and cases (specification 5.5): exact inside, rounded for display only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Any

FULL = 100
TRIMMED_FROM = 5
DIVERGENCE_LIMIT = 20


class CaseRule(StrEnum):
    """How reviewers' totals become the score of a case; one setting of the call, shown to applicants."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class Criterion:
    """``weight`` above 0; points go from 0 to ``scale``; ``optional`` criteria may be answered as not applicable."""

    key: str
    weight: Fraction | int
    scale: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A point of a score sheet that cannot stand. Codes: ``missing``, ``outside_scale``, ``unknown_criterion``."""

    criterion: str
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spread:
    """Frozen when scoring closes: number of totals, mean, standard deviation of the sample (None below two), ends.

    ``mean``, ``least`` and ``most`` are exact; ``sd`` is a root, so it is a decimal of six places.
    """

    n: int
    mean: Fraction | None
    sd: Decimal | None
    least: Fraction | None
    most: Fraction | None


@dataclass(frozen=True, slots=True)
class Severity:
    """How far a reviewer's totals lie from the means of the cases that others scored too; below 0 is strict."""

    reviewer: str
    cases: int
    deviation: Fraction | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A case for the ranking: its score (None is not ranked) and tie-breaks in their order, more is better."""

    case: str
    score: Fraction | None
    tie_breaks: tuple[Fraction | int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """``rank`` counts the better cases plus one, so that equals share it; None without score. ``tied``: shared."""

    case: str
    rank: int | None
    score: Fraction | None
    tied: bool


def check_sheet(criteria: Sequence[Criterion], points: Mapping[str, Fraction | int | None]) -> tuple[SheetFault, ...]:
    """What keeps a score sheet from being handed in. None is "not applicable" and stands only where it may."""
    known = {criterion.key for criterion in criteria}
    faults = [SheetFault(key, "unknown_criterion", {}) for key in points if key not in known]
    for criterion in criteria:
        given = points.get(criterion.key)
        if given is None:
            if criterion.key not in points or not criterion.optional:
                faults.append(SheetFault(criterion.key, "missing", {}))
        elif not 0 <= given <= criterion.scale:
            faults.append(SheetFault(criterion.key, "outside_scale", {"most": criterion.scale}))
    return tuple(faults)


def reviewer_total(criteria: Sequence[Criterion], points: Mapping[str, Fraction | int | None]) -> Fraction | None:
    """Σ weight × points / Σ weight over the answered criteria, each scaled to 100; None when none is answered."""
    answered = [(one, Fraction(given)) for one in criteria if (given := points.get(one.key)) is not None]
    weights = sum((Fraction(one.weight) for one, _given in answered), Fraction(0))
    if not weights:
        return None
    return sum((Fraction(one.weight) * given * FULL / one.scale for one, given in answered), Fraction(0)) / weights


def case_score(totals: Sequence[Fraction], rule: CaseRule = CaseRule.MEAN) -> Fraction | None:
    """The score of a case from its reviewers' totals; None without any.

    The trimmed mean leaves out one highest and one lowest from five reviewers on; below five it is the mean.
    """
    if not totals:
        return None
    ordered = sorted(totals)
    if rule is CaseRule.MEDIAN:
        return Fraction(median(ordered))
    if rule is CaseRule.TRIMMED_MEAN and len(ordered) >= TRIMMED_FROM:
        ordered = ordered[1:-1]
    return sum(ordered, Fraction(0)) / len(ordered)


def spread(totals: Sequence[Fraction]) -> Spread:
    """Number, mean, standard deviation and ends of the totals of one case."""
    if not totals:
        return Spread(0, None, None, None, None)
    mean = sum(totals, Fraction(0)) / len(totals)
    squares = sum(((one - mean) ** 2 for one in totals), Fraction(0))
    sd = _root(squares / (len(totals) - 1)) if len(totals) > 1 else None
    return Spread(len(totals), mean, sd, min(totals), max(totals))


def divergent(totals: Mapping[str, Fraction], limit: Fraction | int = DIVERGENCE_LIMIT) -> tuple[str, ...]:
    """Reviewers whose total lies further than ``limit`` points from the mean of the others: these owe a text."""
    if len(totals) < 2:  # noqa: PLR2004  a distance needs another
        return ()
    whole = sum(totals.values(), Fraction(0))
    others = len(totals) - 1
    return tuple(key for key, total in totals.items() if abs(total - (whole - total) / others) > limit)


def severity(totals: Mapping[str, Mapping[str, Fraction]]) -> tuple[Severity, ...]:
    """Per reviewer (in order of name) the mean deviation from case means; ``totals`` is case → reviewer → total.

    Only cases with two totals or more count; a reviewer who shares none has no deviation.
    """
    found: dict[str, list[Fraction]] = {}
    for scores in totals.values():
        mean = sum(scores.values(), Fraction(0)) / len(scores) if scores else Fraction(0)
        for reviewer, total in scores.items():
            found.setdefault(reviewer, []).extend([total - mean] if len(scores) > 1 else [])
    return tuple(
        Severity(key, len(gaps), sum(gaps, Fraction(0)) / len(gaps) if gaps else None)
        for key, gaps in sorted(found.items())
    )


def rank(entries: Iterable[Entry]) -> tuple[Ranked, ...]:
    """Best first, by exact score, then by the tie-breaks in their order; a missing tie-break is the least.

    Cases without score come last and have no rank. Equals stand in the order of their names.
    """
    rows = sorted(entries, key=lambda entry: entry.case)
    keys = {row.case: _merit(row) for row in rows if row.score is not None}
    ranked = sorted((row for row in rows if row.score is not None), key=lambda row: keys[row.case], reverse=True)
    shared = Counter(keys.values())
    first: dict[tuple[tuple[bool, Fraction], ...], int] = {}
    for place, row in enumerate(ranked, start=1):
        first.setdefault(keys[row.case], place)
    told = [Ranked(row.case, first[keys[row.case]], row.score, shared[keys[row.case]] > 1) for row in ranked]
    return (*told, *(Ranked(row.case, None, None, tied=False) for row in rows if row.score is None))


def shown(value: Fraction | None, places: int = 2) -> Decimal | None:
    """A score for display, rounded half up."""
    if value is None:
        return None
    with localcontext(prec=60):
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _merit(entry: Entry) -> tuple[tuple[bool, Fraction], ...]:
    return tuple((one is not None, Fraction(one or 0)) for one in (entry.score, *entry.tie_breaks))


def _root(value: Fraction) -> Decimal:
    with localcontext(prec=60):
        root = (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()
        return root.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)

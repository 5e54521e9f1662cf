"""The management fee of a period: rate × basis × year fraction, cut wherever phase, term or basis changes (4.13).

Days are counted actual/365 (fixed), the first and the last day of the period included. The basis of a day is its
balance at the end of that day. A day outside every phase, or in a phase without a fee, costs nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from innovation.core.money import largest_remainder

YEAR = 365
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PhasePeriod:
    """A phase of the fund's life, both days inclusive."""

    phase: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class FeeRate:
    """The fee of one phase over a time, both days inclusive; ``until`` None is open. ``rate`` is a share per year."""

    phase: str
    basis: str
    rate: Fraction
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class FeePart:
    """A stretch of days with one phase, rate and basis; ``fee`` in fen, exact; both days inclusive."""

    since: date
    until: date
    phase: str
    basis: str
    rate: Fraction
    basis_fen: int

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def fee(self) -> Fraction:
        return self.rate * self.basis_fen * Fraction(self.days, YEAR)


Balances = Mapping[str, Sequence[tuple[date, int]]]
"""For each basis its balance in fen from a day on, in order of days."""


def fee_parts(
    since: date, until: date, phases: Iterable[PhasePeriod], rates: Iterable[FeeRate], balances: Balances
) -> list[FeePart]:  # fmt: skip
    """The stretches of a period that cost a fee, in order of days; those without phase, rate or basis are left out."""
    known_phases, known_rates = list(phases), list(rates)
    cuts = {since, until + ONE_DAY}
    for period in known_phases:
        cuts |= {period.since, period.until + ONE_DAY}
    for rate in known_rates:
        cuts |= {rate.since} | ({rate.until + ONE_DAY} if rate.until else set())
    cuts |= {day for line in balances.values() for day, __ in line}
    days = sorted(day for day in cuts if since <= day <= until + ONE_DAY)
    parts = []
    for first, following in pairwise(days):
        part = _part(first, following - ONE_DAY, known_phases, known_rates, balances)
        if part:
            parts.append(part)
    return _joined(parts)


def fee_total(parts: Sequence[FeePart]) -> tuple[int, list[int]]:
    """The fee in fen, rounded half up once over the exact sum, and what of it falls on each part (sums to it)."""
    exact = sum((part.fee for part in parts), Fraction(0))
    total = int(exact + Fraction(1, 2))
    return total, largest_remainder(total, [part.fee for part in parts]) if total else [0] * len(parts)


def _part(
    since: date, until: date, phases: Sequence[PhasePeriod], rates: Sequence[FeeRate], balances: Balances
) -> FeePart | None:  # fmt: skip
    phase = next((period.phase for period in phases if period.since <= since <= period.until), None)
    rate = next(
        (r for r in rates if r.phase == phase and r.since <= since and (r.until is None or since <= r.until)), None
    )
    if phase is None or rate is None:
        return None
    basis_fen = _balance(balances.get(rate.basis, ()), since)
    if not rate.rate or basis_fen <= 0:
        return None
    return FeePart(since, until, phase, rate.basis, rate.rate, basis_fen)


def _balance(line: Sequence[tuple[date, int]], day: date) -> int:
    return next((fen for since, fen in reversed(line) if since <= day), 0)


def _joined(parts: Sequence[FeePart]) -> list[FeePart]:
    """Neighbours that differ only in their days become one."""
    joined: list[FeePart] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and last.until + ONE_DAY == part.since and _same(last, part):
            joined[-1] = FeePart(last.since, part.until, part.phase, part.basis, part.rate, part.basis_fen)
        else:
            joined.append(part)
    return joined


def _same(one: FeePart, other: FeePart) -> bool:
    return (one.phase, one.basis, one.rate, one.basis_fen) == (other.phase, other.basis, other.rate, other.basis_fen)

"""The interest on capital that is not yet returned: what a preferred return or a buyout makes due by a day.

All amounts are fen and exact; only what has become due is rounded, half up, to a whole fen, as it is paid.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import gcd

from funds.choices.figures import DayCount
from funds.choices.records import Compounding
from funds.rules.returns.day_count import year_fraction


@dataclass(frozen=True, slots=True)
class Flow:
    """What the investors paid and got on a day, in fen."""

    day: date
    paid: int
    got: int


@dataclass(frozen=True, slots=True)
class Interest:
    """A yearly rate with its convention."""

    rate: Fraction
    compounding: Compounding = Compounding.SIMPLE
    day_count: DayCount = DayCount.ACT_365F


def interest_due(
    terms: Interest, flows: Sequence[Flow], days: Sequence[date], *, interest_first: bool = False
) -> list[int]:
    """All interest that capital has earned by each of ``days`` (ascending), paid or not, in whole fen.

    ``flows`` come by day. Each distribution pays capital back first and then interest, or the other way round. What a
    distribution brings above both stands to the investors' credit against later calls, as in the waterfall over all
    money. One pass over the flows serves all days.
    """
    if not flows:
        return [0] * len(days)
    account = _Account(flows[0].day, interest_first)
    moves = [(day, list(own)) for day, own in groupby(flows, key=lambda flow: flow.day)]
    found, done = [], 0
    for on in days:
        while done < len(moves) and moves[done][0] < on:
            day, own = moves[done]
            account.move_to(day, terms)
            for flow in own:
                account.pay_in(flow.paid)
                account.pay_out(flow.got)
            done += 1
        # The account itself rests at its last flow: months of 30 days do not add up over a day between.
        found.append(account.earned_by(max(on, account.begins), terms))
    return found


class _Account:
    """Capital out and the interest that it has earned, in whole parts of a fen.

    ``unit`` parts make a fen; there are more of them whenever interest does not come out even, so that all is exact.
    """

    __slots__ = ("added", "begins", "capital", "credit", "day", "earned", "interest_first", "unit", "unpaid")

    def __init__(self, begins: date, interest_first: bool) -> None:
        self.begins = self.day = begins
        self.interest_first = interest_first
        self.unit = 1
        self.capital = self.unpaid = self.earned = self.credit = 0
        # The part of the unpaid interest that bears interest itself.
        self.added = 0

    def whole(self, parts: int) -> int:
        """Rounded half up to a whole fen."""
        return (2 * parts + self.unit) // (2 * self.unit)

    def earned_by(self, day: date, terms: Interest) -> int:
        """All interest by a day until which nothing more moves, in whole fen; the account stays as it is."""
        if terms.compounding == Compounding.YEARLY:
            seen = copy(self)
            seen.move_to(day, terms)
            return seen.whole(seen.earned)
        above, below = self._interest(day, terms)
        parts, unit = self.earned * below + above, self.unit * below
        return (2 * parts + unit) // (2 * unit)

    def _interest(self, day: date, terms: Interest) -> tuple[int, int]:
        """Interest since the last move until a day, in parts of the unit, as numerator and denominator."""
        bearing = self.capital + self.added
        if not bearing or day <= self.day:
            return 0, 1
        years = year_fraction(self.day, day, terms.day_count)
        return bearing * terms.rate.numerator * years.numerator, terms.rate.denominator * years.denominator

    def move_to(self, day: date, terms: Interest) -> None:
        if terms.compounding == Compounding.YEARLY:
            for year in range(self.day.year, day.year + 1):
                anniversary = _in_year(self.begins, year)
                if self.day < anniversary <= day:
                    self._earn(anniversary, terms)
                    self.added = self.whole(self.unpaid) * self.unit
        self._earn(day, terms)

    def _earn(self, day: date, terms: Interest) -> None:
        above, below = self._interest(day, terms)
        finer = below // gcd(above, below)
        if finer > 1:
            self._cut(finer)
            above *= finer
        self.unpaid += above // below
        self.earned += above // below
        self.day = day

    def _cut(self, finer: int) -> None:
        self.unit *= finer
        self.capital *= finer
        self.unpaid *= finer
        self.earned *= finer
        self.credit *= finer
        self.added *= finer

    def pay_in(self, fen: int) -> None:
        parts = fen * self.unit
        used = min(self.credit, parts)
        self.credit -= used
        self.capital += parts - used

    def pay_out(self, fen: int) -> None:
        parts = fen * self.unit
        if self.interest_first:
            parts = self._pay_interest(parts)
        back = min(self.capital, parts)
        self.capital -= back
        self.credit += self._pay_interest(parts - back)

    def _pay_interest(self, parts: int) -> int:
        paid = min(self.unpaid, parts)
        self.unpaid -= paid
        self.added = min(self.added, self.unpaid)
        return parts - paid


def _in_year(day: date, year: int) -> date:
    """The anniversary of a day; that of 29 February is 1 March in other years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)

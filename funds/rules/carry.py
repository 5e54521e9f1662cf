"""The manager's share of profit in the value of a fund, if all of it were paid out: on one day, and on many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from funds.choices.records import TierKind
from funds.rules.hurdle import Flow
from funds.rules.waterfall import Moves, Plan, Tier, plans_of, steps_of, whole_fen


def accrued_carry(plan: Plan, nav: int, government: Fraction, paid_carry: int) -> int:
    """What the manager would still get if the net asset value (fen) were paid out now; never below zero.

    ``government``: the government's share of the fund. ``paid_carry``: what the manager was paid of its share of
    profit so far (fen).
    """
    return max(0, whole_fen(plan.carry(plan.distributed + max(0, nav), government)) - paid_carry)


@dataclass(frozen=True, slots=True)
class Worth:
    """A fund on a day, as :func:`accrued_carry` asks for it: money in fen."""

    day: date
    nav: int
    government: Fraction
    paid_carry: int


def accrued_carries(tiers: Sequence[Tier], flows: Iterable[Flow], worths: Sequence[Worth]) -> list[int]:
    """:func:`accrued_carry` on each of some days, which ascend, by the same steps; 0 before anything is paid in."""
    moves = Moves(flows)
    found = [0] * len(worths)
    capital_first = steps_of(tiers)[0].kind == TierKind.RETURN_OF_CAPITAL
    profitable = []
    for at, worth in enumerate(worths):
        paid_in, distributed = moves.until(worth.day)
        # Interest is not worked out for the days on which capital itself is not back: most of a fund's early life.
        if paid_in and (not capital_first or distributed + max(0, worth.nav) > paid_in):
            profitable.append(at)
    plans = plans_of(tiers, moves, [worths[at].day for at in profitable])
    for at, plan in zip(profitable, plans, strict=True):
        worth = worths[at]
        found[at] = accrued_carry(plan, worth.nav, worth.government, worth.paid_carry)
    return found

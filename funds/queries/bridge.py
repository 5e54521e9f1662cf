"""From the value of a fund on one day to its value on a later day, step by step, exact in whole fen.

    NAV₁ − NAV₀ = calls − distributions − fees + own income + realised gains − realised losses + income of holdings
                  + exchange restatements + change of what is not realised

After carry the value is less by what accrued of the manager's share of profit, and its change is one more step.
It holds by construction: NAV = cash + Σ fair value, fair value = remaining cost + unrealised gain, and exits bring
their cost relieved + gain − loss (domain 4.2). All days are read as known at one moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from funds.queries.accounts import Accounts
from funds.queries.carry import CarryOn


class Step(StrEnum):
    """What moves the value of a fund."""

    CALLS = "CALLS"
    DISTRIBUTIONS = "DISTRIBUTIONS"
    CARRY_PAID = "CARRY_PAID"
    FEES = "FEES"
    OWN_INCOME = "OWN_INCOME"
    REALISED_GAINS = "REALISED_GAINS"
    REALISED_LOSSES = "REALISED_LOSSES"
    HOLDING_INCOME = "HOLDING_INCOME"
    EXCHANGE = "EXCHANGE"
    UNREALISED_UP = "UNREALISED_UP"
    UNREALISED_DOWN = "UNREALISED_DOWN"
    CARRY_ACCRUED = "CARRY_ACCRUED"


@dataclass(frozen=True, slots=True)
class HoldingBridge:
    """One holding between the two days, in fen: closing = opening + invested − proceeds + realised + unrealised +
    exchange; income is beside it."""

    holding: int
    opening: int
    invested: int
    proceeds: int
    realised: int
    unrealised: int
    exchange: int
    income: int
    closing: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps from ``opening`` to ``closing``, signed, in fen; they sum to the change.

    ``before_carry`` holds the two values before carry where the fund shares profit with its manager; None: it does
    not, so that opening and closing are both.
    """

    since: date
    until: date
    opening: int
    closing: int
    steps: tuple[tuple[Step, int], ...]
    holdings: tuple[HoldingBridge, ...]
    before_carry: tuple[int, int] | None = None

    @property
    def change(self) -> int:
        return self.closing - self.opening


def bridge(accounts: Accounts, holdings: Sequence[int], first: int, last: int) -> Bridge:
    """The bridge of one fund between dates number ``first`` and ``last`` of its accounts.

    The cells of the accounts are single holdings, whose ids are ``holdings`` in the order of the cells.
    """

    def fund(name: str) -> int:
        total = accounts.of_fund(name)[0]
        return int(total[last] - total[first])

    parts = [_holding(accounts, cell, pk, first, last) for cell, pk in enumerate(holdings)]
    gained = sum(_change(accounts, "gained", cell, first, last) for cell in range(len(holdings)))
    lost = sum(_change(accounts, "lost", cell, first, last) for cell in range(len(holdings)))
    steps = {
        Step.CALLS: fund("paid_in"),
        Step.DISTRIBUTIONS: -fund("distributions"),
        Step.FEES: -fund("fees"),
        Step.OWN_INCOME: fund("other_income"),
        Step.REALISED_GAINS: gained,
        Step.REALISED_LOSSES: -lost,
        Step.HOLDING_INCOME: sum(part.income for part in parts),
        Step.EXCHANGE: sum(part.exchange for part in parts),
        Step.UNREALISED_UP: sum(max(0, part.unrealised) for part in parts),
        Step.UNREALISED_DOWN: sum(min(0, part.unrealised) for part in parts),
    }
    nav = accounts.nav[0]
    moved = tuple(part for part in parts if part.opening or part.closing or part.invested or part.proceeds)
    return Bridge(
        accounts.dates[first], accounts.dates[last], int(nav[first]), int(nav[last]), tuple(steps.items()), moved
    )


def after_carry(found: Bridge, first: CarryOn, last: CarryOn) -> Bridge:
    """The same after carry: what was paid of it leaves the distributions, what accrued is a step of its own."""
    paid = last.paid - first.paid
    steps = dict(found.steps)
    steps[Step.DISTRIBUTIONS] += paid
    steps[Step.CARRY_PAID] = -paid
    steps[Step.CARRY_ACCRUED] = first.accrued - last.accrued
    return replace(
        found,
        opening=found.opening - first.accrued,
        closing=found.closing - last.accrued,
        steps=tuple((step, steps[step]) for step in Step),
        before_carry=(found.opening, found.closing),
    )


def _change(accounts: Accounts, name: str, cell: int, first: int, last: int) -> int:
    sums = accounts.curves.sums[name][cell]
    return int(sums[last] - sums[first])


def _holding(accounts: Accounts, cell: int, pk: int, first: int, last: int) -> HoldingBridge:
    def change(name: str) -> int:
        return _change(accounts, name, cell, first, last)

    values = accounts.fair_values[cell]
    opening, closing = int(values[first]), int(values[last])
    exchange = change("fx")
    return HoldingBridge(
        holding=pk,
        opening=opening,
        invested=change("cost") - exchange,
        proceeds=change("proceeds"),
        realised=change("gained") - change("lost"),
        unrealised=closing - opening - change("cost") + change("relieved"),
        exchange=exchange,
        income=change("income"),
        closing=closing,
    )

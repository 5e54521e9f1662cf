"""Whole-number models whose goals are reached one after another, each fixed before the next, by HiGHS.

Large models are first solved without wholeness. What that answer prices out (reduced costs) cannot be part of any
optimum, so that the whole-number search runs on the small rest; its proof covers the whole model. Where these prices
leave too much, closer ones are found (see ``prices``). All results are checked in exact arithmetic.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from numpy.typing import NDArray

from talent.rules.matching.prices import Block, Paid, sharpened

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_array

Vector = NDArray[np.int64]
LARGE = 600
"""Variables from which on the relaxed model is solved first."""
ROUND = 1e-6
SEVERAL = 3
"""Variables per row that the first search has at least."""
MOST_RADIX = 10_000
"""How far goals are packed into one number: far below what rounding in the solver could blur."""
OPTIMAL, STOPPED, INFEASIBLE = 0, 1, 2


class NoPlan(Exception):
    """No whole-number plan meets the rows."""


class OutOfTime(Exception):
    """The time ended before any plan was found."""


class Wrong(Exception):
    """The solver returned a plan that breaks a row: never used, always shown."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What came of one goal: its value, a proven bound, the difference is the gap."""

    name: str
    value: int
    bound: int
    seconds: float = field(default=0.0, compare=False)

    @property
    def proved(self) -> bool:
        return self.value == self.bound


@dataclass
class Model:
    """Binary variables under ``low ≤ rows · x ≤ high``; goals are minimised in the order in which they are given."""

    rows: "csr_array"
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seconds_left: Callable[[], float] = lambda: math.inf
    large: int = LARGE
    blocks: Mapping[int, Block] = field(default_factory=dict)
    """Capacities by the number of their row, of which no two hold one variable."""
    plan: Vector | None = None
    goals: list[Goal] = field(default_factory=list)
    stopped: bool = False
    live: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=bool))

    def __post_init__(self) -> None:
        if not len(self.live):
            self.live = np.ones(self.rows.shape[1], dtype=bool)

    def drop(self, without: NDArray[np.bool_]) -> None:
        """Keep the variables of the mask at 0 from now on."""
        self.live &= ~without

    def hold(self, cost: Vector, low: float, high: float) -> None:
        """One more row."""
        self.rows = scipy.sparse.csr_array(scipy.sparse.vstack([self.rows, scipy.sparse.csr_array(cost[None, :])]))
        self.low, self.high = np.append(self.low, low), np.append(self.high, high)

    def minimise(self, name: str, cost: Vector) -> Goal:
        """Reach one goal and hold it. Raises NoPlan; OutOfTime only when no plan is known yet."""
        start = time.monotonic()
        least = int(np.minimum(cost[self.live], 0).sum())
        if self.plan is not None and int(cost @ self.plan) == least:
            goal = Goal(name, least, least)
        else:
            goal = self._search(name, cost)
        goal = replace(goal, seconds=time.monotonic() - start)
        self.goals.append(goal)
        self.hold(cost, -np.inf, goal.value)
        return goal

    def _search(self, name: str, cost: Vector) -> Goal:
        if self.seconds_left() <= 0:
            return self._as_is(name, cost)
        if int(self.live.sum()) < self.large:
            found = self._whole(cost, self.live)
            return self._as_is(name, cost) if found is None else Goal(name, *found)
        return self._by_prices(name, cost)

    def _as_is(self, name: str, cost: Vector) -> Goal:
        """The time has ended: the plan that is known stays, and its gap is shown."""
        self.stopped = True
        if self.plan is None:
            raise OutOfTime
        return Goal(name, int(cost @ self.plan), int(np.minimum(cost[self.live], 0).sum()))

    def _by_prices(self, name: str, cost: Vector) -> Goal:
        live = np.flatnonzero(self.live)
        relaxed = self._relaxed(cost, live)
        if relaxed is None:
            return self._as_is(name, cost)
        least, price = float(relaxed.fun), np.zeros(len(cost))
        price[live] = relaxed.lower.marginals
        slack = ROUND * max(1.0, abs(least))
        lowest = math.ceil(least - slack)  # costs are whole numbers
        if self.plan is not None and int(cost @ self.plan) == lowest:
            goal = Goal(name, lowest, lowest)
        else:
            several = np.sort(price[live])[min(len(live) - 1, SEVERAL * self.rows.shape[0])]
            reach = max(lowest - least, float(several)) + slack
            near = self.live & (price <= reach)
            found = self._sharpened(cost, relaxed, near) if self.blocks else None
            found = found or self._among(cost, price, least, reach)
            if found is None:
                return self._as_is(name, cost)
            goal = Goal(name, *found)
        if goal.proved:
            self.drop(price > goal.value - least + slack)
        return goal

    def _sharpened(self, cost: Vector, relaxed: "OptimizeResult", near: NDArray[np.bool_]) -> tuple[int, int] | None:
        """The best plan, proved by closer prices; what they price out is dropped. None where they are of no use."""
        try:
            found = self._whole(cost, near)
        except NoPlan:
            found = None
        if found is None:
            return None
        value, slack = found[0], ROUND * max(1.0, abs(found[0]))
        lowest = math.ceil(float(relaxed.fun) - slack)
        if self.stopped or lowest >= value:
            return value, min(value, lowest)  # the search among the near ones says nothing about the others
        paid = np.ones(self.rows.shape[0], dtype=bool)
        paid[list(self.blocks)] = False
        rows = Paid(
            scipy.sparse.csr_array(self.rows[paid]), self.low[paid], self.high[paid], self._payments(relaxed)[paid]
        )
        blocks, costs = list(self.blocks.values()), cost.astype(np.float64)
        closer = sharpened(rows, blocks, costs, self.live, target=value, seconds_left=self.seconds_left)
        far = closer.forced > value + slack
        self.drop(far & (self.plan == 0) if self.plan is not None else far)
        if math.ceil(closer.bound - slack) >= value or not (self.live & ~near).any():
            return value, value
        if self.seconds_left() <= 0:
            self.stopped = True
            return value, math.ceil(closer.bound - slack)
        value, bound = self._whole(cost, self.live) or found
        return value, max(bound, min(value, math.ceil(closer.bound - slack)))

    def _payments(self, relaxed: "OptimizeResult") -> NDArray[np.float64]:
        """What each row costs in the relaxed model: above 0 where its lower end binds, below 0 where its upper does."""
        same, above, below = self._kinds()
        payments = np.zeros(len(self.low))
        payments[same] = relaxed.eqlin.marginals if same.any() else 0.0
        count = int(above.sum())
        if count or below.any():
            payments[above] = relaxed.ineqlin.marginals[:count]
            payments[below] -= relaxed.ineqlin.marginals[count:]
        return payments

    def _kinds(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows with one value alone, other rows with an upper end, other rows with a lower end."""
        same = self.low == self.high
        return same, ~same & np.isfinite(self.high), ~same & np.isfinite(self.low)

    def _among(self, cost: Vector, price: NDArray[np.float64], least: float, reach: float) -> tuple[int, int] | None:
        """The best plan of variables that cost at most ``reach`` more than nothing, widened until that is proved."""
        while True:
            near = self.live & (price <= reach)
            whole = near.sum() == self.live.sum()
            try:
                found = self._whole(cost, near)
            except NoPlan:
                if whole:
                    raise
                reach = 4 * reach + 1
                continue
            if found is None or whole:
                return found
            value, bound = found
            beyond = math.ceil(least + reach - 2 * ROUND * max(1.0, abs(least)))  # with any dearer variable at least
            if value <= beyond or self.stopped:
                return value, min(bound, beyond)
            reach = value - least + ROUND * max(1.0, abs(least))

    def at_least(self, cost: Vector) -> int:
        """A bound that no plan can be below, from the model without wholeness."""
        relaxed = self._relaxed(cost, np.flatnonzero(self.live))
        if relaxed is None:
            raise OutOfTime
        return math.ceil(float(relaxed.fun) - ROUND * max(1.0, abs(float(relaxed.fun))))

    def _relaxed(self, cost: Vector, live: NDArray[np.int64]) -> "OptimizeResult | None":
        rows = self.rows[:, live]
        same, above, below = self._kinds()
        result = scipy.optimize.linprog(
            cost[live],
            A_ub=scipy.sparse.vstack([rows[above], -rows[below]]) if (above | below).any() else None,
            b_ub=np.concatenate([self.high[above], -self.low[below]]) if (above | below).any() else None,
            A_eq=rows[same] if same.any() else None,
            b_eq=self.low[same] if same.any() else None,
            bounds=(0, 1),
            method="highs",
            options={"time_limit": self._limit()},
        )
        if result.status == INFEASIBLE:
            raise NoPlan
        return result if result.status == OPTIMAL else None

    def _whole(self, cost: Vector, chosen: NDArray[np.bool_]) -> tuple[int, int] | None:
        """Value and proven bound of the best plan of the ``chosen`` variables; None when the time ended without one."""
        at = np.flatnonzero(chosen)
        if not len(at):
            return self._nothing()
        result = scipy.optimize.milp(
            cost[at],
            constraints=scipy.optimize.LinearConstraint(self.rows[:, at], self.low, self.high),
            integrality=1,
            bounds=scipy.optimize.Bounds(0, 1),
            options={"time_limit": self._limit(), "mip_rel_gap": 0},
        )
        if result.status == INFEASIBLE:
            raise NoPlan
        if result.x is None:
            return None
        plan = np.zeros(len(cost), dtype=np.int64)
        plan[at] = np.rint(result.x).astype(np.int64)
        self._check(plan)
        value = int(cost @ plan)
        self.plan = plan if self.plan is None or value <= int(cost @ self.plan) else self.plan
        value = int(cost @ self.plan)
        if result.status == OPTIMAL:
            return value, value
        self.stopped = True
        bound = result.mip_dual_bound
        return value, min(value, math.ceil(bound - ROUND)) if bound is not None and math.isfinite(bound) else value - 1

    def _nothing(self) -> tuple[int, int]:
        """The plan of no variable at all."""
        plan = np.zeros(len(self.live), dtype=np.int64)
        if (self.low > 0).any() or (self.high < 0).any():
            raise NoPlan
        self.plan = plan
        return 0, 0

    def _check(self, plan: Vector) -> None:
        reached = self.rows @ plan
        if (reached < self.low).any() or (reached > self.high).any():
            raise Wrong

    def _limit(self) -> float:
        left = self.seconds_left()
        return max(0.05, left) if math.isfinite(left) else 1e9


def packed(goals: Iterable[tuple[Any, Vector, int]]) -> Iterator[tuple[list[Any], Vector]]:
    """Goals in order of rank as few numbers; each comes with its key and the count of values that it can take.

    Yields the keys that are in a number, and the number's cost. Goals are asked for only when they are needed.
    """
    keys: list[Any] = []
    whole, cost = 1, np.zeros(0, dtype=np.int64)
    for key, own, radix in goals:
        if keys and whole * radix > MOST_RADIX:
            yield keys, cost
            keys, whole = [], 1
        cost = cost * radix + own if keys else own
        keys.append(key)
        whole *= radix
    if keys:
        yield keys, cost


def table(entries: Sequence[tuple[Sequence[int], Sequence[int]]], width: int) -> "csr_array":
    """Rows given as the places of their variables and the numbers there."""
    columns = np.array([place for places, _ in entries for place in places], dtype=np.int64)
    values = np.array([number for _, numbers in entries for number in numbers], dtype=np.int64)
    starts = np.cumsum([0, *(len(places) for places, _ in entries)])
    return scipy.sparse.csr_array(
        (np.array(values, dtype=np.int64), np.array(columns, dtype=np.int64), starts), (len(entries), width)
    )

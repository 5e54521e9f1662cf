"""Internal rates of return of many series at once, with the same statuses as ``xirr`` (domain 4.8, 4.15).

Rows are netted by day in integers, then worked on in blocks that fit the processor's cache. In each block one root is
sought by Newton's method on ln P − ln N (P and N the sums of the positive and of the negative discounted flows), which
is nearly straight. Series of one length whose days ascend take a shorter way to the same end (``_quick``): single
precision comes near the root, one step of Halley's method in double precision reaches it, and the size of that step
bounds what is left. A root is taken as the only one

- when the flows change sign once (Descartes), or
- when the flows discounted at this root, added up from the first to the last but one, never change sign. For
  f(r + y) = y · ∫ B(t)·e^(−yt) dt with B these running sums; B of one sign leaves f(r + y) that sign for all y > 0, and
  the same holds backwards for y < 0.

Everything else goes through the exact search one by one, so that no series gets an answer that ``xirr`` would not give.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from funds.choices.figures import DayCount, IrrStatus
from funds.rules.returns.day_count_arrays import years_between
from funds.rules.returns.roots import HIGHEST, LOWEST, OVERFLOW, ROUNDING, TOLERANCE
from funds.rules.returns.xirr import UNDER_A_YEAR, Irr, solve

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STATUSES = tuple(IrrStatus)
"""What a code of ``BatchIrr.status`` means."""
BLOCK = 1 << 17
"""Flows worked on at a time."""
STEPS = 30
NEAR_STEPS = 4
MANY = 2
"""The short way is taken where a series has at most this many flows for each series of the batch."""
SINGLE = float(np.finfo(np.float32).eps)

_CODE = {status: number for number, status in enumerate(STATUSES)}
_UNSETTLED = -1


@dataclass(frozen=True)
class BatchIrr:
    """One answer for each series: ``status`` as numbers of ``STATUSES``; ``rate`` is NaN except with OK.

    ``under_one_year`` is False where it was not asked (``asked``); ``period_return`` is NaN except with OK and under
    one year. ``several`` holds the rates of series with MULTIPLE. ``searched``: how many series took the exact search.
    """

    status: NDArray[np.int8]
    rate: Floats
    asked: Bools
    under_one_year: Bools
    period_return: Floats
    several: dict[int, tuple[float, ...]] = field(default_factory=dict)
    searched: int = 0

    def answer(self, number: int) -> Irr:
        """The answer of one series, as ``xirr`` gives it."""
        status = STATUSES[self.status[number]]
        rates = (float(self.rate[number]),) if status == IrrStatus.OK else self.several.get(number, ())
        short = bool(self.under_one_year[number]) if self.asked[number] else None
        period = float(self.period_return[number]) if status == IrrStatus.OK and short else None
        return Irr(status, rates, short, period)


def batch_xirr(
    series: Ints,
    days: Ints,
    amounts: Ints,
    count: int,
    *,
    day_count: DayCount = DayCount.ACT_365F,
    workers: int = 1,
) -> BatchIrr:
    """The internal rate of return of ``count`` series, whose rows are given by column in any order.

    series: number of the series from 0; days: counted from 2000-01-01; amounts: fen, contributions negative. A series
    without rows has SAME_SIGN, as nothing moved. ``workers`` threads share the blocks.
    """
    found = BatchIrr(
        status=np.full(count, _CODE[IrrStatus.SAME_SIGN], np.int8),
        rate=np.full(count, np.nan),
        asked=np.zeros(count, bool),
        under_one_year=np.zeros(count, bool),
        period_return=np.full(count, np.nan),
    )
    size = _common_length(series, count)
    # The short way walks column by column, which pays for many series alone.
    if 1 < size <= MANY * count:
        table = _Table(days.reshape(count, size), amounts.reshape(count, size))
        step = max(1, BLOCK // size)
        parts = _shared(workers, lambda low: _quick(table, low, low + step, day_count, found), range(0, count, step))
        left = np.concatenate(parts)
        if not len(left):
            return found
        series, days, amounts = np.repeat(left, size), table.days[left].ravel(), table.amounts[left].ravel()
    blocks = list(_blocks(_solvable(_netted(series, days, amounts), found)))
    rests = _shared(workers, lambda block: _fast(block, day_count, found), blocks)
    for block, rest in zip(blocks, rests, strict=True):
        for row in rest.tolist():
            _exact(block, row, day_count, found)
    return replace(found, searched=sum(len(rest) for rest in rests))


Part = TypeVar("Part")


def _shared(workers: int, work: Callable[[Part], Ints], parts: Iterable[Part]) -> list[Ints]:
    """``work`` done on each part, by some threads: arrays are worked on without the interpreter's lock."""
    if workers == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, parts))


def _common_length(series: Ints, count: int) -> int:
    """How many rows every series has, where they stand together in rising order; 0 where that is not so."""
    size, rest = divmod(len(series), count) if count else (0, 0)
    if rest or size == 0:
        return 0
    table, number = series.reshape(count, size), np.arange(count)[:, None]
    # By blocks, which stop at the first difference and stay in the cache.
    step = max(1, BLOCK // size)
    same = all((table[low : low + step] == number[low : low + step]).all() for low in range(0, count, step))
    return size if same else 0


@dataclass(frozen=True, slots=True)
class _Table:
    """Series of one length, one a row, as they came in."""

    days: Ints
    amounts: Ints


def _quick(table: _Table, low: int, high: int, day_count: DayCount, found: BatchIrr) -> Ints:
    """Settle the series of some rows whose answer is plain; return the numbers of all others."""
    days, raw = table.days[low:high], table.amounts[low:high]
    series = np.arange(low, low + len(days))
    short = days[:, -1] - days[:, 0] < UNDER_A_YEAR
    with np.errstate(all="ignore"):
        times = years_between(days[:, :1], days, day_count)
        amounts = raw.astype(np.float64)
        x, settled = _halley(times, amounts, _near(times, amounts))
        # What is netted within a day, or to nothing, leaves the equation as it is, but not on the first or last day.
        settled &= (days[:, 1:] >= days[:, :-1]).all(axis=1) & (raw[:, 0] != 0) & (raw[:, -1] != 0)
        settled &= (days[:, 0] < days[:, 1]) & (days[:, -2] < days[:, -1]) & (x >= LOWEST) & (x <= HIGHEST)
        done = series[settled]
        found.rate[done] = np.expm1(x)[settled]
        found.period_return[done] = np.where(short, np.expm1(x * times[:, -1]), np.nan)[settled]
    found.status[done] = _CODE[IrrStatus.OK]
    found.asked[done] = True
    found.under_one_year[done] = short[settled]
    return series[~settled]


def _near(times: Floats, amounts: Floats) -> Floats:
    """A root of each row to about five digits, by Newton's method on ln P − ln N in single precision."""
    years, flows = times.astype(np.float32), amounts.astype(np.float32)
    inflow = np.maximum(flows, 0)
    outflow = inflow - flows
    sums = [inflow, outflow, inflow * years, outflow * years]
    x = np.zeros((len(times), 1), np.float32)
    factors = np.ones_like(years)
    for step in range(NEAR_STEPS):
        if step:
            factors = np.exp(-x * years)
        above, below, above_times, below_times = (np.vecdot(each, factors)[:, None] for each in sums)
        x -= np.log(above / below) / (below_times / below - above_times / above)
    return x[:, 0].astype(np.float64)


def _halley(times: Floats, amounts: Floats, x: Floats) -> tuple[Floats, Bools]:
    """One step of Halley's method from near roots, and whether it reached them and each is the only one of its row.

    What is left after a step h is about (h · T)² · h. The running sums are taken before the step, so that a margin of
    h · T · Σ |discounted| covers what the step changes in them.
    """
    discounted = amounts * np.exp(-x[:, None] * times)
    span = times[:, -1]
    ones = np.ones(times.shape[1])
    value, slope = np.vecdot(discounted, ones), -np.vecdot(discounted, times)
    curvature = np.vecdot(discounted, times * times)
    step = 2 * value * slope / (2 * slope * slope - value * curvature)
    size = np.vecdot(np.abs(discounted), ones)
    lowest, highest = _running_bounds(discounted)
    margin = (SINGLE * times.shape[1] + ROUNDING * np.abs(x) * span + np.abs(step) * span) * size
    only = (lowest > margin) | (highest < -margin)
    reached = (np.abs(step) ** 3 * np.maximum(1.0, span) ** 2) <= TOLERANCE * np.maximum(1.0, np.abs(x))
    return x - step, only & reached


def _running_bounds(discounted: Floats) -> tuple[Floats, Floats]:
    """Least and largest of each row's running sums but the last, in single precision: column by column is quickest."""
    columns = np.ascontiguousarray(discounted.T.astype(np.float32))
    running = columns[0].copy()
    least, most = running.copy(), running.copy()
    for column in columns[1:-1]:
        running += column
        np.minimum(least, running, out=least)
        np.maximum(most, running, out=most)
    return least.astype(np.float64), most.astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Netted rows by series and day; ``first`` and ``length`` say where the rows of a series are."""

    days: Ints
    amounts: Ints
    series: Ints
    first: Ints
    length: Ints


def _netted(series: Ints, days: Ints, amounts: Ints) -> _Rows:
    """Rows in the order of series and day, those of one day added up exactly."""
    same_series = series[1:] == series[:-1]
    in_order = (series[1:] > series[:-1]) | (same_series & (days[1:] >= days[:-1]))
    if not in_order.all():
        order = np.lexsort((days, series))
        series, days, amounts = series[order], days[order], amounts[order]
        same_series = series[1:] == series[:-1]
    repeated = same_series & (days[1:] == days[:-1])
    if repeated.any():
        starts = np.flatnonzero(np.append(True, ~repeated)[: len(series)])
        series, days, amounts = series[starts], days[starts], np.add.reduceat(amounts, starts)
        same_series = series[1:] == series[:-1]
    first = np.flatnonzero(np.append(True, ~same_series)[: len(series)])
    return _Rows(days, amounts, series[first], first, np.diff(np.append(first, len(days))))


def _solvable(rows: _Rows, found: BatchIrr) -> _Rows:
    """Write the statuses that need no search; return the rows that differ from zero of all other series."""
    if not len(rows.first):
        return rows
    gains = np.maximum.reduceat(rows.amounts, rows.first) > 0
    losses = np.minimum.reduceat(rows.amounts, rows.first) < 0
    last = rows.amounts[rows.first + rows.length - 1]
    status = np.full(len(rows.first), _CODE[IrrStatus.SAME_SIGN], np.int8)
    status[losses & ~gains & (last == 0)] = _CODE[IrrStatus.TOTAL_LOSS]
    status[rows.length == 1] = _CODE[IrrStatus.SINGLE_DATE]
    both = gains & losses & (rows.length > 1)
    status[both] = _UNSETTLED
    found.status[rows.series] = status
    found.asked[rows.series] = both
    moved = rows.amounts != 0
    if both.all() and moved.all():
        return rows
    keep = moved & np.repeat(both, rows.length)
    length = np.add.reduceat(keep.astype(np.int64), rows.first)[both]
    first = np.cumsum(length) - length
    return _Rows(rows.days[keep], rows.amounts[keep], rows.series[both], first, length)


@dataclass(frozen=True, slots=True)
class _Block:
    """Some series of like length as a table: one row a series, padded at the end with amounts of 0 on the last day."""

    series: Ints
    days: Ints
    amounts: Ints
    length: Ints


def _blocks(rows: _Rows) -> Iterator[_Block]:
    """The series in blocks, those of like length together so that little is padded."""
    if not len(rows.first):
        return
    order = np.argsort(rows.length, kind="stable")
    at = 0
    while at < len(order):
        # Lengths rise along the order: the longest of a block is its last.
        size = max(1, BLOCK // int(rows.length[order[at]]))
        chosen = order[at : at + size]
        longest = int(rows.length[chosen[-1]])
        if len(chosen) > 1 and longest > 2 * int(rows.length[chosen[0]]):
            chosen = chosen[rows.length[chosen] <= 2 * rows.length[chosen[0]]]
            longest = int(rows.length[chosen[-1]])
        at += len(chosen)
        length = rows.length[chosen]
        column = np.arange(longest)
        place = rows.first[chosen, None] + np.minimum(column, length[:, None] - 1)
        amounts = rows.amounts[place]
        if int(length[0]) != longest:
            amounts[column >= length[:, None]] = 0
        yield _Block(rows.series[chosen], rows.days[place], amounts, length)


def _fast(block: _Block, day_count: DayCount, found: BatchIrr) -> Ints:
    """Settle what one root proves; return the rows of the block that are left for the exact search."""
    first = block.days[:, :1]
    short = block.days[:, -1] - block.days[:, 0] < UNDER_A_YEAR
    found.under_one_year[block.series] = short
    times = years_between(np.broadcast_to(first, block.days.shape), block.days, day_count)
    amounts = block.amounts.astype(np.float64)
    with np.errstate(all="ignore"):
        x, settled = _newton(times, amounts)
        once = _sign_changes(block) == 1
        settled &= (x >= LOWEST) & (x <= np.where(once, OVERFLOW, HIGHEST))
        doubtful = np.flatnonzero(settled & ~once)
        if len(doubtful):
            settled[doubtful] = _is_only(times[doubtful], amounts[doubtful], x[doubtful], block.length[doubtful])
        rate = np.expm1(x)
        period = np.expm1(x * (times[:, -1] - times[:, 0]))
    done = block.series[settled]
    found.status[done] = _CODE[IrrStatus.OK]
    found.rate[done] = rate[settled]
    found.period_return[done] = np.where(short, period, np.nan)[settled]
    return np.flatnonzero(~settled)


def _sign_changes(block: _Block) -> Ints:
    """How often the sign changes along each row; the padding never adds one."""
    falls = block.amounts < 0
    changes = (falls[:, 1:] != falls[:, :-1]).sum(axis=1)
    # A padding of zeros after a negative last flow looks like one change more.
    padded = block.length < block.amounts.shape[1]
    return changes - (padded & falls[np.arange(len(falls)), block.length - 1])


def _newton(times: Floats, amounts: Floats) -> tuple[Floats, Bools]:
    """A root of each row, and whether it is one to the tolerance of ``roots``."""
    inflow, outflow = np.maximum(amounts, 0.0), np.maximum(-amounts, 0.0)
    weights = np.stack([inflow, outflow, inflow * times, outflow * times])
    x = np.zeros(len(times))
    settled = np.zeros(len(times), bool)
    active = np.arange(len(times))
    factors = np.ones_like(times)
    for _step in range(STEPS):
        above, below, above_times, below_times = np.einsum("kij,ij->ki", weights, factors)
        # d/dx (ln P − ln N) = mean time of the outflows − mean time of the inflows.
        step = np.log(above / below) / (below_times / below - above_times / above)
        now = x[active] - step
        x[active] = now
        done = np.abs(step) <= TOLERANCE * np.maximum(1.0, np.abs(now))
        settled[active[done]] = True
        going = ~done & np.isfinite(step) & (now > LOWEST - 10) & (now < OVERFLOW + 10)
        if not going.any():
            break
        if not going.all():
            active, times, weights = active[going], times[going], weights[:, going]
        factors = np.exp(-x[active, None] * times)
    return x, settled


def _is_only(times: Floats, amounts: Floats, x: Floats, length: Ints) -> Bools:
    """Whether the flows discounted at x, added up to the last but one, keep one sign by more than rounding."""
    discounted = amounts * np.exp(-x[:, None] * times)
    running = discounted.cumsum(axis=1)
    noise = ROUNDING * (length + np.abs(x) * times[:, -1]) * np.abs(discounted).sum(axis=1)
    inside = np.arange(amounts.shape[1]) < length[:, None] - 1
    lowest = np.where(inside, running, np.inf).min(axis=1)
    highest = np.where(inside, running, -np.inf).max(axis=1)
    return (lowest > noise) | (highest < -noise)


def _exact(block: _Block, row: int, day_count: DayCount, found: BatchIrr) -> None:
    length, number = int(block.length[row]), int(block.series[row])
    days = block.days[row, :length]
    times = years_between(np.full(length, days[0]), days, day_count)
    answer = solve(
        times.tolist(), block.amounts[row, :length].tolist(), under_one_year=bool(found.under_one_year[number])
    )
    found.status[number] = _CODE[answer.status]
    if answer.rate is not None:
        found.rate[number] = answer.rate
        found.period_return[number] = np.nan if answer.period_return is None else answer.period_return
    if answer.status == IrrStatus.MULTIPLE:
        found.several[number] = answer.rates

"""The loss rate of all funds over time, as arrays: funds × dates.

The rule book decides once for each stretch of dates on which a fund's policies and stages stay the same; within a
stretch its reading and its cap are applied to whole arrays. Arrays are floats of fen, exact up to 2⁵³ fen; where a
loss lies so near its cap that a float could err, the exact sums of that fund and date decide.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from funds.choices.tolerance import (
    Basis,
    CapState,
    CapTest,
    Denominator,
    MoneyView,
    Netting,
    ToleranceStatus,
    WarningLevel,
)
from funds.models import Fund
from funds.queries.answers import Answer, answer
from funds.queries.cells import contribution
from funds.queries.columns import load_columns, moment_number
from funds.queries.curves import Curves, cumulate
from funds.queries.holdings import first_losses_of, government_share_of
from funds.queries.interests import mothers_ever
from funds.queries.look_through import looks_through
from funds.queries.money_terms import MoneyTerms, gain_plan
from funds.queries.overview import overview
from funds.queries.policies import Bound, PolicyBook, load_policies, thresholds
from funds.queries.questions import Target, question
from funds.queries.sums import Moment
from funds.queries.timeline import figures_of
from funds.rules.theta import Theta
from funds.rules.waterfall import Plan

Floats = np.ndarray
STATUSES = tuple(ToleranceStatus)
LEVELS = tuple(WarningLevel)


@dataclass(frozen=True, slots=True)
class CityTimeline:
    """Arrays of funds × dates, each for the document nearest to its cap (``funds.queries.answers.nearest``).

    ``numerator`` and ``denominator`` in fen (floats) in the money view of the policy's reading; ``rate``, ``cap`` and
    ``utilisation`` are NaN where there is none. ``status`` and ``level`` are numbers of STATUSES and LEVELS.
    ``decided_exactly`` counts the entries that the exact sums decided.
    """

    funds: tuple[Fund, ...]
    dates: tuple[date, ...]
    numerator: Floats
    denominator: Floats
    rate: Floats
    cap: Floats
    utilisation: Floats
    status: np.ndarray
    level: np.ndarray
    decided_exactly: int


@dataclass(frozen=True, slots=True)
class _FundCurves:
    """One fund's cells and totals as floats along the dates."""

    fund: Fund
    numbers: list[int]
    cells: list[dict[str, Any]]
    totals: Mapping[str, Floats]
    share: Floats
    first_loss: Floats
    own_loss: Floats
    gains: Callable[[int], Plan | None]
    """How a gain is shared at one of the dates."""


def city_timeline(dates: Sequence[date], known_at: datetime) -> CityTimeline:
    """The time line of every fund (by code) at ``dates`` (ascending), as known at a moment.

    Eleven statements at most; six for each date besides where a policy looks through sub-funds.
    """
    funds = list(Fund.objects.order_by("code"))
    book = load_policies()
    with_income = any(
        rule.theta.get("netting") == Netting.WITHIN_PROJECT and rule.theta.get("income") for rule in book.rules.values()
    )
    columns = load_columns(None, dates[-1], known_at)
    curves = cumulate(columns, dates, moment_number(known_at), with_income=with_income)
    del columns
    shape = (len(funds), len(dates))
    result = CityTimeline(
        tuple(funds), tuple(dates), *(np.full(shape, np.nan) for _ in range(5)),
        np.full(shape, STATUSES.index(ToleranceStatus.NO_RULE), np.int8),
        np.full(shape, LEVELS.index(WarningLevel.NONE), np.int8), 0,
    )  # fmt: skip
    near: dict[int, list[int]] = defaultdict(list)
    terms = MoneyTerms(None)
    mothers = mothers_ever() if looks_through(book) else frozenset()
    for row, own in enumerate(_by_fund(curves, funds, terms, [Moment(day, known_at) for day in dates])):
        if own.fund.pk in mothers:
            for at in range(len(dates)):
                near[at].append(row)
            continue
        for first, last, asked in _stretches(own, curves, book, dates, known_at):
            for at in _fill(result, row, own, slice(first, last), asked):
                near[at].append(row)
    decided = _decide_exactly(result, near, known_at)
    return CityTimeline(*(getattr(result, name) for name in CityTimeline.__slots__[:-1]), decided)


def _by_fund(curves: Curves, funds: Sequence[Fund], terms: MoneyTerms, moments: Sequence[Moment]) -> list[_FundCurves]:
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, (fund_id, _stage, _mode) in enumerate(curves.cells):
        numbers[fund_id].append(number)
    whole = {name: sums.astype(np.float64) for name, sums in curves.sums.items()}
    for name, rest in curves.rest.items():
        whole[name] += rest
    whole["rem"] = whole["cost"] - whole["relieved"]
    rows = {fund_id: row for row, fund_id in enumerate(curves.funds.tolist())}
    nothing = np.zeros(next(iter(curves.sums.values())).shape[1])
    found = []
    for fund in funds:
        row = rows.get(fund.pk)
        paid_in = nothing if row is None else curves.totals["paid_in"][row]
        found.append(
            _FundCurves(
                fund,
                numbers[fund.pk],
                [
                    {name: sums[number] for name, sums in whole.items()} | {"stage": curves.cells[number][1]}
                    for number in numbers[fund.pk]
                ],
                {
                    name: nothing if row is None else sums[row].astype(np.float64)
                    for name, sums in curves.totals.items()
                },
                *_dated(fund, terms, moments, paid_in),
            )
        )
    return found


def _dated(
    fund: Fund, terms: MoneyTerms, moments: Sequence[Moment], paid_in: Floats
) -> tuple[Floats, Floats, Floats, Callable[[int], Plan | None]]:
    """The government's share, the first losses of the others and of the government along the dates, and the gains."""
    if not terms.speaks_of(fund.pk):
        size = len(moments)
        whole = np.full(size, float(fund.government_share)), np.full(size, float(fund.others_first_loss_fen))
        return *whole, np.zeros(size), lambda _at: None
    rows = [terms.at(fund.pk, moment) for moment in moments]
    shares = [float(government_share_of(fund, row)) for row in rows]
    losses = [
        first_losses_of(fund, row, int(paid), int(paid * share))
        for row, paid, share in zip(rows, paid_in, shares, strict=True)
    ]
    others, own = ([float(each[side]) for each in losses] for side in (0, 1))
    return np.array(shares), np.array(others), np.array(own), lambda at: gain_plan(rows[at])


def _stretches(
    own: _FundCurves, curves: Curves, book: PolicyBook, dates: Sequence[date], known_at: datetime
) -> list[tuple[int, int, list[Answer]]]:
    """First date, date after the last, and the answers at the first, for each stretch of equal rules."""
    changes = book.change_days(own.fund.pk)
    state = np.array([bisect_right(changes, day) for day in dates], np.int64)
    life = book.life(own.fund, Moment(dates[0], known_at))
    ended, exited = (
        np.array([end is not None and day >= end for day in dates]) for end in (life.until, life.exiting_until)
    )
    remaining = sum((cell["rem"] for cell in own.cells), np.zeros(len(dates)))
    state = state * 8 + ended + 2 * (ended & (remaining == 0)) + 4 * exited
    for cell in own.cells:
        state = state * 2 + (cell["cost"] > 0)
    starts = [0, *(np.flatnonzero(state[1:] != state[:-1]) + 1).tolist(), len(dates)]
    found = []
    for first, last in pairwise(starts):
        moment = Moment(dates[first], known_at)
        # Rule, reading and cap follow from what is held; whose money it is plays no part in them.
        figures = figures_of(curves, own.fund, own.numbers, first, {})
        asked = question(Target.of_fund(own.fund), [own.fund], figures.occurring(), moment, book)
        bound: list[Bound] | list[None] = book.bound(moment, fund_id=own.fund.pk) or [None]
        found.append((first, last, [answer(asked, figures, book, each, moment, readings=False) for each in bound]))
    return found


def _fill(result: CityTimeline, row: int, own: _FundCurves, dates: slice, answers: Sequence[Answer]) -> list[int]:
    """Write one stretch into the arrays; return the dates whose status floats cannot tell."""
    near: set[int] = set()
    for number, each in enumerate(answers):
        theta = each.resolved.theta
        numerator, denominator = _rate(own, theta, dates)
        loss = np.maximum(0, numerator)
        effective, base, status = _caps(own, each, dates, loss, denominator)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(denominator != 0, loss / denominator, np.nan)
            utilisation = np.where(denominator != 0, loss / (effective * denominator), np.nan)
        level = _levels(each, utilisation, loss, denominator, effective)
        better = np.ones(len(loss), bool)
        if number:
            present = result.utilisation[row, dates]
            better = np.isnan(present) | (utilisation > present)
        for name, values in (
            ("numerator", numerator), ("denominator", denominator), ("rate", rate), ("cap", effective),
            ("utilisation", utilisation), ("status", status), ("level", level),
        ):  # fmt: skip
            target = getattr(result, name)[row, dates]
            target[better] = np.broadcast_to(values, len(loss))[better]
        margin = 1 + 1e-13 * denominator
        close = (np.abs(loss - base * denominator) <= margin) | (np.abs(loss - effective * denominator) <= margin)
        near |= {dates.start + int(at) for at in np.flatnonzero(close & (denominator != 0))}
    return sorted(near)


def _rate(own: _FundCurves, theta: Theta, dates: slice) -> tuple[Floats, Floats]:
    """N and Den as ``funds.rules.loss.rate_from_totals`` along the dates; scope is the whole fund."""
    cells = [{name: values[dates] for name, values in cell.items() if name != "stage"} for cell in own.cells]
    totals = {name: values[dates] for name, values in own.totals.items()}
    nothing = np.zeros(dates.stop - dates.start)
    numerator = nothing + contribution(cells, theta)
    fees = totals["fees"] if theta.fees else nothing
    if theta.basis == Basis.NAV_SHORTFALL:
        fees = totals["fees"] - totals["other_income"]
    numerator = numerator + fees
    match theta.denominator:
        case Denominator.PAID_IN:
            denominator = totals["paid_in"]
        case Denominator.COMMITTED:
            denominator = nothing + own.fund.committed_fen
        case Denominator.EXITED_COST:
            denominator = sum((cell["relieved"] for cell in cells), nothing)
        case _:
            denominator = sum((cell["cost"] for cell in cells), nothing)
            denominator = denominator + (fees if theta.denominator == Denominator.INVESTED_COST else 0)
    if theta.money_view == MoneyView.FUND_TOTAL:
        return numerator, denominator
    return _government(own, dates, numerator, totals["paid_in"]), own.share[dates] * denominator


def _government(own: _FundCurves, dates: slice, numerator: Floats, paid_in: Floats) -> Floats:
    """``funds.rules.loss.government_part`` along the dates."""
    share = own.share[dates]
    others = np.minimum(own.first_loss[dates], paid_in * (1 - share))
    own_first = np.minimum(own.own_loss[dates], paid_in * share)
    first = np.maximum(others, own_first)
    base = paid_in - first
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(base > 0, (share * paid_in - own_first) / base, 0) * np.maximum(0, numerator - first)
    part = part + np.minimum(numerator, own_first)
    # While nothing is paid in, the stated share holds and nobody bears a first loss.
    found = np.where((numerator <= 0) | (paid_in == 0), share * numerator, part)
    for at in np.flatnonzero((numerator < 0) & (paid_in > 0)).tolist():
        plan = own.gains(dates.start + at)
        if plan is not None:
            gain = plan.government_gain(Fraction(-float(numerator[at])), round(share[at] * paid_in[at]))
            found[at] = -float(gain)
    return found


def _caps(
    own: _FundCurves, each: Answer, dates: slice, loss: Floats, denominator: Floats
) -> tuple[Floats, Floats, np.ndarray]:
    """Effective cap, base cap and status along the dates."""
    size = dates.stop - dates.start
    none = np.full(size, np.nan)
    terms = None if each.problem else each.terms
    if terms is None or terms.cap is None:
        return none, none, np.full(size, STATUSES.index(each.tolerance.status), np.int8)
    base = np.full(size, float(terms.cap))
    if each.mixed:
        caps = {c.stage: 1.0 if c.cap_state == CapState.NOT_LIMITED else float(c.cap or 0) for c in each.mixed}
        costs = [(cell["cost"][dates], caps.get(cell["stage"], 0.0)) for cell in own.cells]
        total = sum(cost for cost, _ in costs)
        base = sum(cost * cap for cost, cap in costs) / total
    special = terms.special if terms.special is not None and terms.special.is_open else None
    effective = np.full(size, float(special.cap)) if special else base
    keeps = np.less_equal if terms.test == CapTest.LE else np.less
    status = np.full(size, STATUSES.index(ToleranceStatus.EXCEEDED), np.int8)
    if special:
        status[keeps(loss, effective * denominator)] = STATUSES.index(ToleranceStatus.WITHIN_SPECIAL_TIER)
    status[keeps(loss, base * denominator)] = STATUSES.index(ToleranceStatus.WITHIN)
    status[denominator == 0] = STATUSES.index(ToleranceStatus.NO_DATA)
    return np.where(denominator == 0, np.nan, effective), base, status


def _levels(each: Answer, used: Floats, loss: Floats, denominator: Floats, effective: Floats) -> np.ndarray:
    limits = thresholds(each.rule)
    level = np.full(len(used), LEVELS.index(WarningLevel.NONE), np.int8)
    tested = ~np.isnan(effective) & (denominator != 0)
    level[tested] = LEVELS.index(WarningLevel.GREEN)
    for name, limit in (
        (WarningLevel.YELLOW, limits.yellow), (WarningLevel.ORANGE, limits.orange), (WarningLevel.RED, limits.red),
    ):  # fmt: skip
        level[tested & (used >= float(limit))] = LEVELS.index(name)
    level[tested & (effective == 0) & (loss > 0)] = LEVELS.index(WarningLevel.RED)
    return level


def _decide_exactly(result: CityTimeline, near: Mapping[int, Sequence[int]], known_at: datetime) -> int:
    """Take the answers from the exact sums where floats cannot tell or a policy looks through; how many those were."""
    for at, rows in near.items():
        funds = [result.funds[row] for row in rows]
        for row, line in zip(rows, overview(result.dates[at], known_at, funds=funds, readings=False), strict=True):
            main = line.main
            result.status[row, at] = STATUSES.index(main.tolerance.status)
            result.level[row, at] = LEVELS.index(main.tolerance.level)
            for name, value in (
                ("numerator", main.rate.numerator_signed), ("denominator", main.rate.denominator),
                ("rate", main.rate.rate), ("cap", main.tolerance.effective_cap),
                ("utilisation", main.tolerance.utilisation),
            ):  # fmt: skip
                getattr(result, name)[row, at] = np.nan if value is None else float(value)
    return sum(len(rows) for rows in near.values())

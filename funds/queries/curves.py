"""Sums of holdings at many dates: every row is read once, its effect is cumulated along the dates.

Plain sums (cost, relieved, gains, …) are added to the first date on which their row counts and cumulated. Fair value
and impairment are states of a holding that change on the days of its events and valuations only; they are computed
once for each such day by the closed form of ``funds.queries.sums``, and their change is added to the first date from
that day on. So the work grows with rows + funds × dates, not with holdings × dates.

All amounts are exact integers of fen, except what partial exits scale: of it the floor is kept as an integer and the
rest, at least 0 and below 1 fen for each such holding, is added as a float in ``rest``. A sum over n such holdings is
off by less than n · 2⁻⁴⁰ fen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from funds.queries.columns import (
    CALLED,
    DISTRIBUTED,
    EXITED,
    FEES,
    INCOME,
    INVESTED,
    RESTATED,
    Columns,
    Ints,
    day_number,
)  # fmt: skip
from funds.queries.columns import EPOCH as FIRST_DAY
from funds.queries.day_states import Days, Moves, days_of, split
from funds.rules.figures import Money
from funds.rules.ledger import Event, HoldingFold, Valuation, counted_events

TOTALS = ("paid_in", "distributions", "fees", "other_income")
CHUNK = 20_000
"""Holdings worked on at a time: bounds the memory."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Cumulated sums: ``sums[name][cell, date]`` in fen, and ``rest[name]`` for what is scaled.

    Cells are (fund, stage, mode). Names: cost, fx, relieved, proceeds, lost, gained, income; impairment; below and
    above (Σ max(0, rem − fv), Σ max(0, fv − rem)); within_<basis> (Σ of losses net of the same holding's gains), and
    within_<basis>_income where income counts as a gain.
    ``totals[name][fund, date]``: paid_in, distributions, fees, other_income.
    """

    cells: tuple[tuple[int, str, str], ...]
    funds: Ints
    sums: dict[str, Ints]
    rest: dict[str, np.ndarray]
    totals: dict[str, Ints]


def cumulate(columns: Columns, dates: Sequence[date], known: int, *, with_income: bool = True) -> Curves:
    """The sums at each of ``dates`` (ascending), from rows known at the moment number ``known``.

    ``with_income`` False leaves out the sums that set income off within each project, which need a state of every
    holding for each day with income.
    """
    days = np.array([day_number(day) for day in dates], np.int64)
    labels = list(zip(columns.owner.tolist(), columns.stages, columns.modes, strict=True))
    keys = sorted(set(labels))
    place = {key: number for number, key in enumerate(keys)}
    cell_of = np.array([place[label] for label in labels], np.int64)
    adder = _Adder((len(keys), len(days)))
    lows = range(0, len(labels), CHUNK)
    chunks = [columns.holdings[low : low + CHUNK] for low in lows]
    first, last = ([chunk[at] for chunk in chunks] for at in (0, -1))
    of_events, of_values = (_spans(rows, first, last) for rows in (columns.events, columns.values))
    for low, chunk, events, values in zip(lows, chunks, of_events, of_values, strict=True):
        _add_chunk(adder, events, values, days, known, chunk, cell_of[low : low + CHUNK], tuple(columns.plain),
                   with_income=with_income)  # fmt: skip
    adder.cumulate()
    plain = list(columns.plain)
    cells = cell_of[np.searchsorted(columns.holdings, plain)].tolist()
    for pk, cell, values in zip(plain, cells, _spans(columns.values, plain, plain), strict=True):
        adder.add_plain(cell, _walk(columns.plain[pk], _valuations(pk, values, known), dates, known))
    rows = columns.fund_events
    rows = rows[(rows["known"] <= known) & (rows["day"] <= days[-1])]
    funds = np.unique(np.concatenate([columns.owner, rows["fund"]]))
    return Curves(tuple(keys), funds, adder.whole, adder.rest, _totals(rows, funds, days))


def _spans(rows: np.ndarray, first: Sequence[int], last: Sequence[int]) -> Iterator[np.ndarray]:
    """The rows of the holdings from each of ``first`` to the same place of ``last``.

    A column of a structured array is copied by each search in it, so all of them are one.
    """
    column = np.ascontiguousarray(rows["holding"])
    begins, ends = np.searchsorted(column, first), np.searchsorted(column, last, side="right")
    return (rows[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True))


class _Adder:
    """Adds amounts to cells and dates, then cumulates them along the dates."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.whole: dict[str, Ints] = {}
        self.rest: dict[str, np.ndarray] = {}

    def add(self, name: str, target: Ints, amounts: Ints) -> None:
        """Add whole fen; ``target`` is cell · dates + date."""
        total = self.whole.setdefault(name, np.zeros(self.shape, np.int64))
        np.add.at(total.reshape(-1), target, amounts)

    def add_rest(self, name: str, target: Ints, amounts: np.ndarray) -> None:
        """Add what lies beyond whole fen."""
        total = self.rest.setdefault(name, np.zeros(self.shape))
        if amounts.any():
            np.add.at(total.reshape(-1), target, amounts)

    def cumulate(self) -> None:
        for each in (self.whole, self.rest):
            for name, amounts in each.items():
                each[name] = amounts.cumsum(axis=1)

    def add_plain(self, cell: int, walk: Iterator[tuple[int, HoldingFold]]) -> None:
        """Add the states of one holding, date by date, to the cumulated sums."""
        for at, position in walk:
            for name, amount in _plain_measures(position).items():
                if name in self.whole:
                    floor, part = split(amount)
                    self.whole[name][cell, at] += floor
                    self.rest[name][cell, at] += part


def _add_chunk(  # noqa: PLR0917 - one step of one loop
    adder: _Adder, events: np.ndarray, values: np.ndarray, days: Ints, known: int, holdings: Ints, cell_of: Ints,
    plain: tuple[int, ...], *, with_income: bool,
) -> None:  # fmt: skip
    events = events[(events["known"] <= known) & (events["day"] <= days[-1])]
    values = values[(values["known"] <= known) & (values["gone"] > known) & (values["day"] <= days[-1])]
    dates = len(days)
    holding = np.searchsorted(holdings, events["holding"])
    code, amount, relieved = events["code"], events["amount"], events["relieved"]
    lost, gained = _realised(relieved, amount, code == EXITED)
    target = cell_of[holding] * dates + np.searchsorted(days, events["day"])
    for name, amounts in {
        "cost": np.where((code == INVESTED) | (code == RESTATED), amount, 0),
        "fx": np.where(code == RESTATED, amount, 0),
        "relieved": relieved,
        "proceeds": np.where(code == EXITED, amount, 0),
        "lost": lost,
        "gained": gained,
        "income": np.where(code == INCOME, amount, 0),
    }.items():
        adder.add(name, target, amounts)
    moving = (code != INCOME) | with_income
    if plain:
        moving &= ~np.isin(events["holding"], plain)
        values = values[~np.isin(values["holding"], plain)]
    moves = Moves(holding[moving], events["day"][moving], code[moving], amount[moving], relieved[moving],
                   (lost - gained)[moving])  # fmt: skip
    state = days_of(moves, np.searchsorted(holdings, values["holding"]), values, with_income=with_income)
    sampling = _sampling(dates, days, cell_of, state)
    for name, whole, rest in _measures(state):
        adder.add(name, sampling.target, sampling.change(whole))
        adder.add_rest(name, sampling.target, sampling.change(rest))


def _realised(relieved: Ints, amount: Ints, exits: np.ndarray) -> tuple[Ints, Ints]:
    """max(0, c − q) and max(0, q − c) of each row, with the opposite sign for a reversed exit."""
    undone = exits & ((relieved < 0) | (amount < 0))
    loss = np.where(undone, np.minimum(0, relieved - amount), np.maximum(0, relieved - amount))
    gain = np.where(undone, np.minimum(0, amount - relieved), np.maximum(0, amount - relieved))
    return np.where(exits, loss, 0), np.where(exits, gain, 0)


def _totals(rows: np.ndarray, funds: Ints, days: Ints) -> dict[str, Ints]:
    adder = _Adder((len(funds), len(days)))
    target = np.searchsorted(funds, rows["fund"]) * len(days) + np.searchsorted(days, rows["day"])
    codes = {"paid_in": CALLED, "distributions": DISTRIBUTED, "fees": FEES, "other_income": INCOME}
    for name, code in codes.items():
        adder.add(name, target, np.where(rows["code"] == code, rows["amount"], 0))
    adder.cumulate()
    return adder.whole


def _measures(state: Days) -> Iterator[tuple[str, Ints, np.ndarray]]:
    """Floor and rest of each state's measure. With gap = f + φ: above is f + φ where f ≥ 0, else below is −f − φ."""
    none = np.zeros(len(state.gap))
    up = state.gap >= 0
    yield "impairment", state.impairment, state.impairment_rest
    yield "below", np.where(up, 0, -state.gap), np.where(up, 0.0, -state.gap_rest)
    yield "above", np.where(up, state.gap, 0), np.where(up, state.gap_rest, 0.0)
    realised = {"": state.realised}
    if state.income is not None:
        realised["_income"] = state.realised - state.income
    for ending, net in realised.items():
        yield f"within_realised{ending}", np.maximum(0, net), none
        loss = net + state.impairment
        rest = np.where(loss >= 0, state.impairment_rest, 0.0)
        yield f"within_realised_plus_impairment{ending}", np.maximum(0, loss), rest
        loss = net - state.gap
        rest = np.where(loss >= 1, -state.gap_rest, 0.0)
        yield f"within_realised_plus_unrealised{ending}", np.maximum(0, loss), rest


@dataclass(frozen=True, slots=True)
class _Sampling:
    """Which days of which holdings are the last before each date, and the cell and date that their change goes to."""

    chosen: Ints
    again: np.ndarray
    target: Ints

    def change(self, values: np.ndarray) -> np.ndarray:
        """The change of a state since the holding's last sampled day."""
        taken = values[self.chosen]
        return taken - np.where(self.again, np.roll(taken, 1), 0)


def _sampling(dates: int, days: Ints, cell_of: Ints, state: Days) -> _Sampling:
    at = np.searchsorted(days, state.day)
    stays = (state.holding[1:] == state.holding[:-1]) & (at[1:] == at[:-1])
    chosen = np.flatnonzero(np.append(~stays, True)[: len(at)])
    holding = state.holding[chosen]
    again = np.append(False, holding[1:] == holding[:-1])[: len(chosen)]
    return _Sampling(chosen, again, cell_of[holding] * dates + at[chosen])


def _valuations(holding: int, values: np.ndarray, known: int) -> list[Valuation]:
    values = values[(values["known"] <= known) & (values["gone"] > known)]
    moment = datetime.min.replace(tzinfo=UTC)
    return [
        Valuation(holding, FIRST_DAY + timedelta(days=day), moment, value)
        for day, value in zip(values["day"].tolist(), values["value"].tolist(), strict=True)
    ]


def _walk(
    events: Sequence[Event], values: Sequence[Valuation], dates: Sequence[date], known: int
) -> Iterator[tuple[int, HoldingFold]]:
    """The rule book's own fold of one holding, stopping at each date."""
    known_at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=known)
    pending = counted_events(events, dates[-1], known_at)
    coming = list(values)
    position = HoldingFold()
    for number, day in enumerate(dates):
        while coming and coming[0].valid_at <= day:
            value = coming.pop(0)
            while pending and pending[0].value_date <= value.valid_at:
                position.apply(pending.pop(0))
            position.value(value.fair_value)
        while pending and pending[0].value_date <= day:
            position.apply(pending.pop(0))
        yield number, position


def _plain_measures(position: HoldingFold) -> dict[str, Money]:
    gap = position.fair_value - position.remaining
    impairment = min(position.remaining, position.impairment)
    amounts: dict[str, Money] = {"impairment": impairment, "below": max(0, -gap), "above": max(0, gap)}
    for ending, income in (("", 0), ("_income", position.income)):
        net = position.realised_loss - position.realised_gain - income
        amounts[f"within_realised{ending}"] = max(0, net)
        amounts[f"within_realised_plus_impairment{ending}"] = max(0, net + impairment)
        amounts[f"within_realised_plus_unrealised{ending}"] = max(0, net - gap)
    return amounts

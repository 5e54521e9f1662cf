"""The ledger folded into figures: what was true on ``as_of``, as recorded by ``known_at`` (domain 4.3).

Events of one day count before valuations of that day. Among the events of one day investments come first, since a
value date has no hour and cost must stand before it can be relieved; the rest follow in the order of recording.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from funds.choices.ledger import INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.rules.figures import FundFigures, HoldingFigures, HoldingId, Money

EventId = int | str

RELIEVING_KINDS = frozenset({EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.WRITE_OFF})
"""Kinds that take cost out of a holding."""

COST_KINDS = frozenset({EventKind.FEE, EventKind.EXPENSE})
"""Kinds that a loss rate counts as fees."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the ledger.

    amount: fen in or out, proceeds of an exit, impairment recorded; for FX the signed change of the remaining cost.
    cost_relieved: fen of cost that an exit or write-off takes out. A REVERSAL names the event it ``reverses`` and
    carries its value date and opposite amounts. recorded_at has a zone. Ids rise in the order of recording.
    """

    id: EventId
    kind: EventKind
    value_date: date
    recorded_at: datetime
    amount: Money
    holding: HoldingId | None = None
    cost_relieved: Money = 0
    reverses: EventId | None = None
    award: int | None = None


@dataclass(frozen=True, slots=True)
class Valuation:
    """One approved fair value in fen: true for ``valid_at``, known from ``recorded_at`` until ``superseded_at``."""

    holding: HoldingId
    valid_at: date
    recorded_at: datetime
    fair_value: Money
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The fold of one fund's ledger: its totals in fen and each holding, in the order of their first event."""

    fund: FundFigures
    holdings: tuple[HoldingFigures, ...]


def counted_events(events: Iterable[Event], as_of: date, known_at: datetime) -> list[Event]:
    """The events that count, in fold order: ``value_date ≤ as_of``, ``recorded_at ≤ known_at``, reversed pairs gone."""
    known = [event for event in events if event.value_date <= as_of and event.recorded_at <= known_at]
    return standing_events(known)


def standing_events(events: Iterable[Event]) -> list[Event]:
    """``events`` in fold order, without reversals and the events that they reverse."""
    given = list(events)
    reversed_ids = {event.reverses for event in given if event.kind == EventKind.REVERSAL}
    standing = [event for event in given if event.kind != EventKind.REVERSAL and event.id not in reversed_ids]
    return sorted(standing, key=fold_order)


def fold_order(event: Event) -> tuple[date, bool, datetime, int, str]:
    """Sort key of the fold: day, investments first, time of recording, id."""
    number, text = (event.id, "") if isinstance(event.id, int) else (0, event.id)
    return (event.value_date, event.kind not in INVESTING_KINDS, event.recorded_at, number, text)


def counted_valuations(valuations: Iterable[Valuation], as_of: date, known_at: datetime) -> list[Valuation]:
    """The valuations that count, by day and time of recording; superseded ones count only before that moment."""
    counted = [
        valuation
        for valuation in valuations
        if valuation.valid_at <= as_of
        and valuation.recorded_at <= known_at
        and (valuation.superseded_at is None or valuation.superseded_at > known_at)
    ]
    return sorted(counted, key=lambda valuation: (valuation.valid_at, valuation.recorded_at))


class HoldingFold:
    """The running position of one holding while its events and valuations are walked in date order."""

    __slots__ = (
        "cost", "fair_value", "fx", "impairment", "income", "proceeds", "realised_gain", "realised_loss", "relieved",
    )  # fmt: skip

    def __init__(self) -> None:
        self.cost: Money = 0
        self.relieved: Money = 0
        self.proceeds: Money = 0
        self.realised_loss: Money = 0
        self.realised_gain: Money = 0
        self.income: Money = 0
        self.impairment: Money = 0
        self.fair_value: Money = 0
        self.fx: Money = 0

    @property
    def remaining(self) -> Money:
        return self.cost - self.relieved

    def apply(self, event: Event) -> None:
        """Move the position by one event that stands (no reversal)."""
        kind = event.kind
        if kind in INVESTING_KINDS:
            self.cost += event.amount
            self.fair_value += event.amount
        elif kind in RELIEVING_KINDS or kind == EventKind.RECOVERY_AFTER_WRITE_OFF:
            self._scale(self.remaining - event.cost_relieved)
            self.relieved += event.cost_relieved
            self.proceeds += event.amount
            self.realised_loss += max(0, event.cost_relieved - event.amount)
            self.realised_gain += max(0, event.amount - event.cost_relieved)
        elif kind == EventKind.IMPAIRMENT:
            self.impairment = min(self.remaining, self.impairment + event.amount)
        elif kind in INCOME_KINDS:
            self.income += event.amount
        elif kind == EventKind.FX:
            # One exchange rate restates remaining cost, fair value and impairment alike.
            self._scale(self.remaining + event.amount)
            self.cost += event.amount
            self.fx += event.amount

    def value(self, fair_value: Money) -> None:
        """Set the fair value; a holding without remaining cost is worth nothing here."""
        self.fair_value = fair_value if self.remaining > 0 else 0

    def _scale(self, new_remaining: Money) -> None:
        remaining = self.remaining
        if remaining == new_remaining:
            return
        if remaining <= 0 or new_remaining <= 0:
            self.fair_value = self.impairment = 0
            return
        share = Fraction(new_remaining) / Fraction(remaining)
        self.fair_value = whole(self.fair_value * share)
        self.impairment = whole(self.impairment * share)

    def figures(self, holding: HoldingId, stage: str, mode: str | None = None) -> HoldingFigures:
        """The position as it stands now."""
        return HoldingFigures(
            id=holding,
            stage=stage,
            mode=mode,
            cost=self.cost,
            relieved=self.relieved,
            proceeds=self.proceeds,
            realised_loss=self.realised_loss,
            realised_gain=self.realised_gain,
            income=self.income,
            impairment=self.impairment,
            fair_value=self.fair_value,
            fx=self.fx,
        )


def whole(amount: Money) -> Money:
    """An int where ``amount`` is whole: sums of ints are far quicker than sums of fractions."""
    return amount.numerator if isinstance(amount, Fraction) and amount.denominator == 1 else amount


def fold_holding(events: Iterable[Event], valuations: Iterable[Valuation]) -> HoldingFold:
    """Walk one holding through its events and valuations that count.

    The arguments are ordered as :func:`counted_events` and :func:`counted_valuations` return them.
    """
    position = HoldingFold()
    pending = deque(events)
    for valuation in valuations:
        while pending and pending[0].value_date <= valuation.valid_at:
            position.apply(pending.popleft())
        position.value(valuation.fair_value)
    for event in pending:
        position.apply(event)
    return position


def fold_fund(
    events: Iterable[Event],
    *,
    commitment: Money = 0,
    gov_paid_in: Money = 0,
    others_first_loss: Money = 0,
) -> FundFigures:
    """Fund totals in fen from the events that count; income without a holding is the fund's own."""
    totals: dict[EventKind, Money] = defaultdict(int)
    own_income: Money = 0
    for event in events:
        totals[event.kind] += event.amount
        if event.kind in INCOME_KINDS and event.holding is None:
            own_income += event.amount
    return FundFigures(
        commitment=commitment,
        paid_in=totals[EventKind.CALL],
        fees=sum(totals[kind] for kind in COST_KINDS),
        distributions=totals[EventKind.DISTRIBUTION],
        gov_paid_in=gov_paid_in,
        others_first_loss=others_first_loss,
        other_income=own_income,
        grants=totals[EventKind.GRANT] - totals[EventKind.GRANT_RETURN],
    )


def fold(
    events: Iterable[Event],
    valuations: Iterable[Valuation],
    *,
    as_of: date,
    known_at: datetime,
    stages: Mapping[HoldingId, str],
    modes: Mapping[HoldingId, str] | None = None,
    commitment: Money = 0,
    gov_paid_in: Money = 0,
    others_first_loss: Money = 0,
) -> Portfolio:
    """One fund as of a date, as known at a moment. Amounts in fen; ``stages`` names every holding's stage at entry."""
    counted = counted_events(events, as_of, known_at)
    by_holding: dict[HoldingId, list[Event]] = defaultdict(list)
    for event in counted:
        if event.holding is not None:
            by_holding[event.holding].append(event)
    values: dict[HoldingId, list[Valuation]] = defaultdict(list)
    for valuation in counted_valuations(valuations, as_of, known_at):
        values[valuation.holding].append(valuation)
    holdings = tuple(
        fold_holding(own, values[holding]).figures(holding, stages[holding], (modes or {}).get(holding))
        for holding, own in by_holding.items()
    )
    fund = fold_fund(counted, commitment=commitment, gov_paid_in=gov_paid_in, others_first_loss=others_first_loss)
    return Portfolio(fund, holdings)

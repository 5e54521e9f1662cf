"""Back-test of fair values against exits (AMAC guideline, art. on back-testing): what was told, and what came.

For each exit and write-off, the fair value of the part that left, as it stood on the day before and as known before the
exit was recorded, beside the proceeds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from funds.choices.ledger import EventKind
from funds.models import Fund, Investment, LedgerEvent
from funds.models import Valuation as Stored
from funds.rules.figures import Money
from funds.rules.ledger import (
    RELIEVING_KINDS,
    Event,
    Valuation,
    counted_events,
    counted_valuations,
    fold_holding,
    standing_events,
)


@dataclass(frozen=True, slots=True)
class ExitTest:
    """One exit beside its last value. Amounts in fen; ``value`` is the share of the last value that left."""

    investment: Investment
    day: date
    kind: str
    method: str
    valid_at: date
    value: Money
    proceeds: int

    @property
    def age_days(self) -> int:
        """How old the last value was."""
        return (self.day - self.valid_at).days

    @property
    def difference(self) -> Fraction | None:
        """Proceeds over value less one: −1 when nothing came; None where the value was 0."""
        return Fraction(self.proceeds) / Fraction(self.value) - 1 if self.value else None


@dataclass(frozen=True, slots=True)
class MethodTest:
    """All exits of one method together: sums in fen, and the difference over the sums."""

    method: str
    exits: int
    value: Money
    proceeds: int

    @property
    def difference(self) -> Fraction | None:
        return Fraction(self.proceeds) / Fraction(self.value) - 1 if self.value else None


def exits_tested(
    *, since: date, until: date, known_at: datetime, fund: Fund | None = None
) -> tuple[list[ExitTest], list[LedgerEvent]]:
    """Exits and write-offs of the period as known then, each beside its last value; and those never valued before.

    Three statements, however many exits there are.
    """
    rows = LedgerEvent.objects.filter(recorded_at__lte=known_at, investment__isnull=False)
    leaving = rows.filter(effect__in=[str(kind) for kind in RELIEVING_KINDS], value_date__range=(since, until))
    if fund is not None:
        leaving = leaving.filter(fund=fund)
    holdings = set(leaving.values_list("investment_id", flat=True))
    stored: dict[int, list[LedgerEvent]] = defaultdict(list)
    for row in rows.filter(investment__in=holdings).select_related("investment__company", "investment__fund"):
        stored[row.investment_id or 0].append(row)
    values: dict[int, list[Stored]] = defaultdict(list)
    for value in Stored.objects.filter(investment__in=holdings, recorded_at__lte=known_at):
        values[value.investment_id].append(value)
    tested, untested = [], []
    for holding, own in stored.items():
        events = {row.pk: _event(row) for row in own}
        by_id = {row.pk: row for row in own}
        for event in standing_events(events.values()):
            row = by_id[int(event.id)]
            if event.kind not in RELIEVING_KINDS or not since <= event.value_date <= until:
                continue
            found = _test(row, events.values(), values[holding])
            if found is None:
                untested.append(row)
            else:
                tested.append(found)
    tested.sort(key=lambda test: (test.day, test.investment.pk))
    return tested, untested


def _test(row: LedgerEvent, events: Iterable[Event], values: Iterable[Stored]) -> ExitTest | None:
    """The value that stood before this exit; None where none was told before."""
    before, known_at = row.value_date - timedelta(days=1), row.recorded_at - timedelta(microseconds=1)
    counted = [
        Valuation(value.investment_id, value.valid_at, value.recorded_at, value.fair_value_fen, value.superseded_at)
        for value in values
    ]
    told = counted_valuations(counted, before, known_at)
    if not told:
        return None
    position = fold_holding(counted_events(events, before, known_at), told)
    if position.remaining <= 0:
        return None
    last = max(
        (
            value
            for value in values
            if value.valid_at == told[-1].valid_at and value.recorded_at == told[-1].recorded_at
        ),
        key=lambda value: value.pk,
    )
    left = Fraction(position.fair_value) * row.cost_relieved_fen / Fraction(position.remaining)
    return ExitTest(row.investment, row.value_date, row.kind, last.method, last.valid_at, left, row.amount_fen)


def _event(row: LedgerEvent) -> Event:
    return Event(
        row.pk, EventKind(row.kind), row.value_date, row.recorded_at, row.amount_fen, row.investment_id,
        row.cost_relieved_fen, row.reverses_id,
    )  # fmt: skip


def by_method(tests: Iterable[ExitTest]) -> list[MethodTest]:
    """The sums of each method, by its code."""
    grouped: Mapping[str, list[ExitTest]] = defaultdict(list)
    for test in tests:
        grouped[test.method].append(test)
    return [
        MethodTest(method, len(own), sum(test.value for test in own), sum(test.proceeds for test in own))
        for method, own in sorted(grouped.items())
    ]

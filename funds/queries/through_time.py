"""Mother funds seen through at many moments: their facts are read once, and the rules fold them for each moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from funds.choices.ledger import EventKind
from funds.models import Fund, Investment, LedgerEvent, SubFundInterest
from funds.models import Valuation as StoredValuation
from funds.queries.answers import HoldingsOf
from funds.queries.cells import SumsOf
from funds.queries.look_through import ThroughSums, looks_through
from funds.queries.policies import PolicyBook
from funds.queries.sums import Moment
from funds.rules.figures import HoldingFigures, Underlying
from funds.rules.ledger import Event, Valuation, counted_events, counted_valuations, fold_holding


@dataclass(frozen=True, slots=True)
class _Interest:
    investment: int
    mother: int
    sub_fund: int
    share: Fraction
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None

    def holds(self, moment: Moment) -> bool:
        ends, gone = self.valid_to, self.superseded_at
        in_time = self.valid_from <= moment.as_of and (ends is None or ends >= moment.as_of)
        return in_time and self.recorded_at <= moment.known_at and (gone is None or gone > moment.known_at)


_EVENT = ("pk", "kind", "value_date", "recorded_at", "amount_fen", "cost_relieved_fen", "reverses_id")
_VALUE = ("valid_at", "recorded_at", "fair_value_fen", "superseded_at")


def _event(row: Mapping[str, Any], holding: int) -> Event:
    return Event(
        row["pk"],
        EventKind(row["kind"]),
        date.fromisoformat(row["value_date"]),
        datetime.fromisoformat(row["recorded_at"]),
        row["amount_fen"],
        holding,
        row["cost_relieved_fen"],
        row["reverses_id"],
    )


def _valuation(row: Mapping[str, Any], holding: int) -> Valuation:
    gone = row["superseded_at"]
    return Valuation(
        holding,
        date.fromisoformat(row["valid_at"]),
        datetime.fromisoformat(row["recorded_at"]),
        row["fair_value_fen"],
        datetime.fromisoformat(gone) if gone else None,
    )


class ThroughTime:
    """What looking through some funds needs, over all times: two statements, none where no policy looks through."""

    def __init__(self, funds: Sequence[Fund], book: PolicyBook) -> None:
        rows = SubFundInterest.objects.order_by("investment_id").values_list(
            "investment_id", "investment__fund_id", "sub_fund_id", "share_num", "share_den", "valid_from", "valid_to",
            "recorded_at", "superseded_at",
        )  # fmt: skip
        self.interests = [
            _Interest(investment, mother, sub, Fraction(num, den), *times)
            for investment, mother, sub, num, den, *times in (rows if looks_through(book) else ())
        ]
        self.holdings: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        self.events: dict[int, list[Event]] = {}
        self.values: dict[int, list[Valuation]] = {}
        if ids := self._with_all_below({fund.pk for fund in funds}):
            self._load(ids)

    def _with_all_below(self, fund_ids: set[int]) -> set[int]:
        """The mothers among the funds and every fund that ever stood below them."""
        found: set[int] = set()
        waiting = [one.mother for one in self.interests if one.mother in fund_ids]
        while waiting:
            fund = waiting.pop()
            if fund not in found:
                found.add(fund)
                waiting += [one.sub_fund for one in self.interests if one.mother == fund]
        return found

    def _load(self, ids: set[int]) -> None:
        events = LedgerEvent.objects.filter(investment=OuterRef("pk")).order_by()
        values = StoredValuation.objects.filter(investment=OuterRef("pk")).order_by()
        holdings = Investment.objects.filter(fund__in=ids).annotate(
            event_rows=ArraySubquery(events.values(row=JSONObject(**{name: name for name in _EVENT}))),
            value_rows=ArraySubquery(values.values(row=JSONObject(**{name: name for name in _VALUE}))),
        )
        columns = ("pk", "fund_id", "stage", "mode", "event_rows", "value_rows")
        for pk, fund, stage, mode, own_events, own_values in holdings.values_list(*columns):
            self.holdings[fund].append((pk, stage, mode))
            self.events[pk] = [_event(row, pk) for row in own_events]
            self.values[pk] = [_valuation(row, pk) for row in own_values]

    def sums(self, funds: Sequence[Fund], plain: Mapping[int, SumsOf], moment: Moment) -> dict[int, SumsOf]:
        """As ``look_through.sums_through``, without a statement."""
        by_mother: dict[int, list[_Interest]] = defaultdict(list)
        for one in self.interests:
            if one.holds(moment):
                by_mother[one.mother].append(one)
        through: dict[int, SumsOf] = {}
        for fund in funds:
            if fund.pk in by_mother:
                own = plain[fund.pk]
                seen = HoldingsOf(own.fund, self._seen(fund.pk, by_mother, moment))
                through[fund.pk] = ThroughSums(own.fund, own.cells, own.head, seen=seen, plain=own)
        return dict(plain) | through

    def _seen(
        self, fund_id: int, by_mother: Mapping[int, Sequence[_Interest]], moment: Moment
    ) -> tuple[HoldingFigures, ...]:
        """The holdings of a fund with a counted event, each interest with the projects behind it."""
        interests = {one.investment: one for one in by_mother.get(fund_id, ())}
        seen = []
        for holding, stage, mode in self.holdings[fund_id]:
            events = counted_events(self.events[holding], moment.as_of, moment.known_at)
            if not events:
                continue
            values = counted_valuations(self.values[holding], moment.as_of, moment.known_at)
            figures = fold_holding(events, values).figures(holding, stage, mode)
            if (interest := interests.get(holding)) is not None:
                projects = self._seen(interest.sub_fund, by_mother, moment)
                figures = replace(figures, underlying=Underlying(interest.share, projects))
            seen.append(figures)
        return tuple(seen)

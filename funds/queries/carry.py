"""The managers' shares of profit: what was paid of them by day, and what of a value is theirs on any day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet

from funds.models import Fund, WaterfallTier
from funds.queries.commitments import DatedStake, dated_stakes, stakes_on
from funds.queries.sums import Moment
from funds.queries.waterfall import carry_paid, gain_tiers_on, parties_of
from funds.rules.carry import Worth, accrued_carries
from funds.rules.hurdle import Flow
from funds.rules.waterfall import government_of


@dataclass(frozen=True, slots=True)
class CarryOn:
    """What a manager had been paid of profit by a day, and what it would still get of the value of that day, fen."""

    paid: int
    accrued: int


@dataclass(frozen=True)
class Carry:
    """What managers were promised and paid of profit, as known at a moment. ``paid`` is fen by fund and day."""

    funds: Mapping[int, Fund]
    tiers: Mapping[int, Sequence[WaterfallTier]]
    flows: Mapping[int, Sequence[Flow]]
    stakes: Mapping[int, Sequence[DatedStake]]
    paid: Mapping[int, Sequence[tuple[date, int]]]

    def is_shared(self, fund_id: int) -> bool:
        """Whether the fund promised or paid its manager a part of the profit at any time."""
        return fund_id in self.tiers or fund_id in self.paid

    def on(self, fund_id: int, day: date, nav: int) -> CarryOn:
        """The carry on a day for the net asset value (fen) of that day, by the steps and stakes in force then."""
        return self.over(fund_id, [day], [nav])[0]

    def over(self, fund_id: int, days: Sequence[date], navs: Sequence[int]) -> list[CarryOn]:
        """:meth:`on` for each of some days, which ascend, and the values beside them: one pass over what moved."""
        carried = [sum(fen for at, fen in self.paid.get(fund_id, ()) if at <= day) for day in days]
        rows = self.tiers.get(fund_id, ())
        if not rows:
            return [CarryOn(paid, 0) for paid in carried]
        fund, stakes = self.funds[fund_id], self.stakes.get(fund_id, ())
        changes = _changes([*((row.valid_from, row.valid_to) for row in rows), *(stake[:2] for stake in stakes)])
        accrued: list[int] = []
        for _change, same in groupby(range(len(days)), key=lambda at: bisect_right(changes, days[at])):
            at = list(same)
            day = days[at[0]]
            government = government_of(parties_of(fund, stakes_on(stakes, day)))
            worths = [Worth(days[n], navs[n], government, carried[n]) for n in at]
            accrued += accrued_carries(gain_tiers_on(rows, day), self.flows.get(fund_id, ()), worths)
        return [CarryOn(paid, fen) for paid, fen in zip(carried, accrued, strict=True)]


def _changes(periods: Iterable[tuple[date, date | None]]) -> list[date]:
    """The days on which something begins to hold or no longer holds, ascending."""
    found = set()
    for since, until in periods:
        found.add(since)
        if until is not None:
            found.add(until + timedelta(days=1))
    return sorted(found)


def promising(fund_ids: Collection[int], moment: Moment) -> QuerySet[WaterfallTier]:
    """The steps, of any day, that promise a part of the profit, as known at a moment."""
    known = WaterfallTier.objects.known(moment.known_at).filter(fund__in=fund_ids)
    return known.exclude(manager_num=None, concession_num=None)


def tiers_known(fund_ids: Collection[int], moment: Moment) -> dict[int, list[WaterfallTier]]:
    """All steps, of any day, of the funds that promise a part of the profit. One statement."""
    found: dict[int, list[WaterfallTier]] = defaultdict(list)
    shared = promising(fund_ids, moment).values("fund")
    for row in WaterfallTier.objects.known(moment.known_at).filter(fund__in=shared):
        found[row.fund_id].append(row)
    return dict(found)


def carry_of(
    funds: Iterable[Fund], moment: Moment, tiers: Mapping[int, Sequence[WaterfallTier]],
    flows: Mapping[int, Sequence[Flow]],
) -> Carry:  # fmt: skip
    """The carry of ``funds``, whose ``tiers`` (of :func:`tiers_known`) and investors' ``flows`` are read already.

    Two statements, whether or not any fund shares its profit.
    """
    by_id = {fund.pk: fund for fund in funds}
    shared = promising(list(by_id), moment).values("fund")
    return Carry(by_id, tiers, flows, dated_stakes(shared, moment.known_at), carry_paid(by_id, moment))

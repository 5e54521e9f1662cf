"""The managers' shares of profit: what was paid of them by day, and what of a value is theirs on any day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from funds.models import Fund, WaterfallTier
from funds.queries.commitments import DatedStake, dated_stakes, stakes_on
from funds.queries.sums import Moment
from funds.queries.waterfall import carry_paid, parties_of, tiers_on
from funds.rules.waterfall import Flow, accrued_carry, plan_of


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

    def paid_by(self, fund_id: int, day: date) -> int:
        """What the manager was paid up to a day."""
        return sum(fen for at, fen in self.paid.get(fund_id, ()) if at <= day)

    def on(self, fund_id: int, day: date, nav: int) -> CarryOn:
        """The carry on a day for the net asset value (fen) of that day, by the steps and stakes in force then."""
        paid = self.paid_by(fund_id, day)
        rows = self.tiers.get(fund_id)
        if not rows:
            return CarryOn(paid, 0)
        fund = self.funds[fund_id]
        flows = [flow for flow in self.flows.get(fund_id, ()) if flow.day <= day]
        plan = plan_of(tiers_on(fund, rows, flows, day), flows, day)
        if not plan.paid_in:
            return CarryOn(paid, 0)
        parties = parties_of(fund, stakes_on(self.stakes.get(fund_id, ()), day))
        return CarryOn(paid, accrued_carry(plan, nav, parties, paid))


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

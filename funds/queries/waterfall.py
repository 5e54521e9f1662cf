"""The waterfall of funds from their recorded steps, commitments and books: if all were sold, and for a distribution."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast

from django.db.models import Q, Sum
from django.utils import timezone

from funds.choices.ledger import EventKind
from funds.choices.records import FundKind, LineSource, MoneySource, NoticeState, TierKind
from funds.models import DistributionLine, Fund, LedgerEvent, Payment, WaterfallTier
from funds.queries.commitments import Stake, stakes_at
from funds.queries.holdings import Books
from funds.queries.money_terms import flow_of, tier_of
from funds.queries.sums import Moment
from funds.rules.carry import accrued_carry
from funds.rules.hurdle import Flow
from funds.rules.ledger import whole
from funds.rules.waterfall import Party, Plan, Step, Tier, Waterfall, government_of, plan_of, settlement

Key = tuple[int | None, str]
"""An investor (None: not known by name) and the source of its money."""


@dataclass(frozen=True)
class Sold:
    """What everybody gets if all holdings were sold at fair value and all cash were paid out. Money in whole fen."""

    fund: Fund
    moment: Moment
    plan: Plan
    parties: tuple[Party, ...]
    nav: int
    paid_carry: int

    @cached_property
    def waterfall(self) -> Waterfall:
        """All that was ever distributed and the net asset value, through the steps."""
        return self.plan.run(self.total, self.parties)

    @property
    def total(self) -> int:
        return self.plan.distributed + max(0, self.nav)

    @property
    def accrued_carry(self) -> int:
        """What of the net asset value is the manager's share of profit."""
        return accrued_carry(self.plan, self.nav, government_of(self.parties), self.paid_carry)

    @property
    def net_nav(self) -> int:
        """The net asset value after accrued carry."""
        return self.nav - self.accrued_carry

    def steps(self) -> list[tuple[Step, list[int]]]:
        """Each step that takes or could take something with its parts in fen, the manager's last."""
        return [(step, step.in_fen()) for step in self.waterfall.steps if step.tier.position or step.amount]


def parties_of(fund: Fund, stakes: Sequence[Stake]) -> tuple[Party, ...]:
    """The investors in the order of splits; government and others by the stated share while none is recorded."""
    if stakes:
        return tuple(
            Party(
                (stake.investor_id, stake.source), stake.amount_fen, stake.source == MoneySource.GOVERNMENT,
                stake.investor_id == fund.manager_id,
            )
            for stake in stakes
        )  # fmt: skip
    share = fund.government_share
    return (
        Party((None, MoneySource.GOVERNMENT.value), share, is_government=True),
        Party((None, MoneySource.SOCIAL.value), 1 - share),
    )


def sold(fund: Fund, moment: Moment, books: Books) -> Sold | None:
    """If everything were sold at the moment; None for grant money and before anything is paid in. Four statements."""
    if fund.kind == FundKind.GRANT or not books.fund.paid_in:
        return None
    plan = plans_at([fund], moment)[fund.pk]
    parties = parties_of(fund, stakes_at(moment, [fund.pk]).get(fund.pk, []))
    carried = sum(fen for _day, fen in carry_paid([fund.pk], moment).get(fund.pk, ()))
    return Sold(fund, moment, plan, parties, whole(books.fund.nav(books.holdings)), carried)


def distribution(fund: Fund, amount_fen: int, due_on: date) -> Waterfall | None:
    """What each step and party gets of a new distribution, after all that was paid out or promised before.

    The parties are the stakes of the due day in the order of splits. None where gains are shared pro rata or nothing is
    paid in: then the commitments alone decide. The first loss is settled at the end, not here.
    """
    moment = Moment(due_on, timezone.now())
    plan = plans_at([fund], moment)[fund.pk]
    stakes = stakes_at(moment, [fund.pk]).get(fund.pk, [])
    if not plan.shares_gains or not plan.paid_in or not stakes:
        return None
    parties, before = parties_of(fund, stakes), plan.distributed + given_out(fund)
    whole_after = plan.run(before + amount_fen, parties, final=False)
    return whole_after.beyond(plan.run(before, parties, final=False))


def last_distribution(fund: Fund, amount_fen: int, due_on: date) -> list[int] | None:
    """The parts of a fund's last distribution in fen, the manager's carry last: the first loss is settled in it.

    Each gets what the steps give it of all money, less what it got: by the lines of notices, and of distributions
    booked without one by the steps. None where neither gains nor losses are shared unevenly.
    """
    moment = Moment(due_on, timezone.now())
    plan = plans_at([fund], moment)[fund.pk]
    stakes = stakes_at(moment, [fund.pk]).get(fund.pk, [])
    uneven = plan.shares_gains or (plan.first_loss is not None and plan.first_loss.first_loss)
    if not uneven or not plan.paid_in or not stakes:
        return None
    parties = parties_of(fund, stakes)
    lines = DistributionLine.objects.filter(notice__fund=fund, notice__state=NoticeState.ISSUED).order_by()
    summed = lines.values_list("investor_id", "source").annotate(fen=Sum("amount_fen"))
    by_line: dict[Key, int] = {(investor, source): fen for investor, source, fen in summed}
    booked = LedgerEvent.objects.filter(
        fund=fund, kind=EventKind.DISTRIBUTION, reversed_by=None, payment=None, value_date__lte=due_on
    )
    without_notice = booked.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    early = plan.run(without_notice, parties, final=False)
    carried = sum(fen for (_investor, source), fen in by_line.items() if source == LineSource.CARRY)
    received = [part + by_line.get(cast(Key, party.key), 0) for part, party in zip(early.parts, parties, strict=True)]
    all_money = plan.run(sum(by_line.values()) + without_notice + amount_fen, parties)
    return settlement([*all_money.parts, all_money.carry], [*received, early.carry + carried], amount_fen)


def plans_at(funds: Collection[Fund], moment: Moment) -> dict[int, Plan]:
    """The plan of each fund at a moment: two statements."""
    ids = [fund.pk for fund in funds]
    rows: dict[int, list[WaterfallTier]] = defaultdict(list)
    for row in WaterfallTier.objects.known(moment.known_at).filter(fund__in=ids):
        rows[row.fund_id].append(row)
    flows = flows_of(ids, moment)
    return {
        fund.pk: plan_of(tiers_on(fund, rows[fund.pk], flows[fund.pk], moment.as_of), flows[fund.pk], moment.as_of)
        for fund in funds
    }


def flows_of(fund_ids: Collection[int], moment: Moment) -> dict[int, list[Flow]]:
    """What the investors of each fund paid and got by day. One statement."""
    flows: dict[int, list[Flow]] = defaultdict(list)
    kinds = [EventKind.CALL, EventKind.DISTRIBUTION]
    moved = LedgerEvent.objects.filter(
        fund__in=fund_ids, investment=None, effect__in=kinds, value_date__lte=moment.as_of,
        recorded_at__lte=moment.known_at,
    )  # fmt: skip
    summed = moved.order_by().values_list("fund_id", "value_date", "effect").annotate(fen=Sum("amount_fen"))
    for fund_id, day, effect, fen in summed:
        flows[fund_id].append(flow_of(day, effect, fen))
    return flows


def tiers_on(fund: Fund, rows: Sequence[WaterfallTier], flows: Sequence[Flow], day: date) -> list[Tier]:
    """The steps in force; the first loss stated with the fund counts while none was ever recorded as a step."""
    paid_in = sum(flow.paid for flow in flows)
    held = [row for row in rows if _holds(row, day)]
    found = []
    for row in held:
        first_loss = whole(row.first_loss * paid_in) if row.first_loss is not None else row.amount_fen or 0
        found.append(tier_of(vars(row), first_loss=first_loss))
    if fund.others_first_loss_fen and not any(row.kind == TierKind.FIRST_LOSS for row in rows):
        found.append(Tier(TierKind.FIRST_LOSS, first_loss=fund.others_first_loss_fen))
    return found


def gain_tiers_on(rows: Iterable[WaterfallTier], day: date) -> list[Tier]:
    """The steps in force that share gains: a first loss moves no carry."""
    return [tier_of(vars(row)) for row in rows if row.kind != TierKind.FIRST_LOSS and _holds(row, day)]


def _holds(row: WaterfallTier, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def carry_paid(fund_ids: Collection[int], moment: Moment) -> dict[int, list[tuple[date, int]]]:
    """What was paid to the manager of each fund as its share of profit, by day. One statement."""
    standing = Q(event__reversed_by=None) | Q(event__reversed_by__recorded_at__gt=moment.known_at)
    rows = Payment.objects.filter(
        standing, distribution_line__source=LineSource.CARRY, event__fund__in=list(fund_ids),
        event__value_date__lte=moment.as_of, event__recorded_at__lte=moment.known_at,
    )  # fmt: skip
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for fund_id, day, fen in rows.values_list("event__fund_id", "event__value_date", "event__amount_fen"):
        found[fund_id].append((day, fen))
    return dict(found)


def given_out(fund: Fund) -> int:
    """What standing distributions have promised and not yet paid, in fen: it ran through the steps already."""
    lines = DistributionLine.objects.filter(notice__fund=fund, notice__state="ISSUED")
    promised = lines.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    paid = Payment.objects.filter(
        event__reversed_by=None, distribution_line__notice__fund=fund, distribution_line__notice__state="ISSUED"
    ).aggregate(fen=Sum("event__amount_fen"))["fen"]
    return promised - (paid or 0)

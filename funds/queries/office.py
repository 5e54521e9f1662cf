"""All funds and groups at one date beside the same day of the year before: what the office opens first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from funds.models import Fund, FundGroup, FundGroupMember
from funds.queries.answers import Answer, GroupOf, answer, nearest
from funds.queries.cells import SumsOf, sums_at
from funds.queries.overview import FundTolerance, line, pairs_needed
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.questions import Target, question
from funds.queries.sums import Moment
from funds.queries.through_time import ThroughTime
from funds.rules.loss import LossCount


@dataclass(frozen=True)
class GroupTolerance:
    """One group of funds, judged by the policies that bind the group itself.

    ``before`` is the loss rate of the same funds on the day of the year before; None where there was none.
    """

    group: FundGroup
    funds: tuple[Fund, ...]
    moment: Moment
    answers: tuple[Answer, ...]
    losses: LossCount
    before: Fraction | None

    @property
    def main(self) -> Answer:
        return nearest(self.answers)


@dataclass(frozen=True)
class Office:
    """Every fund and group at ``moment``; ``before`` holds the funds' loss rates on ``before_day``, as known now."""

    moment: Moment
    lines: list[FundTolerance]
    groups: list[GroupTolerance]
    before: dict[int, Fraction | None]
    before_day: date


def year_before(day: date) -> date:
    """The same day of the year before; 29 February becomes 28 February."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - 1, day.month, last)


def office(moment: Moment, *, readings: bool = False) -> Office:
    """All funds and groups at ``moment``. At most nine statements, whatever the number of funds and groups."""
    funds = list(Fund.objects.order_by("code"))
    book = load_policies()
    earlier = Moment(year_before(moment.as_of), moment.known_at)
    sums, earlier_sums = sums_at(funds, [moment, earlier], all_funds=True, pairs=pairs_needed(book))
    through = ThroughTime(funds, book)
    sums = through.sums(funds, sums, moment)
    earlier_sums = through.sums(funds, earlier_sums, earlier)
    lines = [line(fund, sums[fund.pk], book, moment, readings=readings) for fund in funds]
    by_id = {fund.pk: fund for fund in funds}
    return Office(
        moment=moment,
        lines=lines,
        groups=[_group(group, by_id, (sums, earlier_sums), book, moment) for group in _groups()],
        before={now.fund.pk: _same_reading(now, earlier_sums[now.fund.pk]) for now in lines},
        before_day=earlier.as_of,
    )


def _same_reading(now: FundTolerance, sums: SumsOf) -> Fraction | None:
    """The rate of the earlier day under today's definition, so that the change is one of losses alone."""
    return sums.rate(now.main.resolved.theta).rate


def _groups() -> Sequence[FundGroup]:
    members = FundGroupMember.objects.filter(group_id=OuterRef("pk")).order_by("fund__code")
    rows = ArraySubquery(members.values(row=JSONObject(fund="fund_id", since="valid_from", until="valid_to")))
    return FundGroup.objects.annotate(member_rows=rows).order_by("code")


def _group(
    group: FundGroup,
    funds: dict[int, Fund],
    both: tuple[dict[int, SumsOf], dict[int, SumsOf]],
    book: PolicyBook,
    moment: Moment,
) -> GroupTolerance:
    """A group at ``moment``; ``both`` are the sums of all funds then and a year before."""
    sums, earlier = both
    day = moment.as_of.isoformat()
    own = [
        funds[row["fund"]]
        for row in group.member_rows
        if row["since"] <= day and (row["until"] is None or day <= row["until"])
    ]
    figures = [sums[fund.pk] for fund in own]
    occurring = [part for each in figures for part in each.occurring()]
    asked = question(Target.of_group(group), own, occurring, moment, book)
    bound = book.bound(moment, group_id=group.pk) or [None]
    answers = tuple(answer(asked, GroupOf(figures), book, each, moment, readings=False) for each in bound)
    counts = [each.loss_count() for each in figures]
    losses = LossCount(sum(count.total_losses for count in counts), sum(count.holdings for count in counts))
    # Same funds and same definition on both days, so that the change is one of losses alone.
    before = GroupOf([earlier[fund.pk] for fund in own]).rate(nearest(answers).resolved.theta).rate
    return GroupTolerance(group, tuple(own), moment, answers, losses, before)

"""Mother funds and sub-funds as the rules read them: edges, spans, and shares at one moment."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from funds.models import Fund, SubFundInterest
from funds.queries.sums import Moment
from funds.rules.graph import Span, look_through_shares


@dataclass(frozen=True, slots=True)
class Interest:
    """The share of a sub-fund that one investment of a mother fund is at a moment."""

    investment_id: int
    mother_id: int
    sub_fund_id: int
    share: Fraction


def edges_ever() -> list[tuple[int, int]]:
    """(mother, sub-fund) of every current interest, whatever its days, and of every recorded mother fund."""
    interests = SubFundInterest.objects.current().order_by().values_list("investment__fund_id", "sub_fund_id")
    parents = Fund.objects.filter(parent__isnull=False).order_by().values_list("parent_id", "pk")
    return list(interests.union(parents))


def spans_of_sub_fund(sub_fund_id: int, *, without: int) -> list[Span]:
    """Current shares in one sub-fund, those of the investment ``without`` left out."""
    rows = SubFundInterest.objects.current().filter(sub_fund_id=sub_fund_id).exclude(investment_id=without)
    return [Span(row.valid_from, row.valid_to, row.share) for row in rows]


def interests_at(moment: Moment) -> dict[int, list[Interest]]:
    """Interests that hold at the moment, by mother fund. One statement."""
    rows = SubFundInterest.objects.counted(moment.as_of, moment.known_at).order_by("investment_id")
    found: dict[int, list[Interest]] = defaultdict(list)
    columns = ("investment_id", "investment__fund_id", "sub_fund_id", "share_num", "share_den")
    for investment, mother, sub, num, den in rows.values_list(*columns):
        found[mother].append(Interest(investment, mother, sub, Fraction(num, den)))
    return dict(found)


def shares_below(fund_id: int, moment: Moment) -> dict[int, Fraction]:
    """The exact share that a fund has in each fund below it, through every level. One statement."""
    by_mother = interests_at(moment)
    shares = {mother: [(one.sub_fund_id, one.share) for one in own] for mother, own in by_mother.items()}
    return look_through_shares(shares, fund_id)


def mothers_ever() -> frozenset[int]:
    """The funds that have or had an interest in a sub-fund, by what is known now or was once. One statement."""
    return frozenset(SubFundInterest.objects.order_by().values_list("investment__fund_id", flat=True).distinct())

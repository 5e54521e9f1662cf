"""Whether a fund keeps its limits at a moment: each limit beside what the books and commitments say."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from funds.choices.records import LimitBasis, LimitKind, Stage
from funds.models import FundLimit
from funds.queries.commitments import ShareCheck
from funds.queries.holdings import Books
from funds.rules.figures import Money

EARLY = frozenset({Stage.SEED, Stage.ANGEL})
FLOORS = frozenset({LimitKind.MIN_PROJECTS, LimitKind.MIN_EARLY_SHARE})


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """A limit beside the actual value: share, fen or number, as the limit states; None where nothing can be said."""

    limit: FundLimit
    actual: Money | None

    @property
    def stated(self) -> Money:
        """The limit's own value in the same measure."""
        limit = self.limit
        return limit.share if limit.share is not None else limit.amount_fen or limit.count or 0

    @property
    def is_kept(self) -> bool | None:
        if self.actual is None:
            return None
        if self.limit.kind in FLOORS:
            return self.actual >= self.stated
        return self.actual <= self.stated


def check_limits(limits: Iterable[FundLimit], books: Books, shares: ShareCheck) -> list[LimitCheck]:
    """Each limit against a fund's figures; money in fen, shares exact."""
    return [LimitCheck(limit, _actual(limit, books, shares)) for limit in limits]


def _actual(limit: FundLimit, books: Books, shares: ShareCheck) -> Money | None:
    costs = [holding.cost for holding in books.holdings if holding.cost]
    match limit.kind:
        case LimitKind.MAX_ONE_PROJECT:
            return _share(max(costs, default=0), _base(limit, books))
        case LimitKind.MAX_TICKET:
            return max(costs, default=0)
        case LimitKind.MIN_PROJECTS:
            return len(costs)
        case LimitKind.MIN_EARLY_SHARE:
            early = sum(holding.cost for holding in books.holdings if holding.stage in EARLY)
            return _share(early, _base(limit, books))
        case LimitKind.MAX_GOVERNMENT_SHARE:
            return shares.computed if shares.computed is not None else shares.stated
        case _:
            return shares.public


def _base(limit: FundLimit, books: Books) -> Money:
    if limit.basis == LimitBasis.COMMITTED:
        return books.fund.commitment
    if limit.basis == LimitBasis.PAID_IN:
        return books.fund.paid_in
    return sum(holding.cost for holding in books.holdings)


def _share(part: Money, base: Money) -> Fraction | None:
    return Fraction(part) / Fraction(base) if base else None

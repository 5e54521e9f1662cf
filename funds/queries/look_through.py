"""Sub-fund interests replaced by their projects: loaded for funds whose policy looks through (θ.look_through)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from funds.choices.tolerance import Basis
from funds.models import Fund
from funds.queries.answers import HoldingsOf
from funds.queries.cells import SumsOf
from funds.queries.holdings import Books, books_of
from funds.queries.interests import Interest, interests_at
from funds.queries.policies import PolicyBook
from funds.queries.sums import Moment
from funds.rules.figures import HoldingFigures, Money, Underlying
from funds.rules.loss import LossRate
from funds.rules.theta import Theta


def looks_through(book: PolicyBook) -> bool:
    """Whether any rule or definition in the book asks for looking through."""
    stated = [*(rule.theta for rule in book.rules.values()), *(each.theta for each in book.definitions)]
    return any(theta.get("look_through") for theta in stated)


def seen_through(books: Mapping[int, Books], moment: Moment) -> dict[int, Books]:
    """The books with every interest in a sub-fund carrying that fund's holdings and the exact share, at all levels.

    At most five statements, none beyond the first where no interest holds.
    """
    by_mother = interests_at(moment)
    if not any(fund in by_mother for fund in books):
        return dict(books)
    missing = _below(by_mother, books) - books.keys()
    known = dict(books) | (books_of(list(Fund.objects.filter(pk__in=missing)), moment) if missing else {})
    return {fund: replace(own, holdings=_through(own.holdings, fund, by_mother, known)) for fund, own in books.items()}


def _below(by_mother: Mapping[int, Sequence[Interest]], roots: Iterable[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        for interest in by_mother.get(waiting.pop(), ()):
            if interest.sub_fund_id not in found:
                found.add(interest.sub_fund_id)
                waiting.append(interest.sub_fund_id)
    return found


def _through(
    holdings: Iterable[HoldingFigures],
    fund_id: int,
    by_mother: Mapping[int, Sequence[Interest]],
    known: Mapping[int, Books],
) -> tuple[HoldingFigures, ...]:
    interests = {one.investment_id: one for one in by_mother.get(fund_id, ())}
    seen = []
    for holding in holdings:
        interest = interests.get(int(holding.id))
        if interest is None:
            seen.append(holding)
            continue
        sub = interest.sub_fund_id
        projects = _through(known[sub].holdings, sub, by_mother, known)
        seen.append(replace(holding, underlying=Underlying(interest.share, projects)))
    return tuple(seen)


@dataclass(frozen=True, slots=True)
class ThroughSums(SumsOf):
    """Sums of a mother fund: readings that look through are made from its holdings, the others from the sums."""

    seen: HoldingsOf | None = None
    plain: SumsOf | None = None

    def rate(self, theta: Theta) -> LossRate:
        if self.seen is not None and theta.look_through and theta.basis != Basis.NAV_SHORTFALL:
            return self.seen.rate(theta)
        # slots=True makes the class anew, so that the short form of super() would name the old one.
        return self.plain.rate(theta) if self.plain is not None else SumsOf.rate(self, theta)

    def largest_delta(self, theta: Theta) -> Money | None:
        if self.seen is not None and theta.look_through:
            return self.seen.largest_delta(theta)
        # The sums of a time line know no largest position and say so themselves.
        return self.plain.largest_delta(theta) if self.plain is not None else SumsOf.largest_delta(self, theta)


def sums_through(
    funds: Collection[Fund], sums: Mapping[int, SumsOf], book: PolicyBook, moment: Moment
) -> dict[int, SumsOf]:
    """The same sums, with those of mother funds able to look through where the policies ask for it.

    No statement where no policy looks through, one where no fund holds another; otherwise at most two more, and one for
    sub-funds that are not among ``funds``.
    """
    if not looks_through(book):
        return dict(sums)
    by_mother = interests_at(moment)
    chosen = [fund for fund in funds if fund.pk in by_mother]
    if not chosen:
        return dict(sums)
    below = _below(by_mother, [fund.pk for fund in chosen])
    here = [fund for fund in funds if fund.pk in by_mother or fund.pk in below]
    missing = below - {fund.pk for fund in here}
    more = list(Fund.objects.filter(pk__in=missing)) if missing else []
    books = books_of([*here, *more], moment)
    through: dict[int, SumsOf] = {}
    for fund in chosen:
        own, plain = books[fund.pk], sums[fund.pk]
        seen = HoldingsOf(own.fund, _through(own.holdings, fund.pk, by_mother, books))
        through[fund.pk] = ThroughSums(plain.fund, plain.cells, plain.head, seen=seen, plain=plain)
    return dict(sums) | through

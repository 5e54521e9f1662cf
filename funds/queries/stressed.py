"""What stress works on: the positions behind one answer, in one kind of money, and where its cap breaks.

The engine's own view gives holdings, reading, cap and denominator; nothing is computed beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from funds.choices.tolerance import MoneyView
from funds.models import Fund, Investment
from funds.queries.answers import Answer
from funds.queries.holdings import Books
from funds.queries.tolerance import ToleranceView
from funds.rules.figures import HoldingFigures, HoldingId
from funds.rules.loss import government_share, holdings_under, in_scope, loss_rate
from funds.rules.status import CapTerms
from funds.rules.stress.limits import GROWING, Limit, limit_of
from funds.rules.stress.reverse import Position, ReverseStress, position_of, reverse_stress
from funds.rules.theta import Theta


class NotStressed(StrEnum):
    """Why there is nothing to stress."""

    NO_CAP = "NO_CAP"
    NO_DATA = "NO_DATA"
    NO_SHARE = "NO_SHARE"
    FIRST_LOSS_IN_GROUP = "FIRST_LOSS_IN_GROUP"
    GAINS_IN_GROUP = "GAINS_IN_GROUP"
    GOVERNMENT_FIRST_LOSS = "GOVERNMENT_FIRST_LOSS"


class Held(NamedTuple):
    """A position with the holding and fund it belongs to, and the share of the holding's money that it counts."""

    position: Position
    holding: HoldingFigures
    fund: Fund
    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class Stressed:
    """The positions of an answer. Fen of the whole fund; of the government's part for groups that count it.

    ``terms`` are those that were tested, ``limit`` where they break; ``other_loss`` are counted fees.
    """

    theta: Theta
    terms: CapTerms
    limit: Limit
    held: tuple[Held, ...]
    denominator: Fraction
    other_loss: Fraction
    in_government_money: bool = False

    @property
    def positions(self) -> list[Position]:
        return [each.position for each in self.held]

    @property
    def loss(self) -> Fraction:
        """N, signed."""
        return sum((Fraction(p.loss) for p in self.positions), self.other_loss)

    def reverse(self) -> ReverseStress:
        """Reverse stress of these positions (domain 4.6)."""
        return reverse_stress(
            self.positions, denominator=self.denominator, limit=self.limit, other_loss=self.other_loss
        )

    def by_id(self) -> dict[HoldingId, Held]:
        return {each.holding.id: each for each in self.held}


def stressed(view: ToleranceView, answer: Answer) -> Stressed | NotStressed:
    """The positions behind one answer of a fund, stage or group, or why there are none."""
    return stressed_books([(fund, view.books[fund.pk]) for fund in view.funds], answer)


def stressed_books(books: Sequence[tuple[Fund, Books]], answer: Answer) -> Stressed | NotStressed:
    """The same from books that may hold supposed changes; ``answer`` was given for them."""
    terms, cap, theta = answer.terms, answer.tolerance.effective_cap, answer.resolved.theta
    rate = answer.rate
    why = _why_not(books, answer)
    if why is not None or terms is None or cap is None:
        return why or NotStressed.NO_CAP
    held = [
        Held(position_of(holding, theta), holding, fund)
        for fund, own in books
        for holding in in_scope(holdings_under(theta, own.holdings), theta.scope)
    ]
    if theta.money_view == MoneyView.FUND_TOTAL or len(books) == 1:
        limit = limit_of(cap, theta, books[0][1].fund, terms.test)
        if limit is None:
            return NotStressed.NO_SHARE
        return Stressed(theta, terms, limit, together(held), rate.fund_denominator, rate.fees)
    shares = {fund.pk: government_share(own.fund) for fund, own in books}
    scaled = tuple(
        Held(each.position.times(share), each.holding, each.fund, share)
        for each in held
        for share in [shares[each.fund.pk]]
    )
    # Fees belong to whole funds and count in no group.
    limit = Limit(cap, cap, test=terms.test, grows=theta.denominator in GROWING)
    return Stressed(theta, terms, limit, together(scaled), rate.denominator, Fraction(0), in_government_money=True)


def _why_not(books: Sequence[tuple[Fund, Books]], answer: Answer) -> NotStressed | None:
    """What keeps the answer from being stressed, if anything does."""
    theta = answer.resolved.theta
    if not answer.rate.denominator:
        return NotStressed.NO_DATA
    if answer.terms is None or answer.tolerance.effective_cap is None or answer.problem is not None:
        return NotStressed.NO_CAP
    funds = [own.fund for _fund, own in books]
    found = None
    if any(fund.gov_first_loss for fund in funds):
        # What the government bears first makes its part bend: one slope no longer tells what new money may lose.
        found = NotStressed.GOVERNMENT_FIRST_LOSS
    elif len(funds) > 1 and any(fund.others_first_loss for fund in funds):
        # The government's part of each fund then bends at its own loss: no single line tells how far the group is.
        found = NotStressed.FIRST_LOSS_IN_GROUP
    elif len(funds) > 1 and any(
        own.fund.gains and loss_rate(own.holdings, own.fund, theta).fund_numerator < 0 for _fund, own in books
    ):
        # A gain of one fund sets off less of another's loss where the government gives up some of it.
        found = NotStressed.GAINS_IN_GROUP
    return None if theta.money_view == MoneyView.FUND_TOTAL else found


def together(held: Iterable[Held]) -> tuple[Held, ...]:
    """Projects that are held through several interests as one position each: they fail once."""
    found: dict[HoldingId, Held] = {}
    for each in held:
        same = found.get(each.holding.id)
        if same is None:
            found[each.holding.id] = each
            continue
        sums = {name: getattr(same.holding, name) * same.share + getattr(each.holding, name) * each.share
                for name in ADDED}  # fmt: skip
        found[each.holding.id] = Held(same.position.plus(each.position), replace(same.holding, **sums), same.fund)
    return tuple(found.values())


ADDED = (
    "cost", "relieved", "proceeds", "realised_loss", "realised_gain", "income", "impairment", "fair_value", "fx",
)  # fmt: skip


def names_of(view: ToleranceView, on: Stressed | NotStressed) -> dict[int, Investment]:
    """The holdings of a view, and the projects that its positions look through to, by id. One statement."""
    ids = {int(holding.id) for holding in view.holdings}
    if isinstance(on, Stressed):
        ids |= {int(each.holding.id) for each in on.held}
    rows = Investment.objects.filter(pk__in=ids).select_related("company")
    return {row.pk: row for row in rows.only("code", "fund_id", "stage", "company__name_zh", "company__name_en")}

"""The rows of the portfolio workbook: read as they are written, so that long books need no memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from funds.choices.ledger import EXIT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.models import Commitment, Fund, FundGroup, Investment, LedgerEvent, Valuation, ValuationPaper
from funds.queries.events import counted
from funds.queries.holdings import Books, books_of
from funds.queries.interests import interests_at
from funds.queries.performance import Cut, Line, performance
from funds.queries.register import Entry, register_at
from funds.queries.sums import Moment
from funds.queries.tolerance import members
from funds.rules.figures import HoldingFigures
from funds.rules.graph import look_through_shares

CHUNK = 2_000
"""Rows that one fetch brings."""


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One holding with its figures; amounts exact, in fen."""

    investment: Investment
    figures: HoldingFigures


@dataclass(frozen=True, slots=True)
class Below:
    """The exact share of a fund in a fund below it, through all levels."""

    mother: Fund
    fund: Fund
    share: Fraction


@dataclass(frozen=True)
class PortfolioBook:
    """The records of some funds at one moment; every list is a question of its own, in a constant number."""

    funds: Sequence[Fund]
    moment: Moment

    @property
    def ids(self) -> list[int]:
        return [fund.pk for fund in self.funds]

    def commitments(self) -> QuerySet[Commitment]:
        """Commitments that hold on the day."""
        rows = Commitment.objects.counted(self.moment.as_of, self.moment.known_at).filter(fund__in=self.ids)
        return rows.select_related("fund", "investor").order_by("fund__code", "source", "investor_id")

    def entries(self) -> QuerySet[LedgerEvent]:
        """Entries that count, by fund and number."""
        rows = counted(self.moment).filter(fund__in=self.ids)
        return rows.select_related("fund", "investment__company", "award__recipient").order_by("fund__code", "seq")

    def values(self) -> QuerySet[Valuation]:
        """Values of every day that count, with the level that their paper states, and whether one follows."""
        known = Q(superseded_at=None) | Q(superseded_at__gt=self.moment.known_at)
        later = Valuation.objects.filter(
            known, investment=OuterRef("investment"), valid_at__gt=OuterRef("valid_at"),
            valid_at__lte=self.moment.as_of, recorded_at__lte=self.moment.known_at,
        )  # fmt: skip
        rows = Valuation.objects.filter(
            known, investment__fund__in=self.ids, valid_at__lte=self.moment.as_of,
            recorded_at__lte=self.moment.known_at,
        ).annotate(is_followed=Exists(later))  # fmt: skip
        related = rows.select_related("investment__fund", "investment__company", "paper", "approved_by")
        return related.order_by("investment__fund__code", "investment__code", "valid_at")

    def flows(self) -> QuerySet[Any]:
        """Money of each day by transaction type, as dictionaries; fen, never signed but by reversals."""

        def total(*kinds: str) -> Coalesce:
            return Coalesce(Sum("amount_fen", filter=Q(effect__in=kinds)), 0)

        rows = counted(self.moment).filter(fund__in=self.ids).exclude(effect__in=[EventKind.IMPAIRMENT, EventKind.FX])
        grouped = rows.order_by("fund__code", "value_date").values("fund__code", "value_date")
        return grouped.annotate(
            called=total(EventKind.CALL), distributed=total(EventKind.DISTRIBUTION),
            invested=total(*INVESTING_KINDS), exited=total(*EXIT_KINDS), income=total(*INCOME_KINDS),
            fees=total(EventKind.FEE), expenses=total(EventKind.EXPENSE),
            granted=total(EventKind.GRANT), given_back=total(EventKind.GRANT_RETURN),
        )  # fmt: skip

    def books(self) -> dict[int, Books]:
        return books_of(self.funds, self.moment)

    def holdings(self) -> list[HoldingLine]:
        """Every holding with a counted event, by fund and code. Three statements."""
        names = Investment.objects.filter(fund__in=self.ids).select_related("fund", "company").in_bulk()
        lines = [HoldingLine(names[int(one.id)], one) for own in self.books().values() for one in own.holdings]
        return sorted(lines, key=lambda line: (line.investment.fund.code, line.investment.code))

    def figures(self) -> list[Line]:
        """Rates and multiples of every fund, by code; grant ledgers have none."""
        chosen = [fund for fund in self.funds if fund.fund_class != "GRANT"]
        return list(performance(self.moment, funds=chosen, curve=False).of(Cut.FUND)) if chosen else []

    def tolerance(self) -> list[Entry]:
        """Every rule that speaks of one of the funds."""
        chosen = set(self.ids)
        return [one for one in register_at(self.moment) if isinstance(one.subject, Fund) and one.subject.pk in chosen]

    def below(self) -> list[Below]:
        """The funds that one of the funds holds, through all levels. Two statements."""
        by_mother = interests_at(self.moment)
        shares = {mother: [(one.sub_fund_id, one.share) for one in own] for mother, own in by_mother.items()}
        found = [(fund, look_through_shares(shares, fund.pk)) for fund in self.funds if fund.pk in shares]
        names = Fund.objects.in_bulk({pk for __, own in found for pk in own})
        return [Below(fund, names[pk], share) for fund, own in found for pk, share in sorted(own.items())]


def chosen_funds(fund: Fund | None, group: FundGroup | None, moment: Moment) -> list[Fund]:
    """One fund, the members of a group on the day, or all; by code."""
    if fund is not None:
        return [fund]
    if group is not None:
        return list(members(group, moment.as_of))
    return list(Fund.objects.filter(starts_on__lte=moment.as_of).select_related("manager", "parent").order_by("code"))


def streamed(rows: QuerySet[Any]) -> Iterator[Any]:
    """The rows in pieces, by a cursor of the server."""
    return rows.iterator(chunk_size=CHUNK)


def level_of(value: Valuation) -> str:
    """The fair-value level that the paper of a value states; empty where it has none."""
    paper: ValuationPaper | None = getattr(value, "paper", None)
    return paper.level if paper else ""


def total_of(lines: Iterable[HoldingLine], name: str) -> Fraction:
    """Sum of one figure over holdings, exact."""
    return sum((Fraction(getattr(line.figures, name)) for line in lines), Fraction(0))

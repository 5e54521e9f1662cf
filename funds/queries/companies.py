"""What the page of a company shows: its holdings in every fund, quarters, cap table, valuations, decisions, papers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from funds.choices.companies import CapEntryKind
from funds.choices.records import InvestmentState
from funds.models import (
    CapRecord,
    CapReversal,
    CompanyQuarter,
    Deal,
    Decision,
    Fund,
    Investment,
    Paper,
    Tranche,
    Valuation,
)
from funds.queries.deals import with_payment
from funds.queries.holdings import books_of
from funds.queries.states import states_of
from funds.queries.sums import Moment
from funds.rules.cap_securities import Security, family_of, securities
from funds.rules.cap_table import CapTable, cap_table
from funds.rules.company_figures import Quarter
from funds.rules.figures import HoldingFigures
from innovation.organisations.models import Organisation


@dataclass(frozen=True)
class CompanyHolding:
    """One fund's holding at a moment; ``figures`` None while nothing is paid. ``loss``: realised and unrealised."""

    investment: Investment
    fund: Fund
    state: InvestmentState
    figures: HoldingFigures | None

    def figure(self, name: str) -> int:
        return int(getattr(self.figures, name)) if self.figures else 0

    @property
    def loss(self) -> int:
        """Fen lost, no gains set off: what the holding adds to NONE of domain 4.2."""
        if self.figures is None:
            return 0
        return int(self.figures.realised_loss + max(0, self.figures.remaining - self.figures.fair_value))


def portfolio_companies() -> QuerySet[Organisation]:
    """Companies that a fund holds or looks at, with how many holdings and proposals there are."""
    return (
        Organisation.objects.current()
        .filter(Q(investments__isnull=False) | Q(deals__isnull=False))
        .annotate(
            holding_count=Count("investments", distinct=True),
            fund_count=Count("investments__fund", distinct=True),
            deal_count=Count("deals", distinct=True),
            last_quarter=Max("quarters__quarter_end", filter=Q(quarters__superseded_at=None)),
        )
        .distinct()
    )


def holdings_of(company: Organisation, moment: Moment) -> list[CompanyHolding]:
    """Every holding in the company. Four statements."""
    investments = list(Investment.objects.filter(company=company).select_related("fund").order_by("fund__code", "code"))
    funds = {investment.fund_id: investment.fund for investment in investments}
    books = books_of(list(funds.values()), moment) if funds else {}
    figures = {int(held.id): held for book in books.values() for held in book.holdings}
    states = states_of([investment.pk for investment in investments], moment)
    return [
        CompanyHolding(investment, funds[investment.fund_id], states[investment.pk], figures.get(investment.pk))
        for investment in investments
    ]


def quarters_of(company_ids: Collection[int], moment: Moment) -> QuerySet[CompanyQuarter]:
    """Quarters of companies as known at a moment, the oldest first."""
    known = CompanyQuarter.objects.known(moment.known_at)
    return known.filter(company__in=company_ids, quarter_end__lte=moment.as_of).order_by("company", "quarter_end")


def plain(row: CompanyQuarter) -> Quarter:
    return Quarter(
        row.quarter_end, row.revenue_fen, row.headcount, row.rd_staff, row.rd_spend_fen, row.patents, row.tax_fen
    )


@dataclass(frozen=True)
class NamedCapTable:
    """A cap table with the names of holders, classes and plans, and the rows that it was made from."""

    table: CapTable
    holders: dict[str, str]
    classes: dict[str, str]
    plans: dict[str, str]
    records: list[CapRecord]
    as_of: date

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [row.data for row in self.records]


def cap_table_of(company: Organisation, moment: Moment) -> NamedCapTable:
    """The cap table as of and as known at a moment. One statement."""
    records = list(cap_records(company, moment).select_related("recorded_by"))
    objects = [row.data for row in records]

    def named(object_type: str) -> dict[str, str]:
        return {item["id"]: _name(item) for item in objects if item["object_type"] == object_type}

    return NamedCapTable(
        cap_table(objects, moment.as_of), named("STAKEHOLDER"), named("STOCK_CLASS"), named("STOCK_PLAN"), records,
        moment.as_of,
    )  # fmt: skip


def open_securities(cap: NamedCapTable, kind: CapEntryKind) -> dict[str, Security]:
    """What an entry of ``kind`` can be made upon, by the id of the security: of its family, and still there."""
    family = family_of(kind)
    return {
        key: one
        for key, one in securities(cap.objects, cap.as_of).items()
        if one.family == family and not one.closed and one.held > 0
    }


def cap_records(company: Organisation, moment: Moment) -> QuerySet[CapRecord]:
    """The objects of the cap table as known at a moment, in the order in which they came."""
    return CapRecord.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gt=moment.known_at), company=company, recorded_at__lte=moment.known_at
    ).order_by("pk")


def taken_back(company: Organisation, moment: Moment) -> QuerySet[CapReversal]:
    """The entries by hand that were taken back by a moment, the latest first."""
    rows = CapReversal.objects.filter(record__company=company, reversed_at__lte=moment.known_at)
    return rows.select_related("record", "reversed_by")


def entry_of(record: CapRecord) -> list[dict[str, Any]]:
    """The objects that came with a transaction entered by hand, the transaction last."""
    rows = CapRecord.objects.filter(
        company=record.company_id, origin=None, recorded_at=record.recorded_at, recorded_by=record.recorded_by_id
    )
    return list(rows.order_by("pk").values_list("data", flat=True))


def names_of(objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names of holders, classes and plans by their id."""
    return {str(item["id"]): _name(item) for item in objects if not str(item["object_type"]).startswith("TX_")}


def _name(item: Mapping[str, Any]) -> str:
    name = item.get("plan_name") or item.get("name", "")
    return str(name.get("legal_name", "")) if isinstance(name, dict) else str(name)


def valuations_of(company: Organisation, moment: Moment) -> QuerySet[Valuation]:
    known = Valuation.objects.filter(
        investment__company=company, valid_at__lte=moment.as_of, recorded_at__lte=moment.known_at
    )
    return known.select_related("investment__fund", "approved_by").order_by("-valid_at", "-recorded_at")


def decisions_of(company: Organisation) -> QuerySet[Decision]:
    about = Q(investment__company=company) | Q(deal__company=company)
    return Decision.objects.sealed().filter(about).select_related("fund").order_by("-met_on", "-pk")


def rounds_of(company: Organisation) -> QuerySet[Tranche]:
    """The tranches of every agreement with the company, each with whether it is paid."""
    rows = Tranche.objects.filter(agreement__investment__company=company)
    return with_payment(rows).select_related("agreement__investment__fund").order_by("-agreement__signed_on", "number")


def papers_of(company: Organisation) -> QuerySet[Paper]:
    about = Q(company=company) | Q(deal_links__deal__company=company)
    return Paper.objects.filter(about).distinct().order_by("-recorded_at", "-pk")


def deals_of(company: Organisation) -> QuerySet[Deal]:
    return Deal.objects.filter(company=company).select_related("fund", "lead")

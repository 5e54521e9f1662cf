"""A small office for page tests: one fund of each state that the tolerance page has to explain. Money in fen."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from funds.actions.ledger import Draft, append, lock_fund
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, Stage
from funds.models import Fund, FundGroup, FundGroupMember, FundPolicyBinding, Investment, PolicyDocument, Valuation
from tests.factories.funds import FundFactory, InvestmentFactory

KNOWN = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY = date(2024, 6, 30)
WAN = 1_000_000
TIMES = {"as_of": "2024-06-30", "known_at": "2024-06-30T23:00"}


def book(fund: Fund, *drafts: Draft, at: datetime = KNOWN - timedelta(days=1)) -> None:
    """Append events to a fund's ledger, recorded at ``at``."""
    with transaction.atomic():
        lock_fund(fund.pk)
        append({fund.pk: drafts}, actor=None, recorded_at=at)


def bind(code: str, *, fund: Fund | None = None, group: FundGroup | None = None) -> FundPolicyBinding:
    """Bind the newest version of a shipped policy since 2020, known since 2023."""
    return FundPolicyBinding.objects.create(
        document=PolicyDocument.objects.get(code=code),
        fund=fund,
        group=group,
        valid_from=date(2020, 1, 1),
        recorded_at=KNOWN - timedelta(days=500),
    )


def invest(fund: Fund, cost: int, *, lost: int = 0, value: int | None = None, stage: str = Stage.SEED) -> Investment:
    """A holding of ``cost`` 万元 of which ``lost`` is written off, the rest valued at ``value`` (at cost if None)."""
    holding = InvestmentFactory(fund=fund, stage=stage)
    day = date(2023, 3, 1)
    drafts = [
        Draft(EventKind.CALL, day, cost * WAN),
        Draft(EventKind.INVEST, day, cost * WAN, holding.pk),
    ]
    if lost:
        drafts.append(Draft(EventKind.WRITE_OFF, date(2024, 2, 1), 0, holding.pk, lost * WAN))
    book(fund, *drafts)
    if value is not None:
        Valuation.objects.create(
            investment=holding,
            valid_at=date(2023, 12, 31),
            recorded_at=KNOWN - timedelta(days=100),
            fair_value_fen=value * WAN,
            method="NET_ASSETS",
        )
    return holding


def venture(**fields: object) -> Fund:
    """A fund of the venture class that rules of Shangcheng speak of."""
    return FundFactory(categories=["创业投资类"], **fields)


def fund_within() -> Fund:
    """1,000 invested, 100 lost: 10 % under a cap of 40 %."""
    fund = venture(name_en="Within Fund")
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    invest(fund, 600, lost=100)
    invest(fund, 400)
    return fund


def fund_exceeded() -> Fund:
    """1,000 invested, 500 lost: 50 % over a cap of 40 %."""
    fund = venture(name_en="Exceeded Fund")
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    invest(fund, 1000, lost=500)
    return fund


def fund_of_unknown_cap() -> Fund:
    fund = FundFactory(categories=["产业投资类"], fund_class=FundClass.INDUSTRY, name_en="Industry Fund")
    bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    invest(fund, 1000, lost=50, stage=Stage.INDUSTRY)
    return fund


def fund_without_limit() -> Fund:
    fund = FundFactory(name_en="Free Fund")
    bind("CN-SZ-CITY", fund=fund)
    invest(fund, 1000, lost=700)
    return fund


def fund_mixed() -> Fund:
    """Caps by stage, weighted: seed 500 at 1/2, angel 1,500 at 2/5."""
    fund = FundFactory(name_en="Mixed Fund", mode="DIRECT")
    bind("CN-GZ-HUANGPU-2025", fund=fund)
    invest(fund, 500, lost=100, stage=Stage.SEED)
    invest(fund, 1500, value=1200, stage=Stage.ANGEL)
    return fund


def group_of(*funds: Fund) -> FundGroup:
    group = FundGroup.objects.create(code=f"G{FundGroup.objects.count()}", name_zh="测试基金群", name_en="Test group")
    for fund in funds:
        FundGroupMember.objects.create(group=group, fund=fund, valid_from=date(2020, 1, 1))
    bind("CN-GZ-CITY-2026", group=group)
    return group

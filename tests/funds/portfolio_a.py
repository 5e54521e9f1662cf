"""Portfolio A of the domain text (section 4.2) in the database, and the binding of a shipped policy."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from funds.actions.ledger import Draft, append, lock_fund
from funds.choices.ledger import EventKind
from funds.choices.records import Stage
from funds.models import FundPolicyBinding, PolicyDocument, Valuation
from tests.factories.funds import FundFactory, InvestmentFactory

KNOWN = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY = date(2024, 6, 30)
WAN = 1_000_000


def book(fund, *drafts, at=KNOWN - timedelta(days=1)):
    with transaction.atomic():
        lock_fund(fund.pk)
        append({fund.pk: drafts}, actor=None, recorded_at=at)


def bind(code, target, **fields):
    document = PolicyDocument.objects.get(code=code)
    values = {"valid_from": date(2020, 1, 1), "recorded_at": KNOWN - timedelta(days=500)} | fields
    return FundPolicyBinding.objects.create(document=document, **target, **values)


def portfolio_a(**fields):
    """Portfolio A of the domain text, in fen."""
    fund = FundFactory(committed_fen=20_000 * WAN, **fields)
    day = date(2023, 3, 1)
    rows = {
        "P1": (Stage.SEED, 500, [(500, 0)], None),
        "P2": (Stage.ANGEL, 800, [(400, 100)], 200),
        "P3": (Stage.ANGEL, 1000, [], 600),
        "P4": (Stage.GROWTH, 1500, [], 4500),
        "P5": (Stage.GROWTH, 1200, [(1200, 3000)], None),
        "P6": (Stage.ANGEL, 600, [(300, 500)], 50),
    }
    drafts = [Draft(EventKind.CALL, day, 12_000 * WAN), Draft(EventKind.FEE, day, 600 * WAN)]
    drafts.append(Draft(EventKind.DISTRIBUTION, day, 2_000 * WAN))
    holdings = {}
    for code, (stage, cost, exits, value) in rows.items():
        holdings[code] = holding = InvestmentFactory(fund=fund, code=code, stage=stage)
        drafts.append(Draft(EventKind.INVEST, day, cost * WAN, holding.pk))
        drafts += [
            Draft(EventKind.EXIT_PARTIAL, day + timedelta(days=9), q * WAN, holding.pk, c * WAN) for c, q in exits
        ]
        if value is not None:
            Valuation.objects.create(
                investment=holding,
                valid_at=date(2023, 12, 31),
                recorded_at=KNOWN - timedelta(days=2),
                fair_value_fen=value * WAN,
                method="NET_ASSETS",
            )
    book(fund, *drafts)
    return fund, holdings

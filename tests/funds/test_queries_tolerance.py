"""Loss tolerance from the database: which policy, which reading, which status, and never another answer later."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import transaction

from funds.actions.ledger import Draft, append, lock_fund
from funds.choices import EventKind, Stage, ToleranceStatus
from funds.models import (
    FundPolicyBinding,
    PolicyDocument,
    Valuation,
)
from funds.queries.overview import overview
from funds.queries.tolerance import Target, evaluate
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
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


def test_portfolio_a_reads_as_the_domain_text_says():
    fund, _ = portfolio_a()
    view = evaluate(Target.of_fund(fund), DAY, KNOWN)
    rates = {reading.theta.code: reading.rate for reading in view.main.readings}
    expected = {
        "REALISED/NONE/INVESTED_COST": 800,
        "REALISED_PLUS_UNREALISED/NONE/INVESTED_COST": 1650,
        "REALISED_PLUS_UNREALISED/WITHIN_PROJECT/INVESTED_COST": 1450,
        "REALISED_PLUS_UNREALISED/REALISED_GAINS/INVESTED_COST+INCOME": -350,
        "REALISED_PLUS_UNREALISED/ALL_GAINS/INVESTED_COST+INCOME": -3350,
        "NAV_SHORTFALL/ALL_GAINS/PAID_IN": -2750,
    }
    assert {code: rates[code].numerator_signed for code in expected} == {k: v * WAN for k, v in expected.items()}
    assert rates["REALISED/NONE/EXITED_COST"].rate == Fraction(1, 3)
    assert view.main.tolerance.status == ToleranceStatus.NO_RULE
    assert view.main.resolved.from_default >= {"basis", "netting", "denominator"}


def test_a_bound_cap_is_tested_and_an_unknown_day_of_effect_only_indicates():
    fund, _ = portfolio_a(categories=["市场化基金"])
    bind("CN-CD-GAOXIN-2024", {"fund": fund})
    (found,) = evaluate(Target.of_fund(fund), DAY, KNOWN).answers
    assert (found.rule.code, found.terms.cap) == ("CN-CD-GX-MARKET", Fraction(1, 5))
    assert found.tolerance.status == ToleranceStatus.WITHIN
    assert found.tolerance.headroom == Fraction(1, 5) * 5600 * WAN
    assert found.headroom_points == Fraction(1, 5)
    assert (found.indicative, found.unverified, found.binds) == (True, True, False)


def test_all_funds_at_once_equal_each_fund_alone():
    first, _ = portfolio_a(categories=["市场化基金"], government_num=2, government_den=5)
    bind("CN-CD-GAOXIN-2024", {"fund": first})
    second, _ = portfolio_a(government_num=1, government_den=3, others_first_loss_fen=10**8)
    bind("CN-GZ-HUANGPU-2025", {"fund": second})
    FundFactory()
    lines = overview(DAY, KNOWN)
    assert len(lines) == 3
    for line in lines:
        alone = evaluate(Target.of_fund(line.fund), DAY, KNOWN)
        assert line.inputs_hash == alone.inputs_hash
        for mine, other in zip(line.answers, alone.answers, strict=True):
            assert mine.tolerance == other.tolerance
            assert mine.largest_delta == other.largest_delta
            assert [(r.theta, r.rate.rate) for r in mine.readings] == [(r.theta, r.rate.rate) for r in other.readings]

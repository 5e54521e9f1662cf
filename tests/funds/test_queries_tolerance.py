"""Loss tolerance from the database: which policy, which reading, which status, and never another answer later."""

from fractions import Fraction

import pytest

from funds.choices import ToleranceStatus
from funds.queries.overview import overview
from funds.queries.tolerance import Target, evaluate
from tests.factories.funds import FundFactory
from tests.funds.portfolio_a import DAY, KNOWN, WAN, bind, portfolio_a

pytestmark = pytest.mark.django_db


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

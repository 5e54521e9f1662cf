"""Loss tolerance from the database: which policy, which reading, which status, and never another answer later."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from funds.actions.ledger import Draft, reversal_of
from funds.actions.policies import bind_policy, end_binding
from funds.actions.special_tiers import decide_special_tier, request_special_tier
from funds.choices.ledger import EventKind
from funds.choices.records import Stage
from funds.choices.tolerance import MeasuredAt, StatusReason, ToleranceStatus
from funds.models import (
    FundGroup,
    FundGroupMember,
    LedgerEvent,
    PolicyDocument,
    SpecialTierApproval,
    ToleranceRule,
    Valuation,
)
from funds.queries.answers import HoldingsOf
from funds.queries.overview import overview
from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.funds.portfolio_a import DAY, KNOWN, WAN, bind, book, portfolio_a

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


def test_a_stage_is_measured_against_its_own_cost_and_a_mixed_fund_by_weighted_caps():
    fund, _ = portfolio_a(government_num=1, government_den=1)
    bind("CN-GZ-HUANGPU-2025", {"fund": fund})
    view = evaluate(Target.of_fund(fund), DAY, KNOWN)
    by_stage = {answer.question.stage: answer for answer in view.stage_answers}
    assert set(by_stage) == {"seed", "angel"}
    assert by_stage["angel"].rate.denominator == 2400 * WAN
    assert by_stage["angel"].terms.cap == Fraction(2, 5)
    assert by_stage["seed"].tolerance.status == ToleranceStatus.EXCEEDED
    # Growth has no cap in this text, so the mixed cap is unknown and nothing is tested for the whole fund.
    assert view.main.tolerance.reason == StatusReason.CAP_UNKNOWN
    alone = evaluate(Target.of_stage(fund, "angel"), DAY, KNOWN)
    assert alone.main.rate.denominator == 2400 * WAN
    assert {h.stage for h in alone.holdings} == {"angel"}


def test_a_total_loss_of_one_project_is_tolerable_only_if_duty_is_proven():
    fund, holdings = portfolio_a()
    bind("CN-GZ-HUANGPU-2025", {"fund": fund})
    view = evaluate(Target.of_project(holdings["P1"]), DAY, KNOWN)
    assert view.main.rate.rate == 1
    assert view.main.tolerance.status == ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY
    assert MeasuredAt.PROJECT_EXIT in view.main.question.moments


def test_a_group_sums_numerators_and_denominators_of_its_members_on_that_day():
    first, _ = portfolio_a(stage=Stage.ANGEL)
    second, _ = portfolio_a(stage=Stage.ANGEL, government_num=1, government_den=2, others_first_loss_fen=10**8)
    left, _ = portfolio_a()
    group = FundGroup.objects.create(code="G", name_zh="基金群")
    for fund, until in ((first, None), (second, None), (left, date(2024, 1, 1))):
        FundGroupMember.objects.create(group=group, fund=fund, valid_from=date(2020, 1, 1), valid_to=until)
    bind("CN-AH-2026", {"group": group})
    found = evaluate(Target.of_group(group), DAY, KNOWN)
    parts = [evaluate(Target.of_fund(fund), DAY, KNOWN) for fund in (first, second)]
    theta = found.main.resolved.theta
    for name in ("numerator_signed", "denominator"):
        assert getattr(found.main.rate, name) == sum(
            getattr(HoldingsOf(p.books[p.funds[0].pk].fund, p.holdings).rate(theta), name) for p in parts
        )
    assert found.main.rule.code == "CN-AH-GROUP"
    # A fund of a bound group is under the group's document too.
    assert parts[0].main.document.code == "CN-AH-2026"


def test_a_group_that_no_policy_binds_answers_without_a_cap():
    group = FundGroup.objects.create(code="G", name_zh="基金群")
    FundGroupMember.objects.create(group=group, fund=portfolio_a()[0], valid_from=date(2020, 1, 1))
    found = evaluate(Target.of_group(group), DAY, KNOWN)
    assert found.total_losses.holdings
    assert found.main.rule is None


def test_others_bear_the_first_loss_before_the_government():
    fund, _ = portfolio_a(government_num=2, government_den=5, others_first_loss_fen=1000 * WAN)
    (reading,) = [
        r
        for r in evaluate(Target.of_fund(fund), DAY, KNOWN).main.readings
        if r.theta.code == "REALISED_PLUS_UNREALISED/NONE/INVESTED_COST"
    ]
    assert reading.rate.fund_numerator == 1650 * WAN
    assert reading.rate.numerator_signed == Fraction(4800, 11_000) * 650 * WAN
    assert reading.rate.denominator == Fraction(2, 5) * 5600 * WAN


@pytest.fixture
def special():
    """A fund whose loss lies between the cap of 40 % and the special cap of 60 %."""
    fund, _ = portfolio_a(categories=["创业投资类"])
    holding = InvestmentFactory(fund=fund, stage=Stage.SEED)
    day = date(2024, 2, 1)
    book(
        fund,
        Draft(EventKind.INVEST, day, 10_000 * WAN, holding.pk),
        Draft(EventKind.WRITE_OFF, day, 0, holding.pk, 8_000 * WAN),
        at=KNOWN - timedelta(hours=1),
    )
    binding = bind("CN-HZ-SHANGCHENG-2025", {"fund": fund})
    return fund, binding, ToleranceRule.objects.get(code="CN-HZ-SC-FUND-VC")


def test_the_special_tier_opens_only_when_its_approval_is_known(special):
    fund, binding, rule = special
    target = Target.of_fund(fund)
    SpecialTierApproval.objects.create(
        binding=binding,
        rule=rule,
        state="APPROVED",
        evidence="minutes",
        valid_from=date(2024, 1, 1),
        requested_by=UserFactory(),
        requested_at=KNOWN + timedelta(days=1),
        decided_by=UserFactory(),
        decided_at=KNOWN + timedelta(days=3),
    )
    found = [evaluate(target, DAY, KNOWN + timedelta(days=n)).main.tolerance for n in (0, 2, 4)]
    assert [(t.status, t.reason) for t in found] == [
        (ToleranceStatus.EXCEEDED, StatusReason.SPECIAL_TIER_CONDITION_NOT_MET),
        (ToleranceStatus.EXCEEDED, StatusReason.SPECIAL_TIER_NOT_APPROVED),
        (ToleranceStatus.WITHIN_SPECIAL_TIER, None),
    ]
    assert found[2].effective_cap == Fraction(3, 5)


def test_a_binding_counts_from_the_moment_it_is_known_until_it_is_superseded():
    fund, _ = portfolio_a(categories=["市场化基金"])
    binding = bind("CN-CD-GAOXIN-2024", {"fund": fund}, recorded_at=KNOWN)
    binding.superseded_at = KNOWN + timedelta(days=2)
    binding.save()
    found = [
        evaluate(Target.of_fund(fund), DAY, KNOWN + timedelta(days=n)).main.document is not None for n in (-1, 0, 1, 2)
    ]
    assert found == [False, True, True, False]


def test_later_rows_never_change_an_earlier_answer():
    fund, holdings = portfolio_a(categories=["市场化基金"])
    bind("CN-CD-GAOXIN-2024", {"fund": fund})
    before = evaluate(Target.of_fund(fund), DAY, KNOWN)
    later = KNOWN + timedelta(days=5)
    wrong = LedgerEvent.objects.filter(fund=fund, kind=EventKind.EXIT_PARTIAL).first()
    book(fund, reversal_of(wrong, reason="typed wrong"), at=later)
    Valuation.objects.filter(investment=holdings["P4"]).update(superseded_at=later)
    Valuation.objects.create(
        investment=holdings["P4"], valid_at=date(2023, 12, 31), recorded_at=later, fair_value_fen=1, method="NET_ASSETS"
    )
    bind("CN-SC-2025-44", {"fund": fund}, recorded_at=later)
    again = evaluate(Target.of_fund(fund), DAY, KNOWN)
    assert again.inputs_hash == before.inputs_hash
    assert again.holdings == before.holdings
    assert [a.tolerance for a in again.answers] == [a.tolerance for a in before.answers]
    now = evaluate(Target.of_fund(fund), DAY, later)
    assert now.inputs_hash != before.inputs_hash
    assert len(now.answers) == 2


def test_the_number_of_statements_does_not_grow(django_assert_num_queries):
    first, _ = portfolio_a()
    group = FundGroup.objects.create(code="G", name_zh="基金群")
    FundGroupMember.objects.create(group=group, fund=first, valid_from=date(2020, 1, 1))
    bind("CN-CD-GAOXIN-2024", {"fund": first})
    bind("CN-AH-2026", {"group": group})
    for _round in range(2):
        with django_assert_num_queries(4):
            evaluate(Target.of_fund(first), DAY, KNOWN)
        with django_assert_num_queries(5):
            evaluate(Target.of_group(group), DAY, KNOWN)
        with django_assert_num_queries(5):
            overview(DAY, KNOWN)
        for _more in range(2):
            fund, _ = portfolio_a()
            bind("CN-CD-GAOXIN-2024", {"fund": fund})
            FundGroupMember.objects.create(group=group, fund=fund, valid_from=date(2020, 1, 1))


def test_a_special_case_outlives_the_end_of_its_binding():
    officer, manager = UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.PROGRAMME_MANAGER)
    fund = FundFactory(categories=["创业投资类"])
    document = PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")
    binding = bind_policy(document_id=document.pk, fund_id=fund.pk, valid_from=date(2024, 1, 1), actor=officer)
    request = request_special_tier(
        binding_id=binding.pk, rule_id=document.rules.get(code="CN-HZ-SC-FUND-VC").pk, evidence="Minutes 3",
        valid_from=date(2024, 1, 1), actor=officer,
    )  # fmt: skip
    decide_special_tier(approval_id=request.pk, approve=True, reason="Board 4", actor=manager)
    end_binding(binding_id=binding.pk, valid_to=date(2025, 12, 31), actor=officer)
    view = evaluate(Target.of_fund(fund), date(2025, 1, 1), timezone.now())
    assert view.main.terms.special.is_open

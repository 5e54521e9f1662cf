"""Which rule applies, and the weighted cap of mixed funds."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.choices.records import InvestmentMode
from funds.choices.tolerance import CapState, RuleType, ScopeLevel
from funds.rules.caps import (
    Binding,
    Document,
    MixedCap,
    Rule,
    StageCap,
    Subject,
    bound_documents,
    mixed_cap,
    select_rule,
    select_rules,
    weighted_cap,
)
from innovation.core.errors import RuleViolation
from tests.funds.portfolios import amounts, fractions_of_one

FUND, STAGE, PROJECT = ScopeLevel.FUND, ScopeLevel.STAGE_IN_FUND, ScopeLevel.PROJECT
DIRECT, SUB_FUND = InvestmentMode.DIRECT, InvestmentMode.SUB_FUND


def limit(name, scope, num, den, **filters):
    if "stages" in filters:
        filters["stages"] = frozenset(filters["stages"])
    return Rule(name, scope, CapState.LIMIT, Fraction(num, den), **filters)


def subject(scope=FUND, *, stages=("seed",), modes=(DIRECT,), categories=()):
    return Subject(scope, frozenset(categories), frozenset(stages), frozenset(modes))


SICHUAN = (
    limit("PROJECT", PROJECT, 1, 1),
    limit("FUND", FUND, 3, 5),
    limit("EARLY", FUND, 4, 5, fund_filter="种子基金或未来产业基金", stages=["seed"]),
)
GUANGZHOU = (
    limit("HP-PROJECT", PROJECT, 1, 1, stages=["seed", "angel"], mode=DIRECT),
    limit("HP-SEED", STAGE, 1, 2, stages=["seed"], mode=DIRECT),
    limit("HP-ANGEL", STAGE, 2, 5, stages=["angel"], mode=DIRECT),
    limit("HP-INDUSTRY", STAGE, 3, 10, stages=["industry_direct"], mode=DIRECT),
)
WUHAN = (limit("SEED", FUND, 4, 5, stages=["seed"]), limit("ANGEL", FUND, 3, 5, stages=["angel"]))


def test_the_row_with_more_stated_filters_wins():
    early = subject(categories=["种子基金或未来产业基金"])
    assert select_rule(SICHUAN, early).id == "EARLY"
    assert select_rule(SICHUAN, subject()).id == "FUND"
    assert select_rule(SICHUAN, subject(PROJECT)).id == "PROJECT"


def test_equally_stated_rows_are_an_error_for_staff():
    twice = (limit("B", FUND, 1, 2, mode=DIRECT), limit("A", FUND, 1, 3, stages=["seed"]), limit("C", FUND, 1, 1))
    with pytest.raises(RuleViolation) as refused:
        select_rule(twice, subject())
    assert refused.value.code == "AMBIGUOUS_RULE"
    assert refused.value.facts["rules"] == ["A", "B"]
    assert "A, B" in str(refused.value)


def test_a_stage_row_applies_to_a_fund_of_that_stage_only():
    assert select_rule(WUHAN, subject(stages=["seed"])).id == "SEED"
    assert select_rule(WUHAN, subject(stages=["seed", "angel"])) is None
    assert select_rule(WUHAN, subject(stages=[])) is None


def test_scope_and_mode_decide():
    assert select_rule(GUANGZHOU, subject(PROJECT, stages=["angel"])).id == "HP-PROJECT"
    assert select_rule(GUANGZHOU, subject(PROJECT, stages=["angel"], modes=[SUB_FUND])) is None
    assert select_rule(GUANGZHOU, subject(PROJECT, stages=["growth"])) is None
    assert select_rule(GUANGZHOU, subject(STAGE, stages=["angel"], modes=[DIRECT, SUB_FUND])).id == "HP-ANGEL"
    assert select_rule(GUANGZHOU, subject(FUND)) is None
    whole = (limit("D", FUND, 1, 2, mode=DIRECT),)
    assert select_rule(whole, subject(modes=[DIRECT])).id == "D"
    assert select_rule(whole, subject(modes=[DIRECT, SUB_FUND])) is None


def test_a_share_of_a_loss_is_never_a_ceiling():
    share = limit("SHARE", PROJECT, 2, 5, rule_type=RuleType.LOSS_SHARE)
    assert select_rule([share], subject(PROJECT)) is None
    assert (
        weighted_cap([limit("S", FUND, 2, 5, rule_type=RuleType.LOSS_SHARE, stages=["seed"])], subject(), {"seed": 1})
        is None
    )


@pytest.mark.parametrize(
    ("day", "moment", "in_force"),
    [
        (date(2025, 1, 1), 10, True),
        (date(2025, 12, 31), 10, True),
        (date(2024, 12, 31), 10, False),
        (date(2026, 1, 1), 10, False),
        (date(2025, 6, 1), 9, False),
        (date(2025, 6, 1), 19, True),
        (date(2025, 6, 1), 20, False),
    ],
)
def test_a_binding_holds_in_its_days_and_while_it_is_known(day, moment, in_force):
    binding = Binding("D", date(2025, 1, 1), date(2025, 12, 31), at_hour(10), superseded_at=at_hour(20))
    assert bool(bound_documents([binding], {"D": Document("D", ())}, day, at_hour(moment))) is in_force


def at_hour(hour):
    return datetime(2025, 1, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "found"),
    [
        (date(2025, 6, 1), date(2025, 6, 1), [False]),
        (date(2025, 6, 2), None, []),
        (date(2025, 1, 1), date(2025, 5, 31), []),
        (None, None, [True]),
    ],
)
def test_a_document_counts_while_in_force_and_is_indicative_without_its_day(begins, ends, found):
    binding = Binding("D", date(2025, 1, 1), None, at_hour(0))
    bound = bound_documents([binding], {"D": Document("D", (), begins, ends)}, date(2025, 6, 1), at_hour(1))
    assert [indicative for _document, indicative in bound] == found


def test_district_and_city_are_both_answered():
    bound = [(Document("city", SICHUAN), True), (Document("district", GUANGZHOU), False)]
    city, district = select_rules(bound, subject())
    assert (city.document, city.rule.id, city.indicative) == ("city", "FUND", True)
    assert (district.document, district.rule, district.indicative) == ("district", None, False)


def test_the_weighted_cap_of_the_domain_example():
    costs = {"seed": 500, "angel": 1_500, "industry_direct": 2_000}
    answer = weighted_cap(GUANGZHOU, subject(stages=costs), costs)
    assert answer == MixedCap(CapState.LIMIT, Fraction(29, 80))


def test_fund_rows_of_single_stages_weigh_a_mixed_fund():
    costs = {"seed": 300, "angel": 100, "growth": 0}
    assert weighted_cap(WUHAN, subject(stages=["seed", "angel"]), costs).cap == Fraction(3, 4)


def test_a_stage_that_the_document_does_not_mention_stops_the_evaluation():
    assert weighted_cap(WUHAN, subject(stages=["seed", "growth"]), {"seed": 1, "growth": 1}) == MixedCap(
        CapState.UNKNOWN
    )
    assert weighted_cap(WUHAN, subject(stages=["growth"]), {"growth": 1}) is None


def test_states_of_a_mixed_cap():
    free, unknown = StageCap("a", 5, CapState.NOT_LIMITED), StageCap("b", 5, CapState.UNKNOWN)
    some = StageCap("c", 5, CapState.LIMIT, Fraction(1, 2))
    assert mixed_cap([free, free]) == MixedCap(CapState.NOT_LIMITED)
    assert mixed_cap([free, some]) == MixedCap(CapState.LIMIT, Fraction(3, 4))
    assert mixed_cap([free, some, unknown]) == MixedCap(CapState.UNKNOWN)
    assert mixed_cap([some, StageCap("b", 0, CapState.UNKNOWN)]) == MixedCap(CapState.LIMIT, Fraction(1, 2))
    assert mixed_cap([]) == mixed_cap([StageCap("b", 0, CapState.UNKNOWN)]) == MixedCap(CapState.NO_DATA)


limited = st.builds(StageCap, st.just("x"), amounts, st.just(CapState.LIMIT), fractions_of_one)


@given(st.lists(limited, max_size=5), st.integers(1, 50))
def test_a_mixed_cap_lies_between_its_caps_and_knows_no_unit(stages, unit):
    answer = mixed_cap(stages)
    invested = [stage for stage in stages if stage.cost]
    if not invested:
        assert answer == MixedCap(CapState.NO_DATA)
        return
    assert min(stage.cap for stage in invested) <= answer.cap <= max(stage.cap for stage in invested)
    scaled = [StageCap(stage.stage, stage.cost * unit, stage.cap_state, stage.cap) for stage in stages]
    assert mixed_cap(scaled) == answer


@given(limited, st.lists(limited, max_size=4))
def test_losing_every_stage_at_its_cap_is_losing_the_fund_at_its_mixed_cap(first, others):
    stages = [first, *others]
    lost = sum(stage.cost * stage.cap for stage in stages)
    invested = sum(stage.cost for stage in stages)
    if invested:
        assert mixed_cap(stages).cap * invested == lost

"""Recording, ending and withdrawing the terms of a fund: periods cut each other, nothing known is lost."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from funds.actions import terms
from funds.choices.records import FundState, InvestmentMode
from funds.choices.tolerance import MeasuredAt
from funds.models import Commitment, FundTerm, SubFundInterest
from funds.queries.commitments import share_check, split, stakes_at
from funds.queries.interests import interests_at, shares_below
from funds.queries.policies import load_policies
from funds.queries.questions import Target, moments_of_life
from funds.queries.sums import Moment
from funds.queries.tolerance import evaluate
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db
Y20, Y23, Y25 = date(2020, 1, 1), date(2023, 1, 1), date(2025, 1, 1)


def code_of(work):
    with pytest.raises(RuleViolation) as caught:
        work()
    return caught.value.code


def commit(officer, fund, amount, since=Y20, source="GOVERNMENT", *, investor=None, **facts):
    return terms.record_commitment(
        fund_id=fund.pk, investor_id=(investor or OrganisationFactory()).pk, source=source, amount_fen=amount,
        valid_from=since, actor=officer, **facts,
    )  # fmt: skip


def amounts(fund, day, known_at=None):
    stakes = stakes_at(Moment(day, known_at or timezone.now()), [fund.pk])
    return [stake.amount_fen for stake in stakes.get(fund.pk, [])]


def test_a_change_from_a_day_on_cuts_what_held_before_and_both_stay_known(officer):
    fund, investor = FundFactory(), OrganisationFactory()
    commit(officer, fund, 100, investor=investor)
    before = timezone.now()
    commit(officer, fund, 150, Y23, investor=investor)
    assert amounts(fund, Y20) == [100]
    assert amounts(fund, Y23 - timedelta(days=1)) == [100]
    assert amounts(fund, Y23) == amounts(fund, date(2040, 1, 1)) == [150]
    assert amounts(fund, Y25, before) == [100]
    assert amounts(fund, Y20 - timedelta(days=1)) == []


def test_a_change_in_the_middle_leaves_the_days_around_it(officer):
    fund, investor = FundFactory(), OrganisationFactory()
    commit(officer, fund, 100, investor=investor)
    commit(officer, fund, 70, Y23, investor=investor, valid_to=Y25)
    assert [amounts(fund, day) for day in (Y20, Y23, Y25, Y25 + timedelta(days=1))] == [[100], [70], [70], [100]]
    assert Commitment.objects.current().count() == 3


def test_the_same_again_is_refused_and_so_are_wrong_amounts_and_closed_funds(officer):
    fund, investor = FundFactory(), OrganisationFactory()
    commit(officer, fund, 100, investor=investor)
    assert code_of(lambda: commit(officer, fund, 100, investor=investor)) == "FACT_STANDS"
    assert code_of(lambda: commit(officer, fund, 0)) == "AMOUNT_NOT_POSITIVE"
    assert code_of(lambda: commit(officer, fund, 5, Y23, valid_to=Y20)) == "PERIOD_ORDER"
    assert code_of(lambda: commit(officer, FundFactory(state=FundState.CLOSED), 5)) == "FUND_CLOSED"


def test_a_commitment_ends_or_is_withdrawn_and_the_past_knows_it_still(officer):
    fund = FundFactory()
    row = commit(officer, fund, 100)
    ended = terms.end_fact(record=row, last_day=Y23, actor=officer)
    assert (amounts(fund, Y23), amounts(fund, Y25)) == ([100], [])
    assert code_of(lambda: terms.end_fact(record=row, last_day=Y20, actor=officer)) == "FACT_SUPERSEDED"
    assert code_of(lambda: terms.end_fact(record=ended, last_day=Y25, actor=officer)) == "ENDS_LATER"
    assert code_of(lambda: terms.withdraw_fact(record=ended, reason=" ", actor=officer)) == "REASON_MISSING"
    before = timezone.now()
    terms.withdraw_fact(record=ended, reason="typed for the wrong fund", actor=officer)
    assert (amounts(fund, Y20), amounts(fund, Y20, before)) == ([], [100])
    gone = Commitment.objects.get(withdrawn_because="typed for the wrong fund")
    assert gone.superseded_by == officer


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.PROGRAMME_MANAGER, Role.APPLICANT])
def test_only_fund_officers_record_terms(role, officer):
    row = commit(officer, FundFactory(), 5)
    other = UserFactory(role=role)
    with pytest.raises(PermissionDenied):
        commit(other, FundFactory(), 5)
    with pytest.raises(PermissionDenied):
        terms.withdraw_fact(record=row, reason="no", actor=other)


def test_stakes_split_a_call_to_the_fen_in_the_order_of_investors(officer):
    fund = FundFactory()
    for amount, source in ((25, "SOCIAL"), (35, "PUBLIC"), (40, "GOVERNMENT")):
        commit(officer, fund, amount, source=source)
    stakes = stakes_at(Moment(Y25, timezone.now()), [fund.pk])[fund.pk]
    assert [(stake.source, part) for stake, part in split(100_001, stakes)] == [
        ("GOVERNMENT", 40_001), ("PUBLIC", 35_000), ("SOCIAL", 25_000),
    ]  # fmt: skip


def test_the_share_by_commitments_is_exact_and_compared_with_the_stated_one(officer):
    fund = FundFactory(government_num=1, government_den=3, committed_fen=300)
    assert share_check(fund, []).computed is None
    for amount, source in ((100, "GOVERNMENT"), (50, "PUBLIC"), (150, "SOCIAL")):
        commit(officer, fund, amount, source=source)
    stakes = stakes_at(Moment(Y25, timezone.now()), [fund.pk])[fund.pk]
    check = share_check(fund, stakes)
    assert (check.computed, check.public, check.share_differs, check.total_differs) == (
        Fraction(1, 3), Fraction(1, 2), False, False,
    )  # fmt: skip
    fund.government_num, fund.committed_fen = 1, 299
    fund.government_den = 2
    assert (share_check(fund, stakes).share_differs, share_check(fund, stakes).total_differs) == (True, True)


# ── Periods ──────────────────────────────────────────────────────────────────────────────────────
def period(officer, fund, phase, since, until, **facts):
    facts = {"approved_by": "合伙人会议", "approved_on": Y20} | facts
    return terms.record_term(
        fund_id=fund.pk, phase=phase, valid_from=since, valid_to=until, actor=officer, **facts
    )  # fmt: skip


def test_the_ends_of_a_fund_follow_its_periods(officer):
    fund = FundFactory(starts_on=Y20, ends_on=date(2022, 1, 1))
    period(officer, fund, "INVESTMENT", Y20, date(2024, 12, 31))
    period(officer, fund, "EXIT", Y25, date(2027, 12, 31))
    fund.refresh_from_db()
    assert (fund.investment_ends_on, fund.ends_on) == (date(2024, 12, 31), date(2027, 12, 31))
    extension = period(officer, fund, "EXTENSION", date(2028, 1, 1), date(2029, 12, 31))
    fund.refresh_from_db()
    assert fund.ends_on == date(2029, 12, 31)
    terms.withdraw_fact(record=extension, reason="not approved", actor=officer)
    fund.refresh_from_db()
    assert fund.ends_on == date(2027, 12, 31)


def test_the_moments_of_a_rule_follow_the_periods_as_known_then(officer):
    """A day after the exit period is the end of life until an extension is known, and then the end of exits alone."""
    fund = FundFactory(starts_on=Y20, ends_on=date(2022, 1, 1))
    period(officer, fund, "EXIT", Y25, date(2027, 12, 31))
    before = timezone.now()
    period(officer, fund, "EXTENSION", date(2028, 1, 1), date(2029, 12, 31))
    fund.refresh_from_db()

    def moments(day, known_at, **amounts):
        life = load_policies(fund_ids=[fund.pk]).life(fund, Moment(day, known_at))
        return moments_of_life(day, life, **{"remaining": 0, "cost": 5} | amounts) - {MeasuredAt.ANY_DATE}

    day, now = date(2028, 6, 1), timezone.now()
    end = {MeasuredAt.END_OF_EXIT_PERIOD, MeasuredAt.END_OF_LIFE}
    assert moments(day, before) == end | {MeasuredAt.LIQUIDATION}
    assert moments(day, before, remaining=1) == end
    assert moments(day, now) == {MeasuredAt.END_OF_EXIT_PERIOD}
    assert moments(date(2030, 1, 1), now, remaining=1) == end
    known = {at: evaluate(Target.of_fund(fund), day, at).answers[0].question.moments for at in (before, now)}
    assert known[before] - known[now] == {MeasuredAt.END_OF_LIFE}


def test_a_longer_investment_period_shortens_the_exit_period(officer):
    fund = FundFactory(starts_on=Y20)
    period(officer, fund, "INVESTMENT", Y20, date(2024, 12, 31))
    period(officer, fund, "EXIT", Y25, date(2027, 12, 31))
    period(officer, fund, "INVESTMENT", Y25, date(2025, 12, 31))
    current = FundTerm.objects.current().filter(fund=fund).order_by("valid_from")
    assert [(term.phase, term.valid_from, term.valid_to) for term in current] == [
        ("INVESTMENT", Y20, date(2024, 12, 31)),
        ("INVESTMENT", Y25, date(2025, 12, 31)),
        ("EXIT", date(2026, 1, 1), date(2027, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("APPROVAL_MISSING", {"approved_by": " "}),
        ("APPROVAL_IN_FUTURE", {"approved_on": date(2999, 1, 1)}),
        ("BEFORE_LIFE", {"since": date(2019, 1, 1)}),
    ],
)
def test_a_period_needs_its_approval_and_lies_in_the_life(code, facts, officer):
    fund = FundFactory(starts_on=Y20)
    facts = {"since": Y20} | facts
    since = facts.pop("since")
    assert code_of(lambda: period(officer, fund, "EXIT", since, Y25, **facts)) == code


# ── Fees, waterfall, limits ──────────────────────────────────────────────────────────────────────
def tier(officer, fund, position, kind, **facts):
    return terms.record_tier(fund_id=fund.pk, position=position, kind=kind, valid_from=Y20, actor=officer, **facts)


@pytest.mark.parametrize(
    ("code", "kind", "facts"),
    [
        ("FIRST_LOSS_STATED", "FIRST_LOSS", {}),
        ("FIRST_LOSS_STATED", "FIRST_LOSS", {"amount_fen": 5, "first_loss": Fraction(1, 5)}),
        ("AMOUNT_NOT_POSITIVE", "FIRST_LOSS", {"amount_fen": 0}),
        ("SHARE_RANGE", "FIRST_LOSS", {"first_loss": Fraction(0)}),
        ("TIER_SHARE", "RETURN_OF_CAPITAL", {"hurdle": Fraction(1, 5)}),
        ("TIER_SHARE", "RETURN_OF_CAPITAL", {"amount_fen": 5}),
        ("TIER_SHARE", "PREFERRED_RETURN", {}),
        ("TIER_SHARE", "PROFIT_SPLIT", {}),
        ("SHARE_RANGE", "PROFIT_SPLIT", {"manager": Fraction(6, 5)}),
        ("CONCESSION", "PROFIT_SPLIT", {"manager": Fraction(1, 5), "concession": Fraction(1, 2)}),
        ("CONCESSION", "PROFIT_SPLIT", {"manager": Fraction(1, 5), "concession_to": "OTHERS"}),
    ],
)
def test_a_step_of_the_waterfall_states_what_its_kind_needs(code, kind, facts, officer):
    assert code_of(lambda: tier(officer, FundFactory(), 1, kind, **facts)) == code


def test_a_fund_has_one_first_loss_at_a_time(officer):
    fund = FundFactory()
    tier(officer, fund, 1, "FIRST_LOSS", first_loss=Fraction(1, 5))
    assert code_of(lambda: tier(officer, fund, 2, "FIRST_LOSS", amount_fen=5)) == "FIRST_LOSS_TWICE"
    assert tier(officer, fund, 1, "FIRST_LOSS", amount_fen=5).first_loss is None
    step = tier(
        officer, fund, 2, "PROFIT_SPLIT", manager=Fraction(1, 5), concession=Fraction(1, 3), concession_to="OTHERS"
    )
    assert (step.manager, step.concession) == (Fraction(1, 5), Fraction(1, 3))


@pytest.mark.parametrize(
    ("code", "kind", "facts"),
    [
        ("LIMIT_VALUE", "MAX_ONE_PROJECT", {"amount_fen": 5}),
        ("LIMIT_VALUE", "MAX_ONE_PROJECT", {"share": Fraction(1, 5)}),
        ("LIMIT_VALUE", "MAX_TICKET", {"amount_fen": 5, "basis": "COMMITTED"}),
        ("LIMIT_VALUE", "MIN_PROJECTS", {"share": Fraction(1, 5), "basis": "COMMITTED"}),
        ("SHARE_RANGE", "MAX_ONE_PROJECT", {"share": Fraction(6, 5), "basis": "COMMITTED"}),
        ("AMOUNT_NOT_POSITIVE", "MAX_TICKET", {"amount_fen": 0}),
        ("SOURCE_MISSING", "MAX_TICKET", {"amount_fen": 5, "source": " "}),
    ],
)
def test_a_limit_says_one_value_and_where_it_is_written(code, kind, facts, officer):
    facts = {"source": "合伙协议第8条"} | facts
    work = lambda: terms.record_limit(  # noqa: E731 - called once, below
        fund_id=FundFactory().pk, kind=kind, valid_from=Y20, actor=officer, **facts
    )
    assert code_of(work) == code


def test_a_fee_of_a_phase_is_a_rate_of_a_basis(officer):
    fund = FundFactory()
    facts = {"fund_id": fund.pk, "phase": "INVESTMENT", "basis": "PAID_IN", "valid_from": Y20, "actor": officer}
    assert terms.record_fee_term(rate=Fraction(2, 100), **facts).rate == Fraction(1, 50)
    assert code_of(lambda: terms.record_fee_term(rate=Fraction(2), **facts)) == "SHARE_RANGE"


# ── Mother funds and sub-funds ───────────────────────────────────────────────────────────────────
def interest(officer, mother, sub, share, since=Y20, *, holding=None, **facts):
    holding = holding or InvestmentFactory(fund=mother, mode=InvestmentMode.SUB_FUND)
    return terms.record_interest(
        investment_id=holding.pk, sub_fund_id=sub.pk, share=share, valid_from=since, actor=officer, **facts
    )


def test_look_through_shares_are_products_over_paths_on_their_day(officer):
    mother, left, right, deep = FundFactory.create_batch(4)
    interest(officer, mother, left, Fraction(1, 3))
    second = interest(officer, mother, right, Fraction(1, 2))
    interest(officer, left, deep, Fraction(2, 5))
    interest(officer, right, deep, Fraction(3, 5))
    interest(officer, mother, right, Fraction(1, 4), Y25, holding=second.investment)
    now = timezone.now()
    assert shares_below(mother.pk, Moment(Y23, now)) == {
        left.pk: Fraction(1, 3), right.pk: Fraction(1, 2), deep.pk: Fraction(2, 15) + Fraction(3, 10),
    }  # fmt: skip
    assert shares_below(mother.pk, Moment(Y25, now))[deep.pk] == Fraction(2, 15) + Fraction(3, 20)
    assert shares_below(deep.pk, Moment(Y25, now)) == {}
    assert shares_below(mother.pk, Moment(date(2019, 1, 1), now)) == {}
    held = interests_at(Moment(Y25, now))
    assert [(one.sub_fund_id, one.share) for one in held[mother.pk]] == [
        (left.pk, Fraction(1, 3)), (right.pk, Fraction(1, 4)),
    ]  # fmt: skip


def test_refusals_of_an_interest_are_named(officer):
    mother, sub, other = FundFactory.create_batch(3)
    row = interest(officer, mother, sub, Fraction(2, 3))
    assert code_of(lambda: interest(officer, sub, mother, Fraction(1, 9))) == "FUND_CYCLE"
    assert code_of(lambda: interest(officer, mother, mother, Fraction(1, 9))) == "FUND_CYCLE"
    assert code_of(lambda: interest(officer, other, sub, Fraction(1, 2))) == "SHARES_ABOVE_ONE"
    assert code_of(lambda: interest(officer, other, sub, Fraction(0))) == "SHARE_RANGE"
    assert code_of(lambda: interest(officer, mother, other, Fraction(1, 2), holding=row.investment)) == "OTHER_SUB_FUND"
    assert code_of(lambda: interest(officer, mother, FundFactory(fund_class="GRANT"), Fraction(1))) == "GRANT_MONEY"
    direct = InvestmentFactory(fund=mother)
    assert code_of(lambda: interest(officer, mother, other, Fraction(1, 2), holding=direct)) == "NOT_THROUGH_SUB_FUND"
    assert SubFundInterest.objects.count() == 1


def test_shares_that_pass_each_other_in_time_fit(officer):
    sub = FundFactory()
    interest(officer, FundFactory(), sub, Fraction(2, 3), valid_to=date(2024, 12, 31))
    interest(officer, FundFactory(), sub, Fraction(1, 3))
    assert interest(officer, FundFactory(), sub, Fraction(2, 3), Y25).share == Fraction(2, 3)

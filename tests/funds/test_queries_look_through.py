"""Looking through sub-funds, and whose money it is at a moment: the same in every view, exact, by date."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentMode, Stage
from funds.choices.tolerance import CapState, Netting, ScopeLevel, SourceStatus
from funds.models import Commitment, FundPolicyBinding, PolicyDocument, SubFundInterest, ToleranceRule, WaterfallTier
from funds.queries.city import city_timeline
from funds.queries.office import office
from funds.queries.overview import overview
from funds.queries.portfolio import portfolio_of
from funds.queries.sums import Moment
from funds.queries.timeline import timeline
from funds.queries.tolerance import Target, evaluate
from funds.rules.loss import loss_rate
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds.scenes import WAN, book

pytestmark = pytest.mark.django_db
KNOWN = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY, EARLY = date(2024, 6, 30), date(2023, 12, 31)
BEFORE = KNOWN - timedelta(days=400)


def policy(**theta):
    """A city's rule for whole funds with a cap of 40 % under a definition of its own."""
    document = PolicyDocument.objects.create(
        code=f"T-{PolicyDocument.objects.count()}", effective_from=date(2020, 1, 1), status=SourceStatus.VERIFIED
    )
    ToleranceRule.objects.create(
        document=document, code="T-FUND", scope=ScopeLevel.FUND, cap_state=CapState.LIMIT, cap_num=2, cap_den=5,
        theta={"basis": "REALISED_PLUS_UNREALISED", "netting": "NONE", "denominator": "INVESTED_COST"} | theta,
        status=SourceStatus.VERIFIED,
    )  # fmt: skip
    return document


def bind_to(fund, document):
    return FundPolicyBinding.objects.create(
        fund=fund, document=document, valid_from=date(2020, 1, 1), recorded_at=BEFORE
    )


def holding(fund, cost, *, lost=0, proceeds=0, mode=InvestmentMode.DIRECT, stage=Stage.SEED):
    row = InvestmentFactory(fund=fund, stage=stage, mode=mode)
    day = date(2023, 3, 1)
    drafts = [Draft(EventKind.CALL, day, cost * WAN), Draft(EventKind.INVEST, day, cost * WAN, row.pk)]
    if lost:
        drafts.append(Draft(EventKind.WRITE_OFF, date(2024, 2, 1), 0, row.pk, lost * WAN))
    if proceeds:
        left = (cost - lost) * WAN
        drafts.append(Draft(EventKind.EXIT_FULL, date(2024, 3, 1), proceeds * WAN, row.pk, left))
    book(fund, *drafts, at=KNOWN - timedelta(days=1))
    return row


def share_of(row, sub, num, den, **facts):
    return SubFundInterest.objects.create(
        investment=row, sub_fund=sub, share_num=num, share_den=den,
        **{"valid_from": date(2023, 1, 1), "recorded_at": BEFORE} | facts,
    )  # fmt: skip


@pytest.fixture
def mother():
    """A mother fund with 1/3 of a sub-fund that lost half and gained elsewhere, through which 1/2 of another."""
    fund, left, deep = FundFactory(code="M"), FundFactory(code="L"), FundFactory(code="Z")
    to_left = holding(fund, 500, mode=InvestmentMode.SUB_FUND, stage=Stage.FUND_INTEREST)
    holding(fund, 300, lost=30)
    share_of(to_left, left, 1, 3)
    to_deep = holding(left, 600, mode=InvestmentMode.SUB_FUND, stage=Stage.FUND_INTEREST)
    holding(left, 400, lost=200)
    share_of(to_deep, deep, 1, 2)
    holding(deep, 900, lost=450)
    holding(deep, 100, proceeds=300)
    return fund


def test_a_policy_that_looks_through_counts_the_projects_by_their_exact_shares(mother):
    bind_to(mother, policy(look_through=True))
    view = evaluate(Target.of_fund(mother), DAY, KNOWN)
    rate = view.main.rate
    # 300 own at 30 lost; a third of 400 at 200 lost; a sixth of 900 at 450 lost and of 100 sold at a gain.
    third, sixth = Fraction(WAN, 3), Fraction(WAN, 6)
    assert rate.numerator_signed == 30 * WAN + 200 * third + 450 * sixth
    assert rate.denominator == 300 * WAN + 400 * third + 1000 * sixth
    plain = loss_rate(
        view.holdings, view.books[mother.pk].fund, view.main.resolved.theta
    )  # fmt: skip
    assert plain.numerator_signed == rate.numerator_signed


def test_without_it_an_interest_stays_one_holding(mother):
    bind_to(mother, policy())
    rate = evaluate(Target.of_fund(mother), DAY, KNOWN).main.rate
    assert (rate.numerator_signed, rate.denominator) == (30 * WAN, 800 * WAN)


@pytest.mark.parametrize("netting", [Netting.NONE, Netting.ALL_GAINS])
def test_page_overview_office_and_time_lines_give_the_same(mother, netting):
    bind_to(mother, policy(look_through=True, netting=netting.value))
    expected = evaluate(Target.of_fund(mother), DAY, KNOWN)
    facts = [(a.rate.numerator_signed, a.rate.denominator, a.tolerance.status) for a in expected.answers]
    (line,) = [line for line in overview(DAY, KNOWN) if line.fund == mother]
    found = [line, *(one for one in office(Moment(DAY, KNOWN)).lines if one.fund == mother)]
    for each in found:
        assert [(a.rate.numerator_signed, a.rate.denominator, a.tolerance.status) for a in each.answers] == facts
        assert each.main.largest_delta == expected.main.largest_delta
    points = timeline(Target.of_fund(mother), [mother], [EARLY, DAY], KNOWN).points
    assert [(a.rate.numerator_signed, a.rate.denominator) for a in points[1].answers] == [facts[0][:2]]
    city = city_timeline([EARLY, DAY], KNOWN)
    row = city.funds.index(mother)
    assert city.numerator[row, 1] == pytest.approx(float(facts[0][0]))
    assert city.numerator[row, 0] == pytest.approx(float(points[0].main.rate.numerator_signed))


def test_the_office_looks_through_on_both_days_in_nine_statements(mother, django_assert_max_num_queries):
    bind_to(mother, policy(look_through=True))
    with django_assert_max_num_queries(9):
        seen = office(Moment(DAY, KNOWN))
    earlier = evaluate(Target.of_fund(mother), seen.before_day, KNOWN)
    assert earlier.main.rate.rate == 0
    assert seen.before[mother.pk] == earlier.main.rate.rate
    (later,) = [one.before[mother.pk] for one in [office(Moment(date(2025, 6, 30), datetime(2025, 7, 1, tzinfo=UTC)))]]
    assert later == evaluate(Target.of_fund(mother), DAY, KNOWN).main.rate.rate != 0


def test_a_time_line_goes_on_where_only_another_policy_looks_through(mother):
    bind_to(mother, policy(look_through=True))
    FundPolicyBinding.objects.update(valid_from=DAY)
    bind_to(mother, policy())
    early, late = timeline(Target.of_fund(mother), [mother], [EARLY, DAY], KNOWN).points
    assert [answer.resolved.theta.look_through for answer in early.answers] == [False]
    assert sorted(answer.resolved.theta.look_through for answer in late.answers) == [False, True]


def test_the_share_of_the_day_counts_as_it_was_known(mother):
    bind_to(mother, policy(look_through=True))
    old = SubFundInterest.objects.get(sub_fund__code="L")
    SubFundInterest.objects.filter(pk=old.pk).update(superseded_at=KNOWN)
    share_of(old.investment, old.sub_fund, 1, 3, valid_to=EARLY, recorded_at=KNOWN)
    share_of(old.investment, old.sub_fund, 2, 3, valid_from=EARLY + timedelta(days=1), recorded_at=KNOWN)

    def base(known):
        return evaluate(Target.of_fund(mother), DAY, known).main.rate.denominator

    third = Fraction(WAN, 3)
    assert base(KNOWN - timedelta(seconds=1)) == 300 * WAN + 400 * third + 1000 * third / 2
    assert base(KNOWN) == 300 * WAN + 800 * third + 1000 * third


def test_the_interest_shows_what_its_projects_add(mother):
    bind_to(mother, policy(look_through=True))
    view = evaluate(Target.of_fund(mother), DAY, KNOWN)
    rows = portfolio_of(view).rows(view.main.rate)
    assert sum(row.contribution for row in rows) == view.main.rate.fund_numerator
    assert [row.contribution for row in rows if row.investment.mode == InvestmentMode.SUB_FUND] == [
        200 * Fraction(WAN, 3) + 450 * Fraction(WAN, 6)
    ]


def test_looking_through_costs_the_same_for_one_mother_and_three(mother, django_assert_max_num_queries):
    document = policy(look_through=True)
    bind_to(mother, document)
    counts = []
    for more in (0, 2):
        for number in range(more):
            other, sub = FundFactory(), FundFactory()
            share_of(holding(other, 100, mode=InvestmentMode.SUB_FUND), sub, 1, number + 2)
            holding(sub, 50, lost=10)
            bind_to(other, document)
        with django_assert_max_num_queries(13) as queries:
            overview(DAY, KNOWN)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── Whose money ──────────────────────────────────────────────────────────────────────────────────
def commit(fund, source, amount, **facts):
    return Commitment.objects.create(
        fund=fund, investor=OrganisationFactory(), source=source, amount_fen=amount,
        **{"valid_from": date(2023, 1, 1), "recorded_at": BEFORE} | facts,
    )  # fmt: skip


@pytest.fixture
def shared():
    """A fund with 1,000 invested and 300 lost whose stated government share is all of it."""
    fund = FundFactory()
    holding(fund, 1000, lost=300)
    bind_to(fund, policy(money_view="GOVERNMENT_SHARE"))
    return fund


def everywhere(fund, day=DAY, known=KNOWN):
    """The government's loss and base in the fund's view, checked against all other views."""
    view = evaluate(Target.of_fund(fund), day, known).main.rate
    (line,) = overview(day, known, funds=[fund])
    (point,) = timeline(Target.of_fund(fund), [fund], [day], known).points
    city = city_timeline([day], known)
    found = (view.numerator_signed, view.denominator)
    for each in (line.main.rate, point.main.rate):
        assert (each.numerator_signed, each.denominator) == found
    row = city.funds.index(fund)
    assert (city.numerator[row, 0], city.denominator[row, 0]) == pytest.approx(tuple(float(part) for part in found))
    return found


def test_the_share_follows_the_commitments_of_the_day_and_else_the_stated_one(shared):
    assert everywhere(shared) == (300 * WAN, 1000 * WAN)
    commit(shared, "GOVERNMENT", 2, valid_to=EARLY)
    commit(shared, "SOCIAL", 1)
    commit(shared, "GOVERNMENT", 1, valid_from=EARLY + timedelta(days=1), recorded_at=KNOWN)
    assert everywhere(shared) == (150 * WAN, 500 * WAN)
    assert everywhere(shared, EARLY) == (0, Fraction(2000 * WAN, 3))
    assert everywhere(shared, DAY, KNOWN - timedelta(seconds=1)) == (0, 0)


def first_loss(fund, **facts):
    return WaterfallTier.objects.create(
        fund=fund,
        kind="FIRST_LOSS",
        **{"position": 1, "valid_from": date(2023, 1, 1), "recorded_at": BEFORE} | facts,
    )


def test_a_first_loss_counts_on_its_days_and_the_stated_one_only_while_none_was_recorded(shared):
    commit(shared, "GOVERNMENT", 1)
    commit(shared, "SOCIAL", 1)
    shared.others_first_loss_fen = 200 * WAN
    shared.save()
    assert everywhere(shared)[0] == Fraction(500, 800) * 100 * WAN
    first_loss(shared, amount_fen=100 * WAN, valid_to=EARLY)
    assert everywhere(shared)[0] == 150 * WAN
    first_loss(shared, position=2, valid_from=DAY, first_loss_num=1, first_loss_den=4)
    assert everywhere(shared)[0] == Fraction(500, 750) * 50 * WAN


def test_nobody_bears_more_first_loss_than_the_others_paid_in(shared):
    commit(shared, "GOVERNMENT", 9)
    commit(shared, "SOCIAL", 1)
    first_loss(shared, amount_fen=900 * WAN)
    assert everywhere(shared)[0] == 200 * WAN

"""Performance figures equal the fold of the books, at any two times, in a constant number of statements."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from funds.actions.ledger import Draft, reversal_of
from funds.choices.figures import IndexKind, IrrStatus
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, Stage
from funds.models import FundGroup, FundGroupMember, IndexSeries, IndexUpload, IndexValue, LedgerEvent
from funds.queries.accounts import quarter_ends
from funds.queries.bridge import Step
from funds.queries.fund_performance import full_years, fund_performance
from funds.queries.performance import Cut, performance
from funds.queries.returns import NoPme
from funds.queries.sums import Moment
from funds.rules.returns.pme import pme
from funds.rules.returns.xirr import xirr
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.funds.random_books import DAYS, FIRST, recorded_on, steps, write
from tests.funds.scenes import book

pytestmark = pytest.mark.django_db
RANDOM = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LATER = datetime(2026, 1, 1, tzinfo=UTC)
NOW = Moment(date(2025, 6, 30), LATER)


def fund_a(**fields):
    """Fund A of the domain text, in 万元 of fen: its flows and a net asset value of 12,750 at the end."""
    fund = FundFactory(committed_fen=20_000, **fields)
    holding = InvestmentFactory(fund=fund, stage=Stage.ANGEL)
    book(
        fund,
        Draft(EventKind.CALL, date(2021, 6, 30), 4_000),
        Draft(EventKind.CALL, date(2022, 6, 30), 5_000),
        Draft(EventKind.INVEST, date(2022, 7, 1), 2_000, holding.pk),
        Draft(EventKind.CALL, date(2023, 6, 30), 3_000),
        Draft(EventKind.EXIT_FULL, date(2024, 6, 30), 4_750, holding.pk, 2_000),
        Draft(EventKind.DISTRIBUTION, date(2024, 12, 31), 2_000),
        at=datetime(2025, 7, 1, tzinfo=UTC),
    )
    return fund


def index_of(*levels, code="TR", recorded=datetime(2025, 7, 1, tzinfo=UTC)):
    series, _ = IndexSeries.objects.get_or_create(
        code=code, defaults={"name_zh": code, "kind": IndexKind.TOTAL_RETURN, "publisher": "X"}
    )
    upload = IndexUpload.objects.create(
        series=series, file_name="f", sha256=str(recorded), source="s", licence_note="l", dated=date(2025, 7, 1)
    )
    for day, level in levels:
        IndexValue.objects.create(series=series, upload=upload, day=day, level=Decimal(level), recorded_at=recorded)
    return series


LEVELS = (
    (date(2021, 6, 30), 5000), (date(2022, 6, 30), 4300), (date(2023, 6, 30), 4100), (date(2024, 12, 31), 4250),
    (date(2025, 6, 30), 4700),
)  # fmt: skip


@RANDOM
@given(drawn=steps)
def test_figures_equal_the_fold_at_every_pair_of_times(drawn):
    books = write(drawn)
    for day, known in ((FIRST + timedelta(days=DAYS // 2), recorded_on(DAYS, 1000)),
                       (FIRST + timedelta(days=DAYS), recorded_on(DAYS // 2, 1000)),
                       (FIRST + timedelta(days=DAYS), recorded_on(DAYS, 1000))):  # fmt: skip
        folded = books.fold(day, known)
        (line,) = performance(Moment(day, known), funds=[books.fund]).of(Cut.FUND)
        fund, held = folded.fund, folded.holdings
        assert (line.committed, line.paid_in, line.distributions) == (
            fund.commitment, fund.paid_in, fund.distributions,
        )  # fmt: skip
        assert abs(line.nav - fund.nav(held)) <= len(held)
        assert abs(line.fair_value - sum(h.fair_value for h in held)) <= len(held)
        assert line.invested == sum(h.cost - h.fx for h in held)
        assert line.proceeds == sum(h.proceeds + h.income for h in held)


@RANDOM
@given(drawn=steps)
def test_the_bridge_sums_to_the_change_and_each_holding_to_its_own(drawn):
    books = write(drawn)
    moment = Moment(FIRST + timedelta(days=DAYS), recorded_on(DAYS, 1000))
    found = fund_performance(books.fund, moment, since=FIRST + timedelta(days=DAYS // 2)).bridge
    assert sum(amount for _step, amount in found.steps) == found.change
    for h in found.holdings:
        assert h.closing == h.opening + h.invested - h.proceeds + h.realised + h.unrealised + h.exchange
    opening = books.fold(found.since, moment.known_at)
    closing = books.fold(found.until, moment.known_at)
    held = len(closing.holdings)
    assert abs(found.opening - opening.fund.nav(opening.holdings)) <= held
    realised = sum(h.realised_gain - h.realised_loss for h in closing.holdings) - sum(
        h.realised_gain - h.realised_loss for h in opening.holdings
    )
    steps_ = dict(found.steps)
    assert steps_[Step.REALISED_GAINS] + steps_[Step.REALISED_LOSSES] == realised


def test_a_reversed_call_is_no_flow_and_makes_no_vintage():
    fund = FundFactory()
    book(fund, Draft(EventKind.CALL, date(2019, 5, 1), 70), at=datetime(2019, 6, 1, tzinfo=UTC))
    wrong = LedgerEvent.objects.get()
    book(
        fund, reversal_of(wrong, reason="wrong fund"), Draft(EventKind.CALL, date(2021, 5, 1), 50),
        at=datetime(2021, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    (line,) = performance(NOW, funds=[fund]).of(Cut.FUND)
    assert (line.paid_in, line.first_call) == (50, date(2021, 5, 1))
    (before,) = performance(Moment(NOW.as_of, datetime(2020, 1, 1, tzinfo=UTC)), funds=[fund]).of(Cut.FUND)
    assert (before.paid_in, before.first_call) == (70, date(2019, 5, 1))


def test_fund_a_of_the_domain_text():
    fund = fund_a()
    found = performance(NOW, funds=[fund], index=index_of(*LEVELS))
    (line,) = found.of(Cut.FUND)
    assert line.nav == 12_750
    assert line.net.rate == pytest.approx(0.070293121, abs=1e-9)
    ratios = line.multiples
    assert (ratios.pic, ratios.dpi, ratios.rvpi) == (Fraction(12, 20), Fraction(1, 6), Fraction(12_750, 12_000))
    assert line.gross.rate == pytest.approx(xirr([(date(2022, 7, 1), -2_000), (date(2024, 6, 30), 4_750)]).rate)
    assert line.gross_multiples.tvpi == Fraction(4_750, 2_000)
    beside = line.pme.pme
    assert beside.ks_pme == pytest.approx(1.18142755174349)
    assert beside.ln_irr.rate == pytest.approx(0.0123708057585301)
    assert beside.direct_alpha.rate == pytest.approx(0.0577447883720736)
    assert beside.plus_scale == pytest.approx(-0.0388193782358407)
    assert beside.plus_irr is None


def test_the_array_of_equivalents_equals_the_rule_of_one_series():
    fund = fund_a()
    book(fund, Draft(EventKind.DISTRIBUTION, date(2025, 3, 31), 9_000), at=datetime(2025, 7, 2, tzinfo=UTC))
    index = index_of(*LEVELS, (date(2025, 3, 31), 4400))
    (line,) = performance(NOW, funds=[fund], index=index).of(Cut.FUND)
    days = [date(2021, 6, 30), date(2022, 6, 30), date(2023, 6, 30), date(2024, 12, 31), date(2025, 3, 31), NOW.as_of]
    amounts = [-4_000, -5_000, -3_000, 2_000, 9_000, 0]
    alone = pme(amounts=amounts, index=[5000, 4300, 4100, 4250, 4400, 4700], nav=line.nav, dates=days)
    beside = line.pme.pme
    assert beside.ks_pme == pytest.approx(alone.ks_pme)
    assert beside.ln_nav == pytest.approx(alone.ln_nav)
    assert beside.plus_irr.rate == pytest.approx(alone.plus_irr.rate)
    assert beside.direct_alpha.rate == pytest.approx(alone.direct_alpha.rate)


def test_a_gap_in_the_index_is_named_and_never_bridged():
    fund = fund_a()
    (line,) = performance(NOW, funds=[fund], index=index_of(*LEVELS[:2], *LEVELS[3:])).of(Cut.FUND)
    assert (line.pme.problem, line.pme.missing) == (NoPme.NO_LEVEL, date(2023, 6, 30))
    (line,) = performance(NOW, funds=[fund], index=index_of(*LEVELS[:-1], code="OLD")).of(Cut.FUND)
    assert (line.pme.problem, line.pme.missing) == (NoPme.NO_LEVEL, NOW.as_of)


def test_an_equivalent_uses_the_levels_known_then():
    fund = fund_a()
    series = index_of(*LEVELS)
    old = IndexValue.objects.get(day=date(2025, 6, 30))
    corrected = datetime(2025, 9, 1, tzinfo=UTC)
    IndexValue.objects.filter(pk=old.pk).update(superseded_at=corrected)
    index_of((date(2025, 6, 30), 9400), recorded=corrected)

    def kaplan(known):
        return performance(Moment(NOW.as_of, known), funds=[fund], index=series).of(Cut.FUND)[0].pme.pme.ks_pme

    assert kaplan(corrected - timedelta(days=1)) == pytest.approx(1.18142755174349)
    assert kaplan(corrected) < 1


def test_cuts_pool_flows_and_leave_out_sub_funds_of_a_mother_fund_in_them():
    mother = fund_a(fund_class=FundClass.VENTURE)
    fund_a(fund_class=FundClass.VENTURE, parent=mother)
    other = FundFactory(fund_class=FundClass.INDUSTRY, committed_fen=100)
    grants = FundFactory(fund_class=FundClass.GRANT)
    book(other, Draft(EventKind.CALL, date(2023, 1, 1), 100), at=datetime(2025, 7, 1, tzinfo=UTC))
    book(grants, Draft(EventKind.CALL, date(2023, 1, 1), 900), at=datetime(2025, 7, 1, tzinfo=UTC))
    group = FundGroup.objects.create(code="G", name_zh="组")
    FundGroupMember.objects.create(group=group, fund=other, valid_from=date(2020, 1, 1))
    found = performance(NOW)
    assert found.total.paid_in == 12_100
    assert found.total.left_out == 1
    assert {line.key: line.paid_in for line in found.of(Cut.VINTAGE)} == {2021: 12_000, 2023: 100}
    assert {line.key: line.paid_in for line in found.of(Cut.CLASS)} == {"INDUSTRY": 100, "VENTURE": 12_000}
    assert [(line.name, line.paid_in) for line in found.of(Cut.GROUP)] == [("组", 100)]
    (stage,) = found.of(Cut.STAGE)
    assert (stage.key, stage.invested, stage.multiples) == ("angel", 4_000, None)
    assert len(found.of(Cut.FUND)) == 3
    assert found.quarters[-1].nav == found.total.nav == 12_750 + 100
    assert found.quarters[-1].net_cash == 2_000 - 12_100


def test_a_lost_fund_and_one_without_flows_have_a_status_and_no_rate():
    lost, empty = FundFactory(), FundFactory()
    holding = InvestmentFactory(fund=lost)
    book(
        lost,
        Draft(EventKind.CALL, date(2022, 1, 3), 100),
        Draft(EventKind.INVEST, date(2022, 1, 4), 100, holding.pk),
        Draft(EventKind.WRITE_OFF, date(2024, 1, 4), 0, holding.pk, 100),
        at=datetime(2025, 7, 1, tzinfo=UTC),
    )
    by_id = {line.key: line for line in performance(NOW).of(Cut.FUND)}
    assert by_id[lost.pk].net.status == by_id[lost.pk].gross.status == IrrStatus.TOTAL_LOSS
    assert by_id[empty.pk].net.status == IrrStatus.SAME_SIGN
    assert by_id[empty.pk].multiples.tvpi is None
    found = fund_performance(empty, NOW)
    assert (found.net_rows, found.holdings, found.top_share(5)) == ((), (), None)
    assert found.bridge.change == 0


def test_a_young_fund_shows_the_return_of_its_period():
    fund = FundFactory()
    holding = InvestmentFactory(fund=fund)
    book(
        fund,
        Draft(EventKind.CALL, date(2025, 1, 6), 100),
        Draft(EventKind.INVEST, date(2025, 1, 6), 100, holding.pk),
        Draft(EventKind.DIVIDEND, date(2025, 5, 6), 10, holding.pk),
        at=datetime(2025, 7, 1, tzinfo=UTC),
    )
    (line,) = performance(NOW, funds=[fund]).of(Cut.FUND)
    assert line.net.under_one_year is True
    assert line.net.shown == pytest.approx(0.10)


def test_one_fund_shows_its_holdings_concentration_rows_and_projection():
    fund = fund_a()
    big = InvestmentFactory(fund=fund, stage=Stage.SEED)
    small = InvestmentFactory(fund=fund, stage=Stage.SEED)
    book(
        fund,
        Draft(EventKind.INVEST, date(2024, 7, 1), 3_000, big.pk),
        Draft(EventKind.INVEST, date(2024, 8, 1), 1_000, small.pk),
        at=datetime(2025, 7, 2, tzinfo=UTC),
    )
    found = fund_performance(fund, NOW)
    assert [(h.investment.pk, h.share) for h in found.holdings[:2]] == [
        (big.pk, Fraction(3, 4)), (small.pk, Fraction(1, 4)),
    ]  # fmt: skip
    assert (found.top_share(1), found.top_share(10)) == (Fraction(3, 4), 1)
    assert [(line.key, line.fair_value) for line in found.stages] == [("seed", 4_000), ("angel", 0)]
    assert sum(row.received - row.paid for row in found.net_rows) == 12_750 + 2_000 - 12_000
    assert found.net_rows[-1].is_value
    assert found.line.gross == performance(NOW, funds=[fund]).of(Cut.FUND)[0].gross
    assert found.uncalled == 8_000
    assert found.projection.age == 4
    assert found.projection.years[0].call == pytest.approx(4_000)
    assert found.projection.years[0].year == 5
    chosen = fund_performance(fund, NOW, model=found.models[1].pk)
    assert chosen.projection.model == found.models[1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_statements_does_not_grow(count, django_assert_num_queries):
    for _ in range(count):
        fund = fund_a()
    index = index_of(*LEVELS)
    with django_assert_num_queries(10):
        performance(NOW, index=index)
    with django_assert_num_queries(12):
        fund_performance(fund, NOW, index=index)


def test_quarter_ends_begin_with_the_first_and_end_with_the_day():
    assert quarter_ends(date(2024, 11, 3), date(2025, 5, 20)) == [
        date(2024, 12, 31), date(2025, 3, 31), date(2025, 5, 20),
    ]  # fmt: skip
    assert quarter_ends(None, date(2025, 5, 20)) == [date(2025, 5, 20)]


def test_full_years_turn_on_the_anniversary():
    assert full_years(date(2020, 3, 2), date(2025, 3, 1)) == 4
    assert full_years(date(2020, 3, 2), date(2025, 3, 2)) == 5

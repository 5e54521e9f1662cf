"""The time line gives at each date what that date alone gives."""

import math
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from funds.choices.tolerance import Basis, Denominator, Netting
from funds.queries.cells import sums_of
from funds.queries.city import LEVELS, STATUSES, city_timeline
from funds.queries.columns import load_columns, moment_number
from funds.queries.curves import cumulate
from funds.queries.money_terms import MoneyTerms
from funds.queries.overview import overview
from funds.queries.sums import Moment
from funds.queries.timeline import ChangeKind, figures_at, month_ends, timeline
from funds.queries.tolerance import Target, evaluate
from funds.rules.loss import loss_rate
from funds.rules.theta import Theta
from tests.factories.funds import FundFactory
from tests.funds.portfolio_a import KNOWN, bind, portfolio_a
from tests.funds.random_books import DAYS, FIRST, recorded_on, steps, write

pytestmark = pytest.mark.django_db
RANDOM = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DATES = [FIRST + timedelta(days=day) for day in range(0, DAYS + 1, 15)]
THETAS = [
    *(
        Theta(basis=basis, netting=netting, income=income)
        for basis in (Basis.REALISED, Basis.REALISED_PLUS_IMPAIRMENT, Basis.REALISED_PLUS_UNREALISED)
        for netting in Netting
        for income in (False, True)
    ),
    Theta(basis=Basis.NAV_SHORTFALL, netting=Netting.ALL_GAINS, denominator=Denominator.PAID_IN),
]


@RANDOM
@given(drawn=steps)
def test_curves_and_sums_equal_the_fold_in_every_reading(drawn):
    books = write(drawn, government_num=1, government_den=2)
    terms = MoneyTerms([books.fund.pk])
    for known in (recorded_on(DAYS // 2, 1000), recorded_on(DAYS, 1000)):
        curves = cumulate(load_columns([books.fund], DATES[-1], known), DATES, moment_number(known))
        for at, day in enumerate(DATES):
            folded = books.fold(day, known)
            curve = figures_at(curves, [books.fund], at, terms, Moment(day, known))[books.fund.pk]
            (alone,) = sums_of([books.fund], Moment(day, known)).values()
            assert curve.fund == alone.fund == folded.fund
            for theta in THETAS:
                expected = loss_rate(folded.holdings, folded.fund, theta)
                exact = alone.rate(theta)
                assert (exact.numerator_signed, exact.denominator) == (
                    expected.numerator_signed,
                    expected.denominator,
                )
                found = curve.rate(theta)
                assert found.denominator == expected.denominator
                assert abs(found.numerator_signed - expected.numerator_signed) < 1e-6


def test_the_city_over_time_equals_each_fund_at_each_date():
    first, _ = portfolio_a(categories=["市场化基金"], government_num=2, government_den=5, ends_on=date(2024, 1, 31))
    bind("CN-CD-GAOXIN-2024", {"fund": first}, valid_to=date(2023, 8, 31))
    bind("CN-SC-2025-44", {"fund": first}, valid_from=date(2023, 6, 30))
    second, _ = portfolio_a(government_num=1, government_den=3, others_first_loss_fen=10**8)
    bind("CN-GZ-HUANGPU-2025", {"fund": second})
    FundFactory()
    dates = month_ends(date(2023, 1, 31), date(2024, 5, 31))
    city = city_timeline(dates, KNOWN)
    seen = set()
    for at, day in enumerate(dates):
        for row, line in enumerate(overview(day, KNOWN)):
            main = line.main
            seen.add(main.tolerance.status)
            assert STATUSES[city.status[row, at]] == main.tolerance.status
            assert LEVELS[city.level[row, at]] == main.tolerance.level
            assert city.numerator[row, at] == pytest.approx(float(main.rate.numerator_signed), abs=1)
            assert city.denominator[row, at] == pytest.approx(float(main.rate.denominator), abs=1)
            cap = main.tolerance.effective_cap
            assert (cap is None and math.isnan(city.cap[row, at])) or city.cap[row, at] == pytest.approx(float(cap))
    assert len(seen) >= 2


def test_a_change_of_policy_in_mid_life_moves_the_cap_on_its_day_and_is_marked():
    fund, _ = portfolio_a(categories=["市场化基金"])
    bind("CN-CD-GAOXIN-2024", {"fund": fund}, valid_to=date(2023, 8, 31))
    bind("CN-SC-2025-44", {"fund": fund}, valid_from=date(2023, 9, 1))
    dates = month_ends(date(2023, 3, 1), date(2023, 12, 31))
    line = timeline(Target.of_fund(fund), [fund], dates, KNOWN)
    for point in line.points:
        alone = evaluate(Target.of_fund(fund), point.moment.as_of, KNOWN)
        assert [a.tolerance.status for a in point.answers] == [a.tolerance.status for a in alone.answers]
        assert [a.rate.rate for a in point.answers] == [a.rate.rate for a in alone.answers]
    assert [(c.as_of, c.kind, c.document.code) for c in line.changes] == [
        (date(2023, 9, 30), ChangeKind.BEGINS, "CN-SC-2025-44"),
        (date(2023, 9, 30), ChangeKind.ENDS, "CN-CD-GAOXIN-2024"),
    ]
    (old, new) = line.documents
    assert [cap for _, cap in line.cap_line(old)][5:7] == [Fraction(1, 5), None]
    assert [cap for _, cap in line.cap_line(new)][5:7] == [None, Fraction(3, 5)]


def test_each_date_as_known_at_its_own_end_lacks_what_was_learned_later():
    fund, _ = portfolio_a()
    dates = month_ends(date(2023, 3, 1), date(2024, 6, 30))
    now = timeline(Target.of_fund(fund), [fund], dates, KNOWN).points
    then = timeline(Target.of_fund(fund), [fund], dates, None).points
    assert now[2].main.rate.fund_denominator > 0
    assert then[2].main.rate.fund_denominator == 0
    assert then[-1].main.rate == now[-1].main.rate

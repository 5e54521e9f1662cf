"""The time line gives at each date what that date alone gives."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from funds.choices import Basis, Denominator, Netting
from funds.queries.cells import sums_of
from funds.queries.columns import load_columns, moment_number
from funds.queries.curves import cumulate
from funds.queries.sums import Moment
from funds.queries.timeline import figures_at
from funds.rules.loss import loss_rate
from funds.rules.theta import Theta
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
    for known in (recorded_on(DAYS // 2, 1000), recorded_on(DAYS, 1000)):
        curves = cumulate(load_columns([books.fund], DATES[-1], known), DATES, moment_number(known))
        for at, day in enumerate(DATES):
            folded = books.fold(day, known)
            curve = figures_at(curves, [books.fund], at)[books.fund.pk]
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

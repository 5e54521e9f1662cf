"""The rows that a figure opens sum to the figure."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings

from funds.queries.behind import Figure, events_behind, values_behind
from funds.queries.sums import Moment
from tests.funds.portfolio_a import DAY, KNOWN, WAN, portfolio_a
from tests.funds.random_books import DAYS, FIRST, recorded_on, steps, write

pytestmark = pytest.mark.django_db
OF_FUND = {Figure.PAID_IN, Figure.DISTRIBUTIONS, Figure.FEES, Figure.OTHER_INCOME}
RANDOM = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@RANDOM
@given(drawn=steps)
def test_rows_sum_to_every_figure(drawn):
    books = write(drawn)
    moment = Moment(FIRST + timedelta(days=DAYS * 2 // 3), recorded_on(DAYS * 3 // 4, 1000))
    folded = books.fold(moment.as_of, moment.known_at)
    for figure in Figure:
        rows = events_behind(figure, moment, funds=[books.fund])
        found = rows.aggregate(total=Sum("part_fen"))["total"] or 0
        if figure in OF_FUND:
            assert found == getattr(folded.fund, figure)
        else:
            assert found == sum(getattr(h, figure) for h in folded.holdings)


def test_rows_of_one_holding_and_of_one_stage():
    fund, holdings = portfolio_a()
    moment = Moment(DAY, KNOWN)
    rows = events_behind(Figure.REALISED_LOSS, moment, funds=[fund], holdings=[holdings["P2"]])
    assert [row.part_fen for row in rows] == [300 * WAN]
    rows = events_behind(Figure.COST, moment, funds=[fund], stage="angel")
    assert sum(row.part_fen for row in rows) == 2400 * WAN
    assert {v.investment.code for v in values_behind(moment, list(holdings.values()))} == {"P2", "P3", "P4", "P6"}

"""The figures that the database computes equal the pure fold of the same books, at every (as-of, known-at)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funds.queries.holdings import books_of
from funds.queries.sums import Moment
from tests.funds.random_books import DAYS, FIRST, recorded_on, steps, write

pytestmark = pytest.mark.django_db
RANDOM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def moments(drawn_days):
    for as_of, known in drawn_days:
        yield Moment(FIRST + timedelta(days=as_of), recorded_on(known, 1000))


days = st.lists(st.tuples(st.integers(0, DAYS), st.integers(0, DAYS)), min_size=3, max_size=5)


@RANDOM
@given(drawn=steps, at=days)
def test_every_figure_equals_the_fold(drawn, at):
    books = write(drawn, government_num=3, government_den=7, others_first_loss_fen=1000)
    for moment in [*moments(at), Moment(FIRST + timedelta(days=DAYS), recorded_on(DAYS, 1000))]:
        expected = books.fold(moment.as_of, moment.known_at)
        found = books_of([books.fund], moment)[books.fund.pk]
        assert found.fund == expected.fund
        by_id = {h.id: h for h in found.holdings}
        for holding in expected.holdings:
            assert by_id.pop(holding.id) == holding
        # Left over are holdings whose every event is reversed.
        assert all(h.cost == h.relieved == h.proceeds == h.income == h.fair_value == 0 for h in by_id.values())

"""The back-test of valuations: the value that stood before each exit, the share that left, and what came."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from funds.actions.ledger import Draft, reversal_of
from funds.choices.ledger import EventKind
from funds.models import LedgerEvent, Valuation
from funds.queries.backtest import by_method, exits_tested
from funds.reports.backtest import KIND
from innovation.reports.content import Percent
from tests.factories.funds import FundFactory
from tests.funds.scenes import WAN, book, invest

pytestmark = pytest.mark.django_db
UNTIL, KNOWN = date(2024, 12, 31), datetime(2025, 3, 1, tzinfo=UTC)


def valued(holding, day, wan, method="NET_ASSETS", recorded=None):
    at = recorded or datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Valuation.objects.create(
        investment=holding, valid_at=day, recorded_at=at, fair_value_fen=wan * WAN, method=method
    )


def leaves(holding, kind, day, amount, relieved):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    book(holding.fund, Draft(kind, day, amount * WAN, holding.pk, relieved * WAN), at=at)


def back_tested(**asked):
    return exits_tested(**{"since": date(2000, 1, 1), "until": UNTIL, "known_at": KNOWN} | asked)


@pytest.fixture
def fund():
    return FundFactory()


def test_each_exit_stands_beside_the_share_of_the_value_before_it(fund):
    holding = invest(fund, 600)
    valued(holding, date(2023, 12, 31), 500)
    valued(holding, date(2024, 6, 30), 900)
    leaves(holding, EventKind.EXIT_PARTIAL, date(2024, 8, 1), 250, 200)
    leaves(holding, EventKind.EXIT_FULL, date(2024, 9, 1), 660, 400)
    tests, untested = back_tested()
    assert untested == []
    assert [(t.day, t.value, t.proceeds, t.valid_at) for t in tests] == [
        (date(2024, 8, 1), 300 * WAN, 250 * WAN, date(2024, 6, 30)),
        (date(2024, 9, 1), 600 * WAN, 660 * WAN, date(2024, 6, 30)),
    ]
    assert [t.difference for t in tests] == [Fraction(-1, 6), Fraction(1, 10)]
    assert tests[0].age_days == 32


def test_what_was_told_after_the_exit_does_not_count_as_told_before(fund):
    holding, never = invest(fund, 600), invest(fund, 100)
    valued(holding, date(2023, 12, 31), 500)
    valued(holding, date(2024, 6, 30), 100, recorded=datetime(2024, 10, 1, tzinfo=UTC))
    leaves(holding, EventKind.WRITE_OFF, date(2024, 9, 1), 0, 600)
    leaves(never, EventKind.EXIT_FULL, date(2024, 9, 2), 5, 100)
    tests, untested = back_tested()
    assert [(t.value, t.proceeds, t.difference) for t in tests] == [(500 * WAN, 0, -1)]
    assert [row.investment_id for row in untested] == [never.pk]


def test_reversed_exits_other_funds_and_other_days_are_left_out(fund):
    holding, other = invest(fund, 600), invest(FundFactory(), 600)
    for one in (holding, other):
        valued(one, date(2023, 12, 31), 500)
        leaves(one, EventKind.EXIT_PARTIAL, date(2024, 7, 10), 50, 100)
    event = LedgerEvent.objects.get(investment=holding, kind=EventKind.EXIT_PARTIAL)
    book(fund, reversal_of(event, reason="typed twice"), at=datetime(2024, 7, 11, tzinfo=UTC))
    assert back_tested(fund=fund)[0] == []
    assert [test.investment for test in back_tested()[0]] == [other]
    assert back_tested(until=date(2024, 7, 9))[0] == []
    assert len(back_tested(known_at=datetime(2024, 7, 10, 18, tzinfo=UTC))[0]) == 2


def test_the_report_sums_by_method_and_costs_the_same_for_more(django_assert_num_queries):
    for count, method in ((1, "NET_ASSETS"), (2, "RECENT_ROUND")):
        for _ in range(count):
            holding = invest(FundFactory(), 600)
            valued(holding, date(2023, 12, 31), 500, method)
            leaves(holding, EventKind.EXIT_FULL, date(2024, 7, 10), 400, 600)
        with django_assert_num_queries(3):
            tests, _untested = back_tested()
    sums = by_method(tests)
    assert [(one.method, one.exits, one.value, one.proceeds) for one in sums] == [
        ("NET_ASSETS", 1, 500 * WAN, 400 * WAN), ("RECENT_ROUND", 2, 1000 * WAN, 800 * WAN),
    ]  # fmt: skip
    data = KIND.build({}, as_of=UNTIL, known_at=KNOWN, language="en")
    rows = data.sections[0].tables[0].rows
    assert [row.cells[-1] for row in rows] == [Percent(Fraction(-1, 5))] * 2
    assert len(data.sections[1].tables[0].rows) == 3

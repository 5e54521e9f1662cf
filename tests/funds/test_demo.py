"""The demonstration city's funds: the same each time, and one for each state that the pages explain."""

from datetime import UTC, date, datetime

import pytest

from funds.choices import StatusReason, ToleranceStatus, WarningLevel
from funds.demo import make_funds
from funds.demo.plan import FUNDS
from funds.models import Fund, LedgerEvent, Valuation
from funds.queries.ledger import broken_links
from funds.queries.office import office
from funds.queries.sums import Moment
from innovation.accounts.demo import make_people
from innovation.organisations.demo import make_organisations

pytestmark = pytest.mark.django_db
NOW = Moment(date(2026, 10, 31), datetime(2026, 11, 1, tzinfo=UTC))


def test_the_city_shows_every_state_and_its_books_verify():
    make_people()
    make_organisations()
    make_funds()
    lines = {line.fund.code: line.main.tolerance for line in office(NOW).lines}
    assert broken_links() == []
    assert lines["ZJ-YD-01"].status == ToleranceStatus.WITHIN_SPECIAL_TIER
    assert lines["ZJ-ZZ-02"].reason == StatusReason.SPECIAL_TIER_NOT_APPROVED
    assert lines["ZJ-TS-03"].level == WarningLevel.ORANGE
    assert lines["ZJ-CY-04"].reason == StatusReason.CAP_UNKNOWN
    assert lines["ZJ-ZH-05"].status == ToleranceStatus.WITHIN
    assert lines["ZJ-CZ-06"].level == WarningLevel.GREEN
    assert lines["ZJ-WL-07"].status == ToleranceStatus.NOT_LIMITED
    assert lines["ZJ-DK-08"].status == ToleranceStatus.NO_DATA
    counts = LedgerEvent.objects.count(), Valuation.objects.count()
    make_funds()
    assert (LedgerEvent.objects.count(), Valuation.objects.count()) == counts
    assert Fund.objects.count() == len(FUNDS)

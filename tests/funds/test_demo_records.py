"""The demonstration's commitments, kept results and alerts: made once, and no figure moves by them."""

import pytest

from funds.demo import make_funds
from funds.demo.plan import LAST_DAY
from funds.demo.records import keep_history, make_records
from funds.demo.story import moment
from funds.models import Alert, Commitment, Fund, ToleranceResult
from funds.queries.commitments import share_check, stakes_at
from funds.queries.overview import overview
from funds.queries.sums import Moment
from innovation.organisations.demo import make_organisations

pytestmark = pytest.mark.django_db


def rates():
    return [(line.fund.code, line.main.rate.rate) for line in overview(LAST_DAY, moment(LAST_DAY, 20))]


def test_records_are_made_once_and_move_no_figure():
    make_organisations()
    make_funds()
    before = rates()
    for _ in range(2):
        make_records()
        keep_history()
    assert rates() == before
    funds = list(Fund.objects.filter(commitments__isnull=False).distinct())
    assert len(funds) >= 5
    stakes = stakes_at(Moment(LAST_DAY, moment(LAST_DAY, 20)), [fund.pk for fund in funds])
    assert not any(share_check(fund, stakes[fund.pk]).share_differs for fund in funds)
    assert Alert.objects.filter(level="RED").exists()
    assert ToleranceResult.objects.values("as_of").distinct().count() == 13
    assert Commitment.objects.count() == sum(len(own) for own in stakes.values())

"""The report of restatements: which closed periods changed, from what to what, as known at the moment asked."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from funds.actions.events import close_period, record_event
from funds.models import PeriodClose
from funds.queries.restatements import restated
from funds.reports.restatements import build
from innovation.accounts.choices import Role
from innovation.reports.content import Percent
from tests.factories.accounts import UserFactory
from tests.factories.funds import InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


def ask(known_at: datetime, **params):
    return build(params, as_of=date(2024, 12, 31), known_at=known_at, language="en")


def test_a_late_write_off_restates_the_period_from_the_moment_it_is_known():
    finance, holding = UserFactory(role=Role.FINANCE), InvestmentFactory()
    facts = {"fund_id": holding.fund_id, "investment_id": holding.pk, "value_date": DAY, "actor": finance}
    record_event(kind="INVEST", amount_fen=1000, **facts)
    close = close_period(fund_id=holding.fund_id, through=DAY, actor=finance)
    before = timezone.now()
    record_event(kind="WRITE_OFF", amount_fen=0, cost_relieved_fen=400, late=True, reason="found in the audit", **facts)
    assert ask(before).sections[0].tables[0].rows == ()
    data = ask(timezone.now(), fund=holding.fund)
    (row,) = data.sections[0].tables[0].rows
    assert row.link.endswith(f"/{close.pk}/")
    then, now = row.cells[-2:]
    assert (then, now) == (Percent(then.value), Percent(now.value))
    assert (float(then.value), float(now.value)) == (0.0, 0.4)
    with translation.override("zh-hans"):
        assert ask(timezone.now()).title == "重述"
    assert not restated(DAY - timedelta(days=1), timezone.now()).exists()
    assert PeriodClose.objects.count() == 1

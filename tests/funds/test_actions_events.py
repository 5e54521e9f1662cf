"""Recording, reversing and closing: what the rules refuse after the lock, and what is then in the books."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from funds.actions.events import close_period, record_event, reverse_event
from funds.choices.ledger import EventKind
from funds.choices.records import FundState
from funds.models import LedgerEvent
from funds.queries.ledger import broken_links
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


@pytest.fixture
def holding():
    return InvestmentFactory(fund=FundFactory(ends_on=date(2030, 12, 31)))


def record(holding, officer, kind=EventKind.INVEST, amount_fen=1000, value_date=DAY, **facts):
    return record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind=kind, amount_fen=amount_fen, value_date=value_date,
        actor=officer, **facts,
    )  # fmt: skip


def test_an_event_is_recorded_with_its_actor_and_place_in_the_chain(holding, officer):
    event = record(holding, officer, document="Agreement 7")
    assert (event.seq, event.actor, event.amount_fen, event.document) == (1, officer, 1000, "Agreement 7")
    assert timezone.now() - event.recorded_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("VALUE_DATE_IN_FUTURE", {"value_date": timezone.localdate() + timedelta(days=1)}),
        ("OUTSIDE_FUND_LIFE", {"value_date": date(2017, 12, 31)}),
        ("AMOUNT_NEGATIVE", {"amount_fen": -1}),
        ("AMOUNT_EMPTY", {"amount_fen": 0}),
        ("EXIT_ABOVE_REMAINING_COST", {"kind": EventKind.EXIT_PARTIAL, "cost_relieved_fen": 1001}),
        (
            "EXIT_ABOVE_REMAINING_COST",
            {"kind": EventKind.EXIT_PARTIAL, "cost_relieved_fen": 1, "value_date": DAY - timedelta(days=1)},
        ),
        ("EXIT_FULL_LEAVES_COST", {"kind": EventKind.EXIT_FULL, "cost_relieved_fen": 999}),
        ("WRITE_OFF_ABOVE_REMAINING_COST", {"kind": EventKind.WRITE_OFF, "amount_fen": 0, "cost_relieved_fen": 1001}),
        ("RECOVERY_WITHOUT_WRITE_OFF", {"kind": EventKind.RECOVERY_AFTER_WRITE_OFF}),
        ("COST_RELIEVED_NOT_ALLOWED", {"cost_relieved_fen": 5}),
        ("REVERSAL_BY_ITS_OWN_ACT", {"kind": EventKind.REVERSAL}),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(code, facts, holding, officer):
    record(holding, officer)
    with pytest.raises(RuleViolation) as caught:
        record(holding, officer, **facts)
    assert caught.value.code == code
    assert LedgerEvent.objects.count() == 1


def test_an_investment_of_another_fund_is_refused(holding, officer):
    with pytest.raises(RuleViolation) as caught:
        record_event(
            fund_id=FundFactory().pk, investment_id=holding.pk, kind=EventKind.INVEST, amount_fen=1, value_date=DAY,
            actor=officer,
        )  # fmt: skip
    assert caught.value.code == "INVESTMENT_OF_OTHER_FUND"


def test_a_closed_fund_takes_recoveries_and_reversals_only(holding, officer):
    record(holding, officer)
    record(holding, officer, EventKind.WRITE_OFF, 0, cost_relieved_fen=1000)
    holding.fund.state = FundState.CLOSED
    holding.fund.save()
    assert record(holding, officer, EventKind.RECOVERY_AFTER_WRITE_OFF, 40).amount_fen == 40
    with pytest.raises(RuleViolation) as caught:
        record(holding, officer, EventKind.FOLLOW_ON)
    assert caught.value.code == "FUND_CLOSED"


def test_a_reversal_mirrors_its_event_once(holding, officer):
    event = record(holding, officer)
    mirror = reverse_event(event_id=event.pk, reason="typed twice", actor=officer)
    assert (mirror.kind, mirror.effect, mirror.amount_fen, mirror.value_date, mirror.reverses) == (
        EventKind.REVERSAL, EventKind.INVEST, -1000, DAY, event,
    )  # fmt: skip
    for target, code in ((event, "ALREADY_REVERSED"), (mirror, "REVERSAL_OF_REVERSAL")):
        with pytest.raises(RuleViolation) as caught:
            reverse_event(event_id=target.pk, reason="again", actor=officer)
        assert caught.value.code == code
    assert broken_links() == []


def test_a_reversal_that_leaves_a_later_exit_without_cost_is_refused(holding, officer):
    event = record(holding, officer)
    record(holding, officer, EventKind.WRITE_OFF, 0, DAY + timedelta(days=1), cost_relieved_fen=600)
    with pytest.raises(RuleViolation) as caught:
        reverse_event(event_id=event.pk, reason="wrong", actor=officer)
    assert caught.value.code == "WRITE_OFF_ABOVE_REMAINING_COST"


def test_a_reversal_needs_a_reason(holding, officer):
    event = record(holding, officer)
    with pytest.raises(RuleViolation) as caught:
        reverse_event(event_id=event.pk, reason=" ", actor=officer)
    assert caught.value.code == "REASON_MISSING"


def test_a_closed_period_takes_late_entries_only_with_permission_and_reason(holding, officer):
    finance = UserFactory(role=Role.FINANCE)
    close_period(fund_id=holding.fund_id, through=DAY, actor=finance)
    with pytest.raises(RuleViolation) as caught:
        record(holding, officer)
    assert caught.value.code == "PERIOD_CLOSED"
    with pytest.raises(PermissionDenied):
        record(holding, officer, late=True, reason="audit")
    with pytest.raises(RuleViolation) as caught:
        record(holding, finance, late=True)
    assert caught.value.code == "REASON_MISSING"
    assert record(holding, finance, late=True, reason="audit").value_date == DAY
    assert record(holding, officer, value_date=DAY + timedelta(days=1)).seq == 2


@pytest.mark.parametrize("through", [DAY, DAY - timedelta(days=1)])
def test_a_period_is_closed_once_and_forwards(through, holding):
    finance = UserFactory(role=Role.FINANCE)
    close_period(fund_id=holding.fund_id, through=DAY, actor=finance)
    with pytest.raises(RuleViolation) as caught:
        close_period(fund_id=holding.fund_id, through=through, actor=finance)
    assert caught.value.code == "PERIOD_CLOSED"


def test_today_cannot_be_closed(holding):
    with pytest.raises(RuleViolation) as caught:
        close_period(fund_id=holding.fund_id, through=timezone.localdate(), actor=UserFactory(role=Role.FINANCE))
    assert caught.value.code == "PERIOD_IN_FUTURE"


MAY_RECORD = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", Role)
def test_who_may_record_and_reverse(role, holding):
    user = UserFactory(role=role)
    if role in MAY_RECORD:
        event = record(holding, user)
        assert reverse_event(event_id=event.pk, reason="typed twice", actor=user).seq == 2
        return
    with pytest.raises(PermissionDenied):
        record(holding, user)
    assert not LedgerEvent.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_who_may_close_a_period(role, holding):
    user = UserFactory(role=role)
    if role in {Role.FINANCE, Role.ADMINISTRATOR}:
        assert close_period(fund_id=holding.fund_id, through=DAY, actor=user).closed_by == user
        return
    with pytest.raises(PermissionDenied):
        close_period(fund_id=holding.fund_id, through=DAY, actor=user)

"""Valuation rounds: what is due, the clock that opens and reminds once, and the lock."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from funds.actions.ledger import Draft
from funds.actions.valuation_papers import approve_paper
from funds.actions.valuation_rounds import due_day, keep_rounds, lock_round, open_round
from funds.choices.ledger import EventKind
from funds.models import Valuation, ValuationRound
from funds.queries.valuation_work import lines_of, quarter_end_of
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.funds.scenes import WAN, book
from tests.funds.valuing import QUARTER, approved, draft, finance, holding, officer, submitted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 1, 1), date(2024, 3, 31)), (date(2024, 6, 30), date(2024, 6, 30)),
        (date(2024, 8, 15), date(2024, 9, 30)), (date(2024, 12, 31), date(2024, 12, 31)),
    ],
)  # fmt: skip
def test_quarters_end_where_they_end(day, end):
    assert quarter_end_of(day) == end


def test_every_live_holding_is_due_and_says_how_far_it_is():
    states = {}
    for work in (holding, draft, submitted, approved):
        made = work()
        investment = getattr(made, "investment", made)
        states[investment.pk] = {"Investment": "MISSING", "DRAFT": "DRAFT", "SUBMITTED": "SUBMITTED"}.get(
            getattr(made, "state", "Investment"), "VALUED"
        )
    gone = holding()
    book(gone.fund, Draft(EventKind.EXIT_FULL, date(2024, 6, 28), 700 * WAN, gone.pk, 600 * WAN))
    later = holding()
    Valuation.objects.create(
        investment=later, valid_at=date(2024, 3, 31), recorded_at="2024-04-20T00:00Z", fair_value_fen=5,
        method="NET_ASSETS",
    )  # fmt: skip
    states[later.pk] = "MISSING"
    lines = {line.investment.pk: line for line in lines_of(QUARTER)}
    assert {pk: line.state for pk, line in lines.items()} == states
    assert lines[later.pk].previous.fair_value_fen == 5
    assert {line.remaining for line in lines.values()} == {600 * WAN}


def test_lines_cost_the_same_for_one_holding_and_three(django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            draft()
        with django_assert_num_queries(4):
            assert [str(line.paper.prepared_by) for line in lines_of(QUARTER)]


@pytest.mark.parametrize("role", Role)
def test_who_opens_and_locks(role):
    actor = UserFactory(role=role)
    if role in {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}:
        row = open_round(quarter_end=QUARTER, actor=actor)
    else:
        with pytest.raises(PermissionDenied):
            open_round(quarter_end=QUARTER, actor=actor)
        row = open_round(quarter_end=QUARTER, actor=None)
    if role in {Role.PROGRAMME_MANAGER, Role.FINANCE, Role.ADMINISTRATOR}:
        assert lock_round(round_id=row.pk, actor=actor).locked_by == actor
    else:
        with pytest.raises(PermissionDenied):
            lock_round(round_id=row.pk, actor=actor)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"quarter_end": date(2024, 6, 29)}, "ROUND_NOT_QUARTER_END"),
        ({"quarter_end": date(2999, 6, 30)}, "ROUND_IN_FUTURE"),
        ({"quarter_end": QUARTER, "due_on": QUARTER}, "ROUND_DUE"),
        ({"quarter_end": date(2024, 3, 31)}, "ROUND_EXISTS"),
    ],
)
def test_what_cannot_be_opened(asked, code):
    open_round(quarter_end=date(2024, 3, 31), actor=None)
    with pytest.raises(RuleViolation) as refused:
        open_round(actor=officer(), **asked)
    assert refused.value.code == code


def test_a_round_locks_when_all_are_approved_and_only_once():
    first, second = holding(), holding()
    row = open_round(quarter_end=QUARTER, actor=officer())
    approved(first)
    submitted(second)
    with pytest.raises(RuleViolation) as refused:
        lock_round(round_id=row.pk, actor=finance())
    assert (refused.value.code, refused.value.facts) == ("ROUND_INCOMPLETE", {"open": [second.code]})
    approve_paper(paper_id=second.valuation_papers.get().pk, actor=finance())
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    locked = lock_round(round_id=row.pk, actor=manager)
    assert (locked.state, locked.locked_by) == ("LOCKED", manager)
    with pytest.raises(RuleViolation) as refused:
        lock_round(round_id=row.pk, actor=manager)
    assert refused.value.code == "NO_SUCH_TRANSITION"


def test_the_due_day_counts_working_days_and_falls_back_without_a_calendar():
    assert due_day(date(2026, 6, 30)) == date(2026, 7, 28)
    assert due_day(date(2100, 6, 30)) == date(2100, 7, 28)


def test_the_clock_opens_the_last_quarter_and_reminds_each_person_once_a_stage():
    holding()
    people = [officer(), finance()]
    UserFactory(role=Role.AUDITOR)
    assert keep_rounds(date(2024, 7, 2)) == {"opened": 1, "written": 2}
    row = ValuationRound.objects.get()
    assert (row.quarter_end, row.opened_by) == (QUARTER, None)
    assert keep_rounds(date(2024, 7, 3)) == {"opened": 0, "written": 0}
    assert keep_rounds(row.due_on - timedelta(days=2))["written"] == 2
    assert keep_rounds(row.due_on)["written"] == 0
    assert keep_rounds(row.due_on + timedelta(days=1))["written"] == 2
    mails = OutboxMessage.objects.order_by("pk")
    assert {mail.recipient for mail in mails} == {person.email for person in people}
    assert mails.last().payload["subject"] == f"Valuation round 2024-06-30 is late: it was due on {row.due_on}"
    assert "0 of 1 holdings have an approved value" in mails.last().payload["text"]
    assert row.get_absolute_url() in mails.last().payload["text"]


def test_nobody_is_reminded_of_what_is_done_or_of_nothing():
    officer()
    assert keep_rounds(date(2024, 7, 2)) == {"opened": 0, "written": 0}
    approved()
    assert keep_rounds(date(2024, 7, 2)) == {"opened": 1, "written": 0}

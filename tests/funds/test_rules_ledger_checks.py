"""What the books refuse, each with its code, and the sound neighbour that they accept."""

import pytest
from hypothesis import given

from funds.choices.ledger import EventKind
from funds.choices.records import FundState
from funds.rules.ledger import Event
from funds.rules.ledger_checks import (
    closed_period_problem,
    fund_problems,
    fund_state_problem,
    future_problem,
    holding_problems,
    life_problem,
    reversal_problems,
    shape_problems,
)
from tests.funds.portfolios import at, histories, known

K = EventKind


def event(number, kind, day, amount, relieved=0, *, holding="H", recorded=None, reverses=None):
    return Event(
        id=number,
        kind=kind,
        holding=holding,
        value_date=at(day),
        recorded_at=known(day if recorded is None else recorded),
        amount=amount,
        cost_relieved=relieved,
        reverses=reverses,
    )


def codes(violations):
    return [violation.code for violation in violations]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (event(1, K.INVEST, 0, 5, holding=None), "HOLDING_REQUIRED"),
        (event(1, K.CALL, 0, 5), "HOLDING_NOT_ALLOWED"),
        (event(1, K.INVEST, 0, 5, reverses=9), "REVERSES_NOT_ALLOWED"),
        (event(1, K.WRITE_OFF, 0, 1, 5), "WRITE_OFF_WITH_PROCEEDS"),
        (event(1, K.FEE, 0, -5, holding=None), "AMOUNT_NEGATIVE"),
        (event(1, K.DIVIDEND, 0, 0), "AMOUNT_EMPTY"),
        (event(1, K.FX, 0, 0), "AMOUNT_EMPTY"),
        (event(1, K.EXIT_PARTIAL, 0, 5), "COST_RELIEVED_REQUIRED"),
        (event(1, K.WRITE_OFF, 0, 0, -5), "COST_RELIEVED_REQUIRED"),
        (event(1, K.RECOVERY_AFTER_WRITE_OFF, 0, 5, 1), "COST_RELIEVED_NOT_ALLOWED"),
    ],
)
def test_a_malformed_event_is_named(made, code):
    assert codes(shape_problems(made)) == [code]


@pytest.mark.parametrize(
    "made",
    [
        event(1, K.INVEST, 0, 5),
        event(1, K.CALL, 0, 5, holding=None),
        event(1, K.EXIT_PARTIAL, 0, 0, 5),
        event(1, K.WRITE_OFF, 0, 0, 5),
        event(1, K.RECOVERY_AFTER_WRITE_OFF, 0, 5),
        event(1, K.INTEREST, 0, 5),
        event(1, K.INTEREST, 0, 5, holding=None),
        event(1, K.FX, 0, -5),
        event(2, K.REVERSAL, 0, -5, reverses=1),
    ],
    ids=lambda made: f"{made.kind}-{made.holding}",
)
def test_a_sound_event_passes(made):
    assert shape_problems(made) == []


@pytest.mark.parametrize(
    ("history", "at_fault", "code"),
    [
        ([event(1, K.INVEST, 0, 100), event(2, K.EXIT_PARTIAL, 1, 9, 101)], 2, "EXIT_ABOVE_REMAINING_COST"),
        ([event(1, K.INVEST, 5, 100), event(2, K.EXIT_PARTIAL, 4, 9, 1)], 2, "EXIT_ABOVE_REMAINING_COST"),
        ([event(1, K.INVEST, 0, 100), event(2, K.WRITE_OFF, 1, 0, 101)], 2, "WRITE_OFF_ABOVE_REMAINING_COST"),
        ([event(1, K.INVEST, 0, 100), event(2, K.EXIT_FULL, 1, 9, 99)], 2, "EXIT_FULL_LEAVES_COST"),
        ([event(1, K.INVEST, 0, 100), event(2, K.RECOVERY_AFTER_WRITE_OFF, 1, 9)], 2, "RECOVERY_WITHOUT_WRITE_OFF"),
        ([event(1, K.FOLLOW_ON, 0, 100)], 1, "FOLLOW_ON_WITHOUT_INVESTMENT"),
        ([event(1, K.INVEST, 0, 100), event(2, K.FX, 1, -100)], 2, "FX_ABOVE_REMAINING_COST"),
        ([event(1, K.FX, 1, 5)], 1, "FX_ABOVE_REMAINING_COST"),
    ],
)
def test_an_event_that_does_not_fit_its_position_is_named(history, at_fault, code):
    (problem,) = holding_problems(history)
    assert (problem.event, problem.violation.code) == (at_fault, code)


def test_the_refusal_says_what_remained():
    (problem,) = holding_problems([event(1, K.INVEST, 0, 100), event(2, K.EXIT_PARTIAL, 1, 9, 150)])
    assert problem.violation.facts["remaining_fen"] == 100
    assert problem.violation.field == "cost_relieved"
    assert "remained" in str(problem.violation)


def test_a_late_exit_that_makes_a_booked_one_impossible_is_found():
    booked = [event(1, K.INVEST, 0, 100), event(2, K.EXIT_PARTIAL, 9, 90, 80)]
    assert holding_problems(booked) == []
    late = event(3, K.EXIT_PARTIAL, 5, 50, 50, recorded=20)
    assert [(p.event, p.violation.code) for p in holding_problems([*booked, late])] == [
        (2, "EXIT_ABOVE_REMAINING_COST")
    ]


def test_reversing_an_investment_below_its_exits_is_found():
    booked = [event(1, K.INVEST, 0, 100), event(2, K.EXIT_PARTIAL, 9, 90, 80)]
    undone = event(3, K.REVERSAL, 0, -100, recorded=20, reverses=1)
    assert [p.event for p in holding_problems([*booked, undone])] == [2]


def test_one_mistake_is_reported_once():
    history = [
        event(1, K.INVEST, 0, 100),
        event(2, K.EXIT_PARTIAL, 1, 9, 500),
        event(3, K.EXIT_FULL, 2, 9, 100),
    ]
    assert [p.event for p in holding_problems(history)] == [2]


@given(histories())
def test_sound_histories_have_no_problem(history):
    events, _valuations, stages = history
    for name in stages:
        own = [row for row in events if row.holding == name]
        assert holding_problems(own) == []
        assert [problem for row in own for problem in shape_problems(row)] == []


def test_a_right_reversal_passes():
    booked = event(1, K.EXIT_PARTIAL, 3, 50, 20)
    assert reversal_problems(event(2, K.REVERSAL, 3, -50, -20, recorded=9, reverses=1), booked, frozenset()) == []


@pytest.mark.parametrize(
    ("undone", "target", "already", "code"),
    [
        (event(2, K.REVERSAL, 3, -50, reverses=7), None, (), "REVERSAL_OF_NOTHING"),
        (event(3, K.REVERSAL, 3, 50, reverses=2), event(2, K.REVERSAL, 3, -50), (), "REVERSAL_OF_REVERSAL"),
        (event(3, K.REVERSAL, 3, -50, reverses=1), event(1, K.INVEST, 3, 50), (1,), "ALREADY_REVERSED"),
        (event(2, K.REVERSAL, 4, -50, reverses=1), event(1, K.INVEST, 3, 50), (), "REVERSAL_VALUE_DATE"),
        (
            event(2, K.REVERSAL, 3, -50, reverses=1, holding="X"),
            event(1, K.INVEST, 3, 50),
            (),
            "REVERSAL_OTHER_HOLDING",
        ),
        (event(2, K.REVERSAL, 3, -49, reverses=1), event(1, K.INVEST, 3, 50), (), "REVERSAL_AMOUNTS"),
        (event(2, K.REVERSAL, 3, -50, 0, reverses=1), event(1, K.EXIT_PARTIAL, 3, 50, 5), (), "REVERSAL_AMOUNTS"),
        (event(2, K.REVERSAL, 3, -50, reverses=1), event(1, K.INVEST, 3, 50, recorded=8), (), "REVERSAL_BEFORE_EVENT"),
    ],
)
def test_a_wrong_reversal_is_named(undone, target, already, code):
    assert codes(reversal_problems(undone, target, frozenset(already))) == [code]


def test_dates_are_tested_against_recording_life_and_closed_books():
    assert future_problem(at(5), at(5)) is None
    assert future_problem(at(6), at(5)).code == "VALUE_DATE_IN_FUTURE"
    assert life_problem(at(0), at(0), at(9)) is None
    assert life_problem(at(9), at(0), at(9)) is None
    assert life_problem(at(900), at(0), None) is None
    assert life_problem(at(-1), at(0), None).code == "OUTSIDE_FUND_LIFE"
    assert life_problem(at(10), at(0), at(9)).code == "OUTSIDE_FUND_LIFE"
    assert closed_period_problem(at(10), None) is None
    assert closed_period_problem(at(10), at(9)) is None
    refused = closed_period_problem(at(9), at(9))
    assert refused.code == "PERIOD_CLOSED"
    assert at(9).isoformat() in str(refused)


def test_a_closed_fund_accepts_reversals_recoveries_and_returned_grants_only():
    accepted = {kind for kind in EventKind if fund_state_problem(kind, FundState.CLOSED) is None}
    assert accepted == {K.REVERSAL, K.RECOVERY_AFTER_WRITE_OFF, K.GRANT_RETURN}
    assert all(fund_state_problem(kind, FundState.LIQUIDATING) is None for kind in EventKind)


def test_calls_stop_at_the_commitment_and_what_may_be_recalled():
    calls = [event(1, K.CALL, 0, 60, holding=None), event(2, K.CALL, 1, 50, holding=None)]
    assert [(p.event, p.violation.code) for p in fund_problems(calls, commitment=100)] == [
        (2, "CALLS_ABOVE_COMMITMENT")
    ]
    assert fund_problems(calls, commitment=110) == []
    assert fund_problems(calls, commitment=100, recallable=10) == []


def test_cash_never_falls_below_zero_on_a_value_date():
    call = event(1, K.CALL, 3, 100, holding=None)
    same_day = event(2, K.INVEST, 3, 100)
    assert fund_problems([same_day, call], commitment=100) == []
    early = event(2, K.INVEST, 2, 100)
    assert [(p.event, p.violation.code) for p in fund_problems([early, call], commitment=100)] == [
        (2, "CASH_BELOW_ZERO")
    ]
    fee = event(3, K.FEE, 4, 1, holding=None)
    (problem,) = fund_problems([call, same_day, fee, event(4, K.FEE, 5, 1, holding=None)], commitment=100)
    assert (problem.event, problem.violation.facts["cash_fen"]) == (3, -1)
    undone = event(5, K.REVERSAL, 4, -1, holding=None, recorded=9, reverses=3)
    assert [p.event for p in fund_problems([call, same_day, fee, undone], commitment=100)] == []

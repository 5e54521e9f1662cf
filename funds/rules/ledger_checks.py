"""What the books refuse (domain 5.3), as checks over events that return what is wrong and change nothing.

Each check returns RuleViolations. One new event is tested by testing the whole history with it, since a late event
can make a later one impossible.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import GRANT_KINDS, HOLDING_KINDS, EventKind
from funds.choices.records import FundState
from funds.rules.figures import Money
from funds.rules.ledger import RELIEVING_KINDS, Event, EventId, HoldingFold, standing_events
from innovation.core.errors import RuleViolation

OPTIONAL_HOLDING = frozenset({EventKind.INTEREST})
"""Interest comes from a holding's loan or from the fund's own account."""

_CASH_SIGNS = {
    EventKind.CALL: 1,
    EventKind.DISTRIBUTION: -1,
    EventKind.INVEST: -1,
    EventKind.FOLLOW_ON: -1,
    EventKind.EXIT_PARTIAL: 1,
    EventKind.EXIT_FULL: 1,
    EventKind.RECOVERY_AFTER_WRITE_OFF: 1,
    EventKind.DIVIDEND: 1,
    EventKind.INTEREST: 1,
    EventKind.FEE: -1,
    EventKind.EXPENSE: -1,
    EventKind.GRANT: -1,
    EventKind.GRANT_RETURN: 1,
}


LATE_KINDS = frozenset({EventKind.RECOVERY_AFTER_WRITE_OFF, EventKind.GRANT_RETURN})
"""What may still come in after the fund's life and its closing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An event that the books refuse, and why."""

    event: EventId
    violation: RuleViolation


@dataclass(frozen=True, slots=True)
class _Check:
    """One thing that an event can have wrong by itself."""

    code: str
    message: str | Promise
    field: str
    fails: Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class _PositionCheck:
    """One thing that an event can have wrong against the position it meets; the flag says: written off before."""

    code: str
    message: str | Promise
    field: str
    fails: Callable[[Event, HoldingFold, bool], bool]


_SHAPE_CHECKS = (
    _Check(
        "HOLDING_REQUIRED",
        _("This kind of event names the investment it belongs to."),
        "holding",
        lambda e: e.kind in HOLDING_KINDS - OPTIONAL_HOLDING and e.holding is None,
    ),
    _Check(
        "HOLDING_NOT_ALLOWED",
        _("This kind of event belongs to the fund, not to an investment."),
        "holding",
        lambda e: e.kind not in HOLDING_KINDS and e.holding is not None,
    ),
    _Check(
        "AWARD_REQUIRED",
        _("A grant and its return name the award under which the money is given."),
        "award",
        lambda e: e.kind in GRANT_KINDS and e.award is None,
    ),
    _Check(
        "AWARD_NOT_ALLOWED",
        _("Only a grant and its return name an award."),
        "award",
        lambda e: e.kind not in GRANT_KINDS and e.award is not None,
    ),
    _Check(
        "REVERSES_NOT_ALLOWED",
        _("Only a reversal names the event it reverses."),
        "reverses",
        lambda e: e.reverses is not None,
    ),
    _Check(
        "WRITE_OFF_WITH_PROCEEDS",
        _("A write-off brings no money: put the cost under “Cost relieved”. If money came in, book an exit instead."),
        "amount",
        lambda e: e.kind == EventKind.WRITE_OFF and e.amount != 0,
    ),
    _Check(
        "AMOUNT_NEGATIVE",
        _("Amounts are positive; the kind of event says which way money goes."),
        "amount",
        lambda e: e.kind not in {EventKind.FX, EventKind.WRITE_OFF} and e.amount < 0,
    ),
    _Check(
        "AMOUNT_EMPTY",
        _("The amount is zero."),
        "amount",
        lambda e: e.kind not in RELIEVING_KINDS and e.amount == 0,
    ),
    _Check(
        "COST_RELIEVED_REQUIRED",
        _("An exit or write-off says which cost it relieves."),
        "cost_relieved",
        lambda e: e.kind in RELIEVING_KINDS and e.cost_relieved <= 0,
    ),
    _Check(
        "COST_RELIEVED_NOT_ALLOWED",
        _("Only exits and write-offs relieve cost."),
        "cost_relieved",
        lambda e: e.kind not in RELIEVING_KINDS and e.cost_relieved != 0,
    ),
)

_POSITION_CHECKS = (
    _PositionCheck(
        "WRITE_OFF_ABOVE_REMAINING_COST",
        _("The write-off is larger than the cost that remained on its value date."),
        "cost_relieved",
        lambda e, position, _off: e.kind == EventKind.WRITE_OFF and e.cost_relieved > position.remaining,
    ),
    _PositionCheck(
        "EXIT_ABOVE_REMAINING_COST",
        _("The exit relieves more cost than remained on its value date."),
        "cost_relieved",
        lambda e, position, _off: e.kind in RELIEVING_KINDS and e.cost_relieved > position.remaining,
    ),
    _PositionCheck(
        "EXIT_FULL_LEAVES_COST",
        _("A full exit relieves all remaining cost; book a partial exit instead."),
        "cost_relieved",
        lambda e, position, _off: e.kind == EventKind.EXIT_FULL and e.cost_relieved < position.remaining,
    ),
    _PositionCheck(
        "RECOVERY_WITHOUT_WRITE_OFF",
        _("Nothing was written off before this recovery."),
        "kind",
        lambda e, _position, written_off: e.kind == EventKind.RECOVERY_AFTER_WRITE_OFF and not written_off,
    ),
    _PositionCheck(
        "FOLLOW_ON_WITHOUT_INVESTMENT",
        _("A follow-on needs an investment before it."),
        "kind",
        lambda e, position, _off: e.kind == EventKind.FOLLOW_ON and not position.cost,
    ),
    _PositionCheck(
        "FX_ABOVE_REMAINING_COST",
        _("The exchange restatement is larger than the cost that remained on its value date."),
        "amount",
        lambda e, position, _off: e.kind == EventKind.FX and position.remaining <= max(0, -e.amount),
    ),
)


def shape_problems(event: Event) -> list[RuleViolation]:
    """What is wrong with an event by itself: holding named or not, signs of its amounts in fen.

    Reversals have rules of their own: :func:`reversal_problems`.
    """
    if event.kind == EventKind.REVERSAL:
        return []
    return [RuleViolation(c.code, c.message, field=c.field) for c in _SHAPE_CHECKS if c.fails(event)]


def holding_problems(events: Iterable[Event]) -> list[Problem]:
    """Walk the whole history of one holding and name every event that does not fit the position it meets.

    Exit or write-off above the remaining cost of its day, full exit that leaves cost, recovery without write-off,
    follow-on without investment, exchange restatement of nothing.
    """
    position = HoldingFold()
    written_off = False
    found = []
    for event in standing_events(events):
        failed = next((check for check in _POSITION_CHECKS if check.fails(event, position, written_off)), None)
        if failed:
            facts = {
                "value_date": event.value_date,
                "amount_fen": event.amount,
                "cost_relieved_fen": event.cost_relieved,
                "remaining_fen": position.remaining,
            }
            found.append(Problem(event.id, RuleViolation(failed.code, failed.message, field=failed.field, facts=facts)))
            # An impossible event does not move the position, so that one mistake is reported once.
            continue
        position.apply(event)
        written_off = written_off or event.kind == EventKind.WRITE_OFF
    return found


def reversal_problems(reversal: Event, target: Event | None, reversed_ids: Set[EventId]) -> list[RuleViolation]:
    """What is wrong with a reversal: ``target`` is the event it names, ``reversed_ids`` those reversed already.

    Once per event, never of a reversal, on the same value date, of the same holding, with opposite amounts.
    """
    if target is None:
        return [_refuse("REVERSAL_OF_NOTHING", _("The event to reverse does not exist in this fund."), "reverses")]
    found = []
    if target.kind == EventKind.REVERSAL:
        message = _("A reversal is not reversed; record the event anew.")
        found.append(_refuse("REVERSAL_OF_REVERSAL", message, "reverses"))
    if target.id in reversed_ids:
        found.append(_refuse("ALREADY_REVERSED", _("This event is reversed already."), "reverses"))
    if reversal.value_date != target.value_date:
        message = _("A reversal carries the value date of the event it reverses.")
        found.append(_refuse("REVERSAL_VALUE_DATE", message, "value_date", {"value_date": target.value_date}))
    if reversal.holding != target.holding:
        message = _("A reversal belongs to the same investment as the event it reverses.")
        found.append(_refuse("REVERSAL_OTHER_HOLDING", message, "holding"))
    if reversal.award != target.award:
        message = _("A reversal belongs to the same award as the event it reverses.")
        found.append(_refuse("REVERSAL_OTHER_AWARD", message, "award"))
    if (reversal.amount, reversal.cost_relieved) != (-target.amount, -target.cost_relieved):
        message = _("A reversal carries the opposite amounts of the event it reverses.")
        facts = {"amount_fen": -target.amount, "cost_relieved_fen": -target.cost_relieved}
        found.append(_refuse("REVERSAL_AMOUNTS", message, "amount", facts))
    if reversal.recorded_at < target.recorded_at:
        message = _("A reversal is recorded after the event it reverses.")
        found.append(_refuse("REVERSAL_BEFORE_EVENT", message, "recorded_at"))
    return found


def future_problem(value_date: date, recorded_on: date) -> RuleViolation | None:
    """A value date after the day of recording; ``recorded_on`` is that day in the office's zone."""
    if value_date <= recorded_on:
        return None
    message = _("The value date lies in the future.")
    return _refuse("VALUE_DATE_IN_FUTURE", message, "value_date", {"value_date": value_date, "today": recorded_on})


def life_problem(value_date: date, begins: date, ends: date | None) -> RuleViolation | None:
    """A value date outside the fund's life, both days inclusive; ``ends`` None is open."""
    if begins <= value_date and (ends is None or value_date <= ends):
        return None
    message = _("The value date lies outside the fund's life.")
    facts = {"value_date": value_date, "begins": begins, "ends": ends}
    return _refuse("OUTSIDE_FUND_LIFE", message, "value_date", facts)


def closed_period_problem(value_date: date, closed_through: date | None) -> RuleViolation | None:
    """A value date in a period whose books are closed, the last day included."""
    if closed_through is None or value_date > closed_through:
        return None
    message = _("The books are closed through %(date)s. A late entry needs its own permission and a reason.")
    return _refuse(
        "PERIOD_CLOSED",
        message % {"date": closed_through.isoformat()},
        "value_date",
        {"value_date": value_date, "closed_through": closed_through},
    )


def fund_state_problem(kind: EventKind, state: FundState) -> RuleViolation | None:
    """A closed fund accepts reversals and recoveries only (domain 5.2); a returned grant is one."""
    if state != FundState.CLOSED or kind in {EventKind.REVERSAL, *LATE_KINDS}:
        return None
    return _refuse("FUND_CLOSED", _("The fund is closed: it accepts only reversals and recoveries."), "kind")


def fund_problems(events: Iterable[Event], *, commitment: Money, recallable: Money = 0) -> list[Problem]:
    """Walk a fund's whole ledger by day: calls above the commitment, cash below zero (invariants 1 and 7). Fen.

    ``recallable``: distributions that the agreement allows to call again. Money of one day is netted before the
    test, since a value date has no hour. The problem names the last payment of the day on which cash ran out, once
    until cash is back.
    """
    called: Money = 0
    cash: Money = 0
    found = []
    for day, events_of_day in groupby(standing_events(events), key=lambda event: event.value_date):
        before, paying = cash, None
        for event in events_of_day:
            sign = _CASH_SIGNS.get(event.kind, 0)
            cash += sign * event.amount
            paying = event.id if sign < 0 else paying
            if event.kind == EventKind.CALL:
                called += event.amount
                if called > commitment + recallable:
                    facts = {"called_fen": called, "commitment_fen": commitment, "recallable_fen": recallable}
                    message = _("The calls exceed the commitment.")
                    found.append(Problem(event.id, _refuse("CALLS_ABOVE_COMMITMENT", message, "amount", facts)))
        if paying is not None and cash < 0 <= before:
            message = _("The fund's cash would fall below zero on this day.")
            day_facts = {"cash_fen": cash, "value_date": day}
            found.append(Problem(paying, _refuse("CASH_BELOW_ZERO", message, "amount", day_facts)))
    return found


def _refuse(code: str, message: str | Promise, field: str, facts: Mapping[str, Any] | None = None) -> RuleViolation:
    return RuleViolation(code, message, field=field, facts=facts)

"""Where a holding stands after its approval: derived from the ledger alone (domain 5.2), never typed."""

from collections.abc import Iterable

from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.choices.records import InvestmentState
from funds.rules.ledger import RELIEVING_KINDS, Event, standing_events


def state_of_events(events: Iterable[Event]) -> InvestmentState:
    """The state of one holding from the events that count, reversals among them.

    Nothing paid yet is APPROVED. Remaining cost left: PARTLY_EXITED after a partial exit, else INVESTED (a partial
    write-off alone leaves it invested). None left: WRITTEN_OFF when a write-off took the last of it, RECOVERED when
    money came after that, EXITED else.
    """
    remaining, state = 0, InvestmentState.APPROVED
    exited = False
    for event in standing_events(events):
        if event.kind in INVESTING_KINDS:
            remaining += int(event.amount)
            state = InvestmentState.PARTLY_EXITED if exited else InvestmentState.INVESTED
        elif event.kind == EventKind.FX:
            remaining += int(event.amount)
        elif event.kind in RELIEVING_KINDS:
            remaining -= int(event.cost_relieved)
            exited = exited or event.kind != EventKind.WRITE_OFF
            if remaining > 0:
                state = InvestmentState.PARTLY_EXITED if exited else InvestmentState.INVESTED
            else:
                written_off = event.kind == EventKind.WRITE_OFF
                state = InvestmentState.WRITTEN_OFF if written_off else InvestmentState.EXITED
        elif event.kind == EventKind.RECOVERY_AFTER_WRITE_OFF and state == InvestmentState.WRITTEN_OFF:
            state = InvestmentState.RECOVERED
    return state

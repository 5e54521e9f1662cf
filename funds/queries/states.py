"""States of holdings at a moment, read from their ledgers in one statement however many."""

from collections import defaultdict
from collections.abc import Collection

from funds.choices.ledger import EventKind
from funds.choices.records import InvestmentState
from funds.models import LedgerEvent
from funds.queries.sums import Moment
from funds.rules.investment_state import state_of_events
from funds.rules.ledger import Event

_COLUMNS = (
    "id", "kind", "value_date", "recorded_at", "amount_fen", "investment_id", "cost_relieved_fen", "reverses_id",
)  # fmt: skip


def states_of(holdings: Collection[int], moment: Moment) -> dict[int, InvestmentState]:
    """The state of each holding (by id) as of and as known at ``moment``."""
    events: dict[int, list[Event]] = defaultdict(list)
    rows = LedgerEvent.objects.filter(
        investment__in=list(holdings), value_date__lte=moment.as_of, recorded_at__lte=moment.known_at
    ).values_list(*_COLUMNS)
    for pk, kind, day, recorded_at, amount, holding, relieved, reverses in rows:
        event = Event(pk, EventKind(kind), day, recorded_at, amount, holding, relieved, reverses)
        events[holding].append(event)
    return {holding: state_of_events(events[holding]) for holding in holdings}

"""What the books of grant money refuse: other kinds of event than grants, and payments past their award."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import GRANT_KINDS, EventKind
from funds.choices.records import FundKind
from funds.rules.figures import Money
from funds.rules.ledger import Event, standing_events
from funds.rules.ledger_checks import Problem
from innovation.core.errors import RuleViolation

KINDS_OF_GRANT_FUND = frozenset(
    {
        EventKind.CALL, EventKind.DISTRIBUTION, EventKind.FEE, EventKind.EXPENSE, EventKind.INTEREST,
        EventKind.REVERSAL, *GRANT_KINDS,
    }
)  # fmt: skip
"""Money from the budget and back to it, what the office itself pays or earns, and the grants."""


def fund_kind_problem(kind: EventKind, fund_kind: str) -> RuleViolation | None:
    """A grant outside a fund of grant money, or an event of a holding inside one."""
    if fund_kind == FundKind.GRANT and kind not in KINDS_OF_GRANT_FUND:
        return no_holdings()
    if fund_kind != FundKind.GRANT and kind in GRANT_KINDS:
        return RuleViolation("NO_GRANT_FUND", _("Grants are booked in a fund of grant money only."), field="kind")
    return None


def no_holdings() -> RuleViolation:
    """Why nothing about a holding enters a fund of grant money."""
    message = _("A fund of grant money gives grants; it has no holdings. Book a grant or its return.")
    return RuleViolation("GRANT_FUND", message, field="kind")


def award_problems(events: Iterable[Event], *, committed: Money) -> list[Problem]:
    """Walk all grants and returns of one award by day: more out than it grants, more returned than paid. Fen.

    Money of one day is netted before the test, since a value date has no hour. The first day that breaks it is told.
    """
    out: Money = 0
    for day, events_of_day in groupby(standing_events(events), key=lambda event: event.value_date):
        own = list(events_of_day)
        out += sum(event.amount if event.kind == EventKind.GRANT else -event.amount for event in own)
        facts = {"out_fen": out, "committed_fen": committed, "value_date": day}
        if out > committed:
            message = _("More would be paid than the award grants.")
            return [Problem(own[-1].id, RuleViolation("AWARD_EXCEEDED", message, field="amount", facts=facts))]
        if out < 0:
            message = _("More would be returned than was paid under this award.")
            return [Problem(own[-1].id, RuleViolation("RETURN_ABOVE_PAID", message, field="amount", facts=facts))]
    return []


def lowest_grant(events: Iterable[Event]) -> Money:
    """The least that the award of these events may grant: the most that was out on any day. Fen."""
    out: Money = 0
    most: Money = 0
    for __, events_of_day in groupby(standing_events(events), key=lambda event: event.value_date):
        out += sum(event.amount if event.kind == EventKind.GRANT else -event.amount for event in events_of_day)
        most = max(most, out)
    return most

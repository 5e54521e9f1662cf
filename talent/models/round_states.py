"""The way of a round as data: planned, open for rankings, closed, matched by a job, published."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Transition
from talent.choices.rounds import RoundState

OFFICE = "talent.change_matchround"


def _has_places(round_: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if not facts.get("places"):
        yield RuleViolation("NO_PLACES", _("Record the places of the round first."))


def _reasoned(round_: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if not facts.get("reason_given"):
        yield RuleViolation("REASON_MISSING", _("Say why."), field="reason")


_cancel = Transition(
    RoundState.CANCELLED, OFFICE, pgettext_lazy("round", "Cancel the round"), guard=_reasoned,
    next_step=_("Nobody is matched in this round"),
)  # fmt: skip
TRANSITIONS = {
    RoundState.PLANNED: {
        "open": Transition(
            RoundState.RANKING, OFFICE, _("Open the round for rankings"), guard=_has_places,
            next_step=_("People and places rank each other; both are told by mail"), automatic=True,
        ),
        "cancel": _cancel,
    },
    RoundState.RANKING: {
        "close": Transition(
            RoundState.CLOSED, OFFICE, _("Close the rankings"), automatic=True,
            next_step=_("Nobody can rank any more; the office runs the matching"),
        ),
        "cancel": _cancel,
    },
    RoundState.CLOSED: {
        "match": Transition(
            RoundState.MATCHED, None, pgettext_lazy("round", "Match"),
            next_step=_("The office looks at the result and publishes it"),
        ),
        "cancel": _cancel,
    },
    RoundState.MATCHED: {
        "take_back": Transition(
            RoundState.CLOSED, OFFICE, _("Take the result back"), guard=_reasoned,
            next_step=_("The office runs the matching again"),
        ),
        "publish": Transition(
            RoundState.PUBLISHED, OFFICE, _("Publish the result"),
            next_step=_("Each pair becomes a mandate that both sides accept within 14 days"),
        ),
        "cancel": _cancel,
    },
}  # fmt: skip
_NEXT = {
    RoundState.PLANNED: _("The office records the places and opens the round"),
    RoundState.RANKING: _("Both sides hand in their rankings"),
    RoundState.CLOSED: _("The office runs the matching"),
    RoundState.MATCHED: _("The office publishes the result"),
    RoundState.PUBLISHED: _("Both sides accept their mandates"),
    RoundState.CANCELLED: _("Nothing follows"),
}
STATE_NAMES = {state: StateName(state.label, state.label, following) for state, following in _NEXT.items()}

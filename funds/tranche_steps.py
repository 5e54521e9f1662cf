"""The way of a tranche as data: its condition is met, or it is given up."""

from django.utils.translation import gettext_lazy as _

from funds.choices.deals import TrancheState
from innovation.core.transitions import StateName, Transition

_EDIT = "funds.change_tranche"
_give_up = Transition(
    to=TrancheState.CANCELLED, permission=_EDIT, label=_("Give up"), next_step=_("It is not paid any more.")
)
TRANCHE_TRANSITIONS = {
    TrancheState.PLANNED: {
        "meet": Transition(
            to=TrancheState.READY,
            permission=_EDIT,
            label=_("Condition met"),
            next_step=_("The tranche is paid by an entry of the ledger."),
        ),
        "give_up": _give_up,
    },
    TrancheState.READY: {"give_up": _give_up},
}
TRANCHE_STATE_NAMES = {
    TrancheState.PLANNED: StateName(TrancheState.PLANNED.label, TrancheState.PLANNED.label, _("Show that it is met")),
    TrancheState.READY: StateName(TrancheState.READY.label, TrancheState.READY.label, _("Pay it")),
    TrancheState.CANCELLED: StateName(TrancheState.CANCELLED.label, TrancheState.CANCELLED.label),
}

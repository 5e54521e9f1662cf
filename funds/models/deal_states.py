"""The way of a proposal as data: which step leads where, who may take it, what happens next.

The two outcomes of the committee have no permission of their own: only a recorded decision causes them, and the
database asks for it (``funds.models.deal_triggers``).
"""

from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DealState, TrancheState
from funds.rules.deals import may_begin_diligence, may_go_to_committee
from innovation.core.transitions import StateName, Transition

EDIT, DECIDE = "funds.change_deal", "funds.add_decision"
_withdraw = Transition(
    to=DealState.WITHDRAWN,
    permission=EDIT,
    label=_("Withdraw"),
    next_step=_("The proposal is closed and stays readable."),
)
TRANSITIONS = {
    DealState.SOURCING: {
        "begin": Transition(
            to=DealState.DILIGENCE,
            permission=EDIT,
            label=_("Begin due diligence"),
            guard=may_begin_diligence,
            next_step=_("The questions of due diligence are answered one by one."),
        ),
        "withdraw": _withdraw,
    },
    DealState.DILIGENCE: {
        "propose": Transition(
            to=DealState.PROPOSED,
            permission=EDIT,
            label=_("Lay before the committee"),
            guard=may_go_to_committee,
            next_step=_("The committee meets and decides; the proposal cannot be changed any more."),
        ),
        "withdraw": _withdraw,
    },
    DealState.PROPOSED: {
        "approve": Transition(
            to=DealState.APPROVED,
            permission=DECIDE,
            label=_("Approved by the committee"),
            next_step=_("The agreement is signed, then the tranches are paid."),
        ),
        "reject": Transition(
            to=DealState.REJECTED,
            permission=DECIDE,
            label=_("Rejected by the committee"),
            next_step=_("The proposal is closed and stays readable."),
        ),
        "postpone": Transition(
            to=DealState.DILIGENCE,
            permission=DECIDE,
            label=_("Postponed by the committee"),
            next_step=_("Open questions are answered, then the proposal is laid before the committee again."),
        ),
        "withdraw": _withdraw,
    },
}
STATE_NAMES = {
    DealState.SOURCING: StateName(DealState.SOURCING.label, _("Being looked at"), _("Begin due diligence")),
    DealState.DILIGENCE: StateName(
        DealState.DILIGENCE.label, _("Being examined"), _("Answer every question, then lay it before the committee")
    ),
    DealState.PROPOSED: StateName(
        DealState.PROPOSED.label, _("Before the committee"), _("The committee meets; its decision is recorded")
    ),
    DealState.APPROVED: StateName(
        DealState.APPROVED.label, _("Approved"), _("Sign the agreement and pay its tranches")
    ),
    DealState.REJECTED: StateName(DealState.REJECTED.label, _("Rejected"), _("Nothing follows")),
    DealState.WITHDRAWN: StateName(DealState.WITHDRAWN.label, _("Withdrawn"), _("Nothing follows")),
}

_EDIT_TRANCHE = "funds.change_tranche"
_give_up = Transition(
    to=TrancheState.CANCELLED, permission=_EDIT_TRANCHE, label=_("Give up"), next_step=_("It is not paid any more.")
)
TRANCHE_TRANSITIONS = {
    TrancheState.PLANNED: {
        "meet": Transition(
            to=TrancheState.READY,
            permission=_EDIT_TRANCHE,
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

"""The way of a mandate as data: both sides accept in either order, then it runs, is suspended, delivered or ended."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.transitions import StateName, Transition
from talent.choices.matching import MandateState

OFFICE = "talent.change_mandate"


def is_person(actor: Any, mandate: Any) -> bool:
    """The person, or the office for people without an account."""
    owner = mandate.person.user_id
    return owner == actor.pk if owner else actor.has_perm(OFFICE)


def is_owner(actor: Any, mandate: Any) -> bool:
    """A member of the organisation that owns the demand, or the office for it."""
    member = mandate.demand.organisation.memberships.filter(user=actor).exists()
    return bool(member) or actor.has_perm(OFFICE)


def is_either(actor: Any, mandate: Any) -> bool:
    return is_person(actor, mandate) or is_owner(actor, mandate)


_ended = _("Its outcome is recorded now and after twelve months.")
_decline = Transition(
    to=MandateState.DECLINED, permission=is_either, label=_("Decline"), next_step=_("The demand is matched again.")
)
_expire = Transition(
    to=MandateState.EXPIRED, permission=None, label=_("Time to answer is over"),
    next_step=_("The demand is matched again."),
)  # fmt: skip
_suspend = Transition(
    to=MandateState.SUSPENDED, permission=OFFICE, label=_("Suspend"), automatic=True,
    next_step=_("The office decides whether it goes on."),
)  # fmt: skip
_withdraw = Transition(
    to=MandateState.ENDED_EARLY, permission=OFFICE, label=_("End early"), next_step=_("The demand is matched again.")
)
_both = _("Both sides have accepted; the work begins.")
TRANSITIONS = {
    MandateState.PROPOSED: {
        "accept": Transition(
            to=MandateState.BY_PERSON, permission=is_person, label=_("Accept as the person"),
            next_step=_("The owner of the demand answers."),
        ),
        "agree": Transition(
            to=MandateState.BY_OWNER, permission=is_owner, label=_("Accept as the owner"),
            next_step=_("The person answers."),
        ),
        "decline": _decline, "expire": _expire, "suspend": _suspend, "end": _withdraw,
    },
    MandateState.BY_PERSON: {
        "agree": Transition(
            to=MandateState.ACTIVE, permission=is_owner, label=_("Accept as the owner"), next_step=_both
        ),
        "decline": _decline, "expire": _expire, "suspend": _suspend, "end": _withdraw,
    },
    MandateState.BY_OWNER: {
        "accept": Transition(
            to=MandateState.ACTIVE, permission=is_person, label=_("Accept as the person"), next_step=_both
        ),
        "decline": _decline, "expire": _expire, "suspend": _suspend, "end": _withdraw,
    },
    MandateState.ACTIVE: {
        "deliver": Transition(
            to=MandateState.DELIVERED, permission=OFFICE, label=_("Delivered"), next_step=_ended
        ),
        "end": Transition(to=MandateState.ENDED_EARLY, permission=OFFICE, label=_("End early"), next_step=_ended),
        "suspend": _suspend,
    },
    MandateState.SUSPENDED: {
        "resume": Transition(
            to=MandateState.ACTIVE, permission=OFFICE, label=_("Resume"), next_step=_("The work goes on.")
        ),
        "end": Transition(to=MandateState.ENDED_EARLY, permission=OFFICE, label=_("End early"), next_step=_ended),
    },
}  # fmt: skip
_STATES = {
    MandateState.PROPOSED: _("The person and the owner accept or decline"),
    MandateState.BY_PERSON: _("The owner of the demand answers"),
    MandateState.BY_OWNER: _("The person answers"),
    MandateState.ACTIVE: _("The work is delivered, or ended early"),
    MandateState.SUSPENDED: _("The office decides whether it goes on"),
    MandateState.DELIVERED: _("The outcome is recorded, again after twelve months"),
    MandateState.ENDED_EARLY: _("The outcome is recorded, again after twelve months"),
    MandateState.DECLINED: _("Nothing follows"),
    MandateState.EXPIRED: _("Nothing follows"),
}
STATE_NAMES = {state: StateName(state.label, state.label, following) for state, following in _STATES.items()}

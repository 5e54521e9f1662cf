"""The way of a person's request, as data."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.transitions import StateName, Transition
from talent.choices.privacy import RightsState

ANSWERS = "talent.answer_rightsrequest"
RIGHTS_STATES = {
    RightsState.RECEIVED: StateName(
        _("To be taken up"), _("Received"), _("The privacy officer takes it up; you hear within 15 working days.")
    ),
    RightsState.IN_WORK: StateName(
        _("In work"), _("Being worked on"), _("You hear by the day that is shown, with reasons if it is refused.")
    ),
    RightsState.GRANTED: StateName(_("Granted"), _("Granted"), _("Nothing more is to be done.")),
    RightsState.REFUSED: StateName(
        _("Refused"), _("Refused"), _("You may ask again, or complain to the authority for personal information.")
    ),
    RightsState.WITHDRAWN: StateName(_("Taken back"), _("Taken back"), _("Nothing more is to be done.")),
}


def _own(actor: Any, record: Any) -> bool:
    """Whether the request is the actor's own."""
    return record.person.user_id == actor.pk


_ANSWERING = {
    "grant": Transition(to=RightsState.GRANTED, permission=ANSWERS, label=_("Grant")),
    "refuse": Transition(to=RightsState.REFUSED, permission=ANSWERS, label=_("Refuse")),
    "withdraw": Transition(to=RightsState.WITHDRAWN, permission=_own, label=_("Take back")),
}
RIGHTS_TRANSITIONS = {
    RightsState.RECEIVED: {
        "take_up": Transition(to=RightsState.IN_WORK, permission=ANSWERS, label=_("Take up")),
        **_ANSWERING,
    },
    RightsState.IN_WORK: _ANSWERING,
}

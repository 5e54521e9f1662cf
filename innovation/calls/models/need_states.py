"""The way of a need: collected, checked, published, bids, award, acceptance on the owner's terms, end."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import NeedState as S
from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Transition

CHECK, COORDINATE = "calls.screen_application", "calls.coordinate_application"
NAMES = {
    S.COLLECTED: StateName(S.COLLECTED.label, S.COLLECTED.label, _("Experts check need and market.")),
    S.CHECKED: StateName(
        S.CHECKED.label, S.CHECKED.label, _("Its owner agrees to the wording; then another person publishes it.")
    ),
    S.PUBLISHED: StateName(S.PUBLISHED.label, S.PUBLISHED.label, _("A call for bids opens.")),
    S.BIDDING: StateName(
        S.BIDDING.label, S.BIDDING.label, _("Bids come in, are reviewed and decided, if there are enough.")
    ),
    S.AWARDED: StateName(
        S.AWARDED.label, S.AWARDED.label, _("The result is tested on the owner's site, on the owner's terms.")
    ),
    S.ACCEPTED: StateName(S.ACCEPTED.label, S.ACCEPTED.label, _("The office settles and closes it.")),
    S.CLOSED: StateName(S.CLOSED.label, S.CLOSED.label),
    S.REFUSED: StateName(S.REFUSED.label, S.REFUSED.label),
}


def owns(user: Any, need: Any) -> bool:
    """Whether ``user`` leads the organisation whose need it is."""
    return need.organisation.memberships.filter(user=user, role="lead").exists()


def _given(_need: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if not facts.get("reason_given"):
        yield RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")


def _publishable(need: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if need.agreed_at is None:
        yield RuleViolation("OWNER_AGREES_FIRST", _("The owner of the need has not agreed to the wording yet."))
    if facts.get("same_actor_as_checker"):
        yield RuleViolation("FOUR_EYES", _("Another person than the one who checked it publishes it."))


def _biddable(_need: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if not facts.get("call_published"):
        yield RuleViolation("CALL_NOT_PUBLISHED", _("The call for bids has to be published first."), field="call")


def _awardable(_need: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    if not facts.get("enough_bids"):
        yield RuleViolation("TOO_FEW_BIDS", _("The call has too few valid bids."))
    if not facts.get("bid_approved"):
        yield RuleViolation("BID_NOT_APPROVED", _("This bid is not approved."), field="application")


_CLOSE = Transition(to=S.CLOSED, permission=COORDINATE, label=_("Close the need"), guard=_given)
_REFUSE = Transition(to=S.REFUSED, permission=CHECK, label=_("Do not take it up"), guard=_given)
TRANSITIONS = {
    S.COLLECTED: {
        "check": Transition(to=S.CHECKED, permission=CHECK, label=_("Need and market checked"), guard=_given),
        "refuse": _REFUSE,
    },
    S.CHECKED: {
        "publish": Transition(
            to=S.PUBLISHED, permission=COORDINATE, label=_("Publish the need"), guard=_publishable
        ),
        "refuse": _REFUSE,
    },
    S.PUBLISHED: {
        "open_bids": Transition(to=S.BIDDING, permission=COORDINATE, label=_("Open the bids"), guard=_biddable),
        "close": _CLOSE,
    },
    S.BIDDING: {
        "award": Transition(to=S.AWARDED, permission=COORDINATE, label=_("Name the awarded bid"), guard=_awardable),
        "close": _CLOSE,
    },
    S.AWARDED: {
        "accept": Transition(to=S.ACCEPTED, permission=owns, label=_("Accept the result"), guard=_given),
        "close": _CLOSE,
    },
    S.ACCEPTED: {"close": _CLOSE},
}  # fmt: skip

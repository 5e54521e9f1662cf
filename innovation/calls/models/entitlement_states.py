"""The way of a title: in force, suspended meanwhile, and how it ends."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import EntitlementState as S
from innovation.core.errors import RuleViolation
from innovation.core.transitions import Transition

SCREEN, DECIDE = "calls.screen_application", "calls.decide_application"


def _reasoned(record: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    if not facts.get("reason_given"):
        yield RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")


EXPIRE = Transition(S.EXPIRED, SCREEN, _("The title has expired"), automatic=True)
REVOKE = Transition(S.REVOKED, DECIDE, _("Revoke the title"), guard=_reasoned)
RENEW = Transition(S.RENEWED, SCREEN, _("Renew the title"))
TRANSITIONS = {
    S.VALID: {
        "suspend": Transition(S.SUSPENDED, SCREEN, _("Suspend the title"), guard=_reasoned),
        "expire": EXPIRE,
        "revoke": REVOKE,
        "renew": RENEW,
    },
    S.SUSPENDED: {
        "reinstate": Transition(S.VALID, SCREEN, _("Put the title in force again"), guard=_reasoned),
        "expire": EXPIRE,
        "revoke": REVOKE,
    },
    S.EXPIRED: {"renew": RENEW},
    S.RENEWED: {},
    S.REVOKED: {},
}

"""The way of a skill claim and of evidence as data."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Transition
from talent.choices.skills import ProofState
from talent.rules.skills import may_verify

VERIFY = "talent.change_skillclaim"


def _verifiable(record: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    return may_verify(facts)


_support = Transition(ProofState.SUPPORTED, None, _("Evidence added"), next_step=_("An officer looks at the evidence."))
_reset = Transition(ProofState.CLAIMED, None, _("Changed"), next_step=_("Add evidence for the changed claim."))
_verify = Transition(
    ProofState.VERIFIED, VERIFY, _("Verify"), guard=_verifiable,
    next_step=_("The skill counts in matching, and in the directory where the person shows it."),
)  # fmt: skip
_refuse = Transition(
    ProofState.CLAIMED, VERIFY, _("Not proven"), next_step=_("The person adds evidence that proves it.")
)
_age = Transition(ProofState.STALE, None, _("Grown old"), next_step=_("Add evidence of today."), automatic=True)

TRANSITIONS = {
    ProofState.CLAIMED: {"support": _support},
    ProofState.SUPPORTED: {"verify": _verify, "refuse": _refuse, "reset": _reset},
    ProofState.VERIFIED: {"age": _age, "refuse": _refuse, "reset": _reset},
    ProofState.STALE: {"support": _support, "verify": _verify, "reset": _reset},
}
STATE_NAMES = {
    ProofState.CLAIMED: StateName(ProofState.CLAIMED.label, ProofState.CLAIMED.label, _("Add evidence")),
    ProofState.SUPPORTED: StateName(
        ProofState.SUPPORTED.label, _("Waits for verification"), _("An officer looks at the evidence")
    ),
    ProofState.VERIFIED: StateName(ProofState.VERIFIED.label, ProofState.VERIFIED.label, _("It holds 36 months")),
    ProofState.STALE: StateName(ProofState.STALE.label, ProofState.STALE.label, _("Add evidence of today")),
}

"""The way of a credential as data: which event leads where, who may cause it, what happens next."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Transition
from talent.choices.credentials import CredentialState as S

DECIDE = "talent.decide_credential"


def holds_or_keeps(actor: Any, credential: Any) -> bool:
    """The holder, or an officer who acts for a holder."""
    return credential.person.user_id == actor.pk or actor.has_perm("talent.change_credential")


def decides_for_others(actor: Any, credential: Any) -> bool:
    """Nobody decides on a credential of their own."""
    return credential.person.user_id != actor.pk and actor.has_perm(DECIDE)


def _reasoned(record: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    if not facts.get("reason_given"):
        yield RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")


def _heard(record: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    yield from _reasoned(record, facts)
    if not facts.get("heard"):
        yield RuleViolation("NOT_HEARD", _("Revoked only after a hearing: give its day."), field="heard_on")


REVOKE = Transition(S.REVOKED, decides_for_others, _("Revoke"), guard=_heard)
RETIRE = Transition(S.EMERITUS, holds_or_keeps, _("Make emeritus"), next_step=_("No more credits are asked."))
LAPSE = Transition(S.LAPSED, None, _("Lapse"), automatic=True, next_step=_("Apply anew to hold it again."))
TRANSITIONS: dict[str, dict[str, Transition]] = {
    S.CANDIDATE: {
        "apply": Transition(S.UNDER_ASSESSMENT, holds_or_keeps, _("Ask for the assessment")),
    },
    S.UNDER_ASSESSMENT: {
        "grant": Transition(S.GRANTED, decides_for_others, _("Grant")),
        "return": Transition(S.CANDIDATE, decides_for_others, _("Return"), guard=_reasoned),
    },
    S.GRANTED: {
        "open_renewal": Transition(S.RENEWAL_OPEN, None, _("Open the renewal"), automatic=True),
        "revoke": REVOKE,
        "retire": RETIRE,
        "lapse": LAPSE,
    },
    S.RENEWAL_OPEN: {
        "file_renewal": Transition(S.RENEWAL_SUBMITTED, holds_or_keeps, _("File the renewal")),
        "revoke": REVOKE,
        "retire": RETIRE,
        "lapse": LAPSE,
    },
    S.RENEWAL_SUBMITTED: {
        "renew": Transition(S.GRANTED, decides_for_others, _("Renew")),
        "return_renewal": Transition(S.RENEWAL_OPEN, decides_for_others, _("Return the renewal"), guard=_reasoned),
        "refuse_renewal": Transition(S.LAPSED, decides_for_others, _("Refuse the renewal"), guard=_reasoned),
        "revoke": REVOKE,
    },
    S.LAPSED: {},
    S.REVOKED: {},
    S.EMERITUS: {},
}
STATE_NAMES = {
    S.CANDIDATE: StateName(
        S.CANDIDATE.label, S.CANDIDATE.label, _("Collect what the scheme asks, then ask for the assessment.")
    ),
    S.UNDER_ASSESSMENT: StateName(
        S.UNDER_ASSESSMENT.label, S.UNDER_ASSESSMENT.label, _("An officer checks the rules and decides.")
    ),
    S.GRANTED: StateName(
        S.GRANTED.label, _("In force"), _("Collect credits; the renewal opens a year before the end.")
    ),
    S.RENEWAL_OPEN: StateName(
        S.RENEWAL_OPEN.label, _("In force, renewal open"), _("File the renewal once the credits are complete.")
    ),
    S.RENEWAL_SUBMITTED: StateName(
        S.RENEWAL_SUBMITTED.label, _("In force, renewal filed"), _("An officer counts the credits and decides.")
    ),
    S.LAPSED: StateName(S.LAPSED.label, _("No longer in force"), _("Apply anew to hold it again.")),
    S.REVOKED: StateName(S.REVOKED.label, S.REVOKED.label, _("Nothing more happens.")),
    S.EMERITUS: StateName(S.EMERITUS.label, _("Emeritus, kept in honour"), _("No more credits are asked.")),
}

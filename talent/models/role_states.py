"""The way of a role profile as data: which step leads where, who may take it, what happens next."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Transition
from talent.choices.people import RoleState
from talent.rules.roles import may_decide, needs_reason

VERIFY = "talent.change_roleprofile"


def _own(actor: Any, profile: Any) -> bool:
    """The person of the profile."""
    return profile.person.user_id is not None and profile.person.user_id == actor.pk


def _own_or_office(actor: Any, profile: Any) -> bool:
    return _own(actor, profile) or actor.has_perm(VERIFY)


def _decided(profile: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    return may_decide(facts)


def _reasoned(profile: Any, facts: Mapping[str, Any]) -> Iterable[RuleViolation]:
    return [*may_decide(facts), *needs_reason(facts)]


_submit = Transition(
    RoleState.SUBMITTED, _own_or_office, _("Submit"), next_step=_("An officer takes it up for verification.")
)
_withdraw = Transition(
    RoleState.WITHDRAWN, _own_or_office, _("Withdraw"), automatic=True,
    next_step=_("The profile ends and leaves the directory; the record is kept until its retention ends."),
)  # fmt: skip
_erase = Transition(RoleState.ERASED, None, _("Erase"), next_step=_("A numbered placeholder stays."))
_expire = Transition(
    RoleState.EXPIRED, None, _("Expire"), next_step=_("The person may ask for verification again."), automatic=True
)
_suspend = Transition(
    RoleState.SUSPENDED, VERIFY, _("Suspend"), guard=_reasoned,
    next_step=_("The profile is out of matching and out of the directory until it is reinstated."),
)  # fmt: skip
_verified = Transition(
    RoleState.ACTIVE, VERIFY, _("Verified"), guard=_decided,
    next_step=_("The profile is in force; a renewal is asked for 90 days before its end."),
)  # fmt: skip
_grant = Transition(
    RoleState.ACTIVE, None, _("Granted by an approved registration"),
    next_step=_("The profile is in force; a renewal is asked for 90 days before its end."),
)  # fmt: skip
_again = Transition(
    RoleState.IN_VERIFICATION, _own_or_office, _("Ask for verification again"),
    next_step=_("An officer verifies the profile anew."),
)  # fmt: skip
_doubt = Transition(
    RoleState.IN_VERIFICATION, None, _("A verified fact was corrected"),
    next_step=_("An officer verifies the profile anew."),
)  # fmt: skip

TRANSITIONS = {
    RoleState.DRAFT: {"submit": _submit, "grant": _grant, "withdraw": _withdraw},
    RoleState.SUBMITTED: {
        "take_up": Transition(
            RoleState.IN_VERIFICATION, VERIFY, _("Take up"), next_step=_("The proofs are looked at one by one.")
        ),
        "grant": _grant,
        "withdraw": _withdraw,
    },
    RoleState.IN_VERIFICATION: {
        "verify": _verified,
        "return": Transition(
            RoleState.RETURNED, VERIFY, _("Return for completion"), guard=_reasoned,
            next_step=_("The person completes what is missing and submits again."),
        ),
        "reject": Transition(
            RoleState.REJECTED, VERIFY, _("Reject"), guard=_reasoned,
            next_step=_("The person may appeal; another officer verifies then."),
        ),
        "grant": _grant,
        "withdraw": _withdraw,
    },
    RoleState.RETURNED: {"submit": _submit, "grant": _grant, "withdraw": _withdraw},
    RoleState.REJECTED: {
        "appeal": Transition(
            RoleState.IN_VERIFICATION, _own, _("Appeal"), guard=lambda profile, facts: needs_reason(facts),
            next_step=_("An officer who has not rejected it verifies."),
        ),
        "grant": _grant,
        "withdraw": _withdraw,
    },
    RoleState.ACTIVE: {
        "suspend": _suspend,
        "call_for_renewal": Transition(
            RoleState.RENEWAL_DUE, None, _("Call for renewal"), automatic=True,
            next_step=_("The person confirms the profile before its last day."),
        ),
        "expire": _expire,
        "doubt": _doubt,
        "grant": _grant,
        "withdraw": _withdraw,
    },
    RoleState.SUSPENDED: {
        "reinstate": Transition(
            RoleState.ACTIVE, VERIFY, _("Reinstate"), guard=_reasoned, next_step=_("The profile is in force again.")
        ),
        "expire": _expire,
        "withdraw": _withdraw,
    },
    RoleState.RENEWAL_DUE: {
        "renew": _verified,
        "suspend": _suspend,
        "expire": _expire,
        "doubt": _doubt,
        "grant": _grant,
        "withdraw": _withdraw,
    },
    RoleState.EXPIRED: {"ask_again": _again, "grant": _grant, "withdraw": _withdraw},
    RoleState.WITHDRAWN: {"erase": _erase},
    RoleState.ERASED: {},
}  # fmt: skip
"""Erasure passes through ``withdrawn``: "any → withdrawn → erased"."""

STATE_NAMES = {
    RoleState.DRAFT: StateName(RoleState.DRAFT.label, _("Not submitted yet"), _("Complete and submit it")),
    RoleState.SUBMITTED: StateName(RoleState.SUBMITTED.label, _("Received by the office"), _("An officer takes it up")),
    RoleState.IN_VERIFICATION: StateName(
        RoleState.IN_VERIFICATION.label, _("Being verified"), _("The officer verifies, returns or rejects")
    ),
    RoleState.RETURNED: StateName(
        RoleState.RETURNED.label, _("Returned to you"), _("Complete what is missing and submit again")
    ),
    RoleState.REJECTED: StateName(RoleState.REJECTED.label, _("Rejected"), _("The person may appeal")),
    RoleState.ACTIVE: StateName(
        RoleState.ACTIVE.label, _("Profile in force"), _("Renewal is asked for 90 days before the end")
    ),
    RoleState.SUSPENDED: StateName(RoleState.SUSPENDED.label, _("Suspended"), _("The office reinstates or it expires")),
    RoleState.RENEWAL_DUE: StateName(RoleState.RENEWAL_DUE.label, _("Renewal due"), _("Renew before the last day")),
    RoleState.EXPIRED: StateName(RoleState.EXPIRED.label, _("Expired"), _("The person may ask for verification again")),
    RoleState.WITHDRAWN: StateName(RoleState.WITHDRAWN.label, _("Withdrawn"), _("Nothing follows")),
    RoleState.ERASED: StateName(RoleState.ERASED.label, _("Erased"), _("Nothing follows")),
}

"""Rules of a merge of two records of one person: whose value wins, which profile goes on, who may be the same."""

from typing import Any

from talent.choices.people import RoleState

RANK: dict[str, int] = {
    state: place
    for place, state in enumerate(
        (
            RoleState.ERASED, RoleState.WITHDRAWN, RoleState.DRAFT, RoleState.REJECTED, RoleState.EXPIRED,
            RoleState.RETURNED, RoleState.SUBMITTED, RoleState.IN_VERIFICATION, RoleState.SUSPENDED,
            RoleState.RENEWAL_DUE, RoleState.ACTIVE,
        )
    )
}  # fmt: skip
"""How far a profile has come; of two of one kind the further one goes on."""


def kept_by_default(ours: Any, theirs: Any) -> str:
    """The kept record's value, unless it is empty and the other's is not."""
    return "loser" if ours in (None, "") and theirs not in (None, "") else "survivor"

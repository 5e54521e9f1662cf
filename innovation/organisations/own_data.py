"""What the register keeps about a person: for which organisations the person acts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.accounts.own_data import Part
from innovation.organisations.models import Membership


def memberships_of(user: User) -> list[dict[str, Any]]:
    """Organisation, role and since when."""
    rows = Membership.objects.filter(user=user).select_related("organisation")
    return [
        {"organisation": row.organisation.name, "uscc": row.organisation.uscc, "role": row.role, "since": row.since}
        for row in rows
    ]


def leave_all(user: User) -> None:
    """The person acts for nobody any more."""
    Membership.objects.filter(user=user).delete()


PART = Part(
    "organisations", _("Organisations for which you act"), collect=memberships_of, erase=leave_all,
    deleted=_("That you act for them."),
    kept=_("The organisations themselves; they belong to their other people."), order=20,
)  # fmt: skip

"""What the applicant's side adds to the shared floor: its place in the navigation."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.core import navigation
from innovation.core.navigation import NavItem


def applies(user: Any) -> bool:
    """Whoever is signed in and does not work for the programme."""
    return bool(user.is_authenticated and not user.has_role(*STAFF_ROLES))


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("My applications"), "calls:applications", visible=applies, order=120))

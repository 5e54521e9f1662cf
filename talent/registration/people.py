"""What people add to the shared floor: navigation, notices, the demonstration."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.core import navigation
from innovation.core.navigation import NavItem
from talent.actions.roles import NOTICE
from talent.views.profile import TITLE, keeps_profile


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    navigation.register(NavItem(section, TITLE, "talent:profile", visible=keeps_profile, order=300))
    notifications.register(notifications.Kind(NOTICE, _("Steps of my talent profile")))

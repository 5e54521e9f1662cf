"""What exemption cases add to the shared floor: navigation, notices."""

from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import NOTICE
from funds.views.cases import sees_cases
from funds.views.my_cases import TITLE, may_have_cases
from innovation.accounts import notifications
from innovation.core import navigation
from innovation.core.navigation import NavItem


def register() -> None:
    """Called once by ``funds.registration.register``."""
    navigation.register(NavItem(_("Funds"), _("Exemption cases"), "funds:cases", visible=sees_cases, order=250))
    navigation.register(NavItem(_("Funds"), TITLE, "funds:my_cases", visible=may_have_cases, order=255))
    # Everybody can sit on a panel or speak for a manager, so that the choice is everybody's.
    notifications.register(notifications.Kind(NOTICE, _("Exemption cases")))

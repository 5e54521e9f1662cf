"""What the funds part adds to the shared floor: navigation, cards, report kinds, its share of the demonstration."""

from django.utils.translation import gettext_lazy as _

from funds.models.visibility import sees_funds
from innovation.core import navigation
from innovation.core.navigation import NavItem

FUNDS = _("Funds")


def register() -> None:
    """Called once by ``AppConfig.ready``, when models can be imported."""
    navigation.register(NavItem(FUNDS, _("All funds"), "funds:funds", visible=sees_funds, order=220))
    navigation.register(NavItem(FUNDS, _("Imports"), "funds:imports", visible=sees_funds, order=290))

"""What proposals and companies add to the shared floor: navigation and cards."""

from django.utils.translation import gettext_lazy as _

from funds.deal_cards import deal_cards
from funds.models.visibility import sees_funds
from innovation.core import home, navigation
from innovation.core.navigation import NavItem


def register(section: object) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (_("Proposals"), "funds:deals", 222),
        (_("Committee decisions"), "funds:decisions", 224),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order))
    home.register(deal_cards, order=205)

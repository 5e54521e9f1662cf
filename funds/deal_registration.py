"""What proposals and companies add to the shared floor: navigation and cards."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.actions.companies import reports_for
from funds.deal_cards import deal_cards
from funds.demo.deals import make_deals
from funds.models.visibility import sees_funds
from innovation.core import demo, home, navigation
from innovation.core.navigation import NavItem


def reports_as_member(user: Any) -> bool:
    """Whether the person may report for a company; the office enters figures on the company's own page."""
    return bool(user.is_authenticated and not sees_funds(user) and reports_for(user).exists())


def register(section: object) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (_("Companies"), "funds:companies", 221),
        (_("Proposals"), "funds:deals", 222),
        (_("Committee decisions"), "funds:decisions", 224),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order))
    navigation.register(
        NavItem(section, _("Quarterly reports"), "funds:own_companies", visible=reports_as_member, order=226)
    )
    home.register(deal_cards, order=205)
    demo.register("Proposals, decisions and quarters of companies", make_deals, order=330)

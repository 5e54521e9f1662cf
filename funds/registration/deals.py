"""What proposals and companies add to the shared floor: navigation, demonstration."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions.companies import reports_for
from funds.demo.deals import make_deals
from funds.models.visibility import sees_funds
from funds.registration.groups import INVEST
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem


def reports_as_member(user: Any) -> bool:
    """Whether the person may report for a company; the office enters figures on the company's own page."""
    return bool(user.is_authenticated and not sees_funds(user) and reports_for(user).exists())


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order in (
        (_("Companies"), "funds:companies", 221),
        (_("Investment proposals"), "funds:deals", 222),
        (_("Committee decisions"), "funds:decisions", 224),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order, group=INVEST))
    navigation.register(
        NavItem(section, _("Quarterly reports"), "funds:own_companies", visible=reports_as_member, order=226)
    )
    demo.register("Proposals, decisions and quarters of companies", make_deals, order=330)

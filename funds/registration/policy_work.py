"""What valuation and policy work adds to the shared floor: navigation, cards, reports, demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.demo.policy_work import make_claims, make_landed_projects, make_yearly_work
from funds.demo.valuations import make_valuations
from funds.models.reinvestment import managed_funds
from funds.models.visibility import sees_funds
from funds.registration.groups import FILES, POLICY_WORK, VALUE
from funds.reports import backtest, evaluation, filing, progress
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry


def manager_cards(user: Any) -> list[Card]:
    """The way of a fund's manager to its claims; what waits for the office stands in the work list."""
    if sees_funds(user) or not user.is_authenticated or not managed_funds(user).exists():
        return []
    text = _("Local investment of the funds that you manage: claim it, and see what was recognised.")
    return [Card(_("Local reinvestment"), reverse("funds:claims"), text)]


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    for label, url_name, order, group in (
        (_("Valuations"), "funds:valuations", 240, VALUE),
        (_("Valuation rounds"), "funds:valuation_rounds", 242, VALUE),
        (progress.TITLE, "funds:progress", 244, VALUE),
        (_("Local reinvestment"), "funds:claims", 246, POLICY_WORK),
        (_("Landed projects"), "funds:landed_list", 248, POLICY_WORK),
        (_("Performance evaluation"), "funds:evaluations", 282, POLICY_WORK),
        (_("Filings to the national register"), "funds:filings", 292, FILES),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order, group=group))
    registry.register(backtest.KIND)
    registry.register(progress.KIND)
    registry.register(evaluation.KIND)
    registry.register(filing.KIND)
    home.register(manager_cards, order=210)
    demo.register("Valuation round of the last quarter", make_valuations, order=330)
    demo.register("Claims of local reinvestment", make_claims, order=340)
    demo.register("Landing agreements", make_landed_projects, order=350)
    demo.register("Self-evaluations and filings", make_yearly_work, order=360)

"""What performance adds to the shared floor: navigation, its report, an index for the demonstration."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.demo.exports import make_exports
from funds.demo.market import make_indices
from funds.models.visibility import sees_funds
from funds.registration.groups import VALUE
from funds.reports import exported, quarterly, workbook
from funds.reports.fund_performance import KIND
from innovation.accounts.choices import Role
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.reports import registry


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    navigation.register(
        NavItem(section, _("Performance"), "funds:performance", visible=sees_funds, order=210, group=VALUE)
    )
    navigation.register(
        NavItem(section, _("Export templates"), "funds:export_templates", visible=sees_funds, order=295)
    )
    for label, url_name, order in (
        (_("Market indices"), "funds:indices", 213),
        (_("Pacing models"), "funds:pacing", 214),
    ):
        navigation.register(NavItem(section, label, url_name, visible=sees_funds, order=order, group=VALUE))
    registry.register(KIND)
    for kind in (quarterly.KIND, workbook.KIND, exported.KIND):
        registry.register(kind)
    demo.register("A portfolio workbook and an export to investors", make_exports, order=395)
    demo.register("An invented market index", make_indices, order=330)
    demo.suggest(
        "compare funds by rate of return and multiples, and open how a rate is made", "/funds/performance/",
        Role.PROGRAMME_MANAGER,
    )  # fmt: skip

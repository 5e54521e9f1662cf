"""What the funds part adds to the shared floor: navigation, cards, report kinds, its share of the demonstration."""

from django.utils.translation import gettext_lazy as _

from funds.demo import make_funds
from funds.imports.demo import save_mappings
from funds.models.visibility import sees_funds
from funds.reports.tolerance import KIND, TITLE
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.reports import registry

FUNDS = _("Funds")


def register() -> None:
    """Called once by ``AppConfig.ready``, when models can be imported."""
    for label, url_name, order in (
        (TITLE, "funds:tolerance", 200),
        (_("All funds"), "funds:funds", 220),
        (_("Policies"), "funds:policies", 230),
        (_("Imports"), "funds:imports", 290),
    ):
        navigation.register(NavItem(FUNDS, label, url_name, visible=sees_funds, order=order))
    registry.register(KIND)
    demo.register("Funds, books and policies", make_funds, order=300)
    demo.register("Saved mapping of portfolio files", save_mappings, order=310)
    demo.suggest("See how much of each loss cap is used, and open any figure down to its bookings", "/funds/tolerance/")
    demo.suggest("Import the example file as fund officer, and see it before it is written", "/funds/imports/send/")
    demo.suggest("Ask for the monthly report as PDF and workbook", "/reports/")

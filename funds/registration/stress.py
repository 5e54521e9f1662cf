"""What stress adds to the shared floor: navigation, its report kind, its share of the demonstration."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.demo.stress import make_stress
from funds.models.visibility import sees_funds
from funds.registration.groups import WATCH
from funds.reports import stress_register
from innovation.accounts.choices import Role
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.reports import registry


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    navigation.register(NavItem(section, _("Stress"), "funds:stress", visible=sees_funds, order=205, group=WATCH))
    registry.register(stress_register.KIND)
    demo.register("Stress tests", make_stress, order=345)
    demo.suggest(
        "suppose that holdings fail, and see what that leaves of a cap", "/funds/stress/", Role.PROGRAMME_MANAGER
    )

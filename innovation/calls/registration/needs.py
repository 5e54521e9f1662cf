"""What needs of challenge calls add to the shared floor: the public list, acts, demonstration."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.demo.needs import make_needs
from innovation.calls.forms import needs as acts
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem
from innovation.core.views import everyone

ACT_FORMS = (acts,)
"""Modules whose acts are known once they are imported."""


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("Needs of challenge calls"), "calls:needs", visible=everyone, order=112))
    demo.register("Needs of challenge calls", make_needs, order=505)

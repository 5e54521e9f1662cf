"""What earlier awards add to the shared floor: the list and an example of it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.demo.earlier import make_earlier
from innovation.calls.models.following import works_here
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("Earlier awards"), "calls:awards", visible=works_here, order=136))
    demo.register("Earlier awards", make_earlier, order=585)

"""What late documents add to the shared floor: what waits, tab and panel."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls import desk_tabs, status_panels
from innovation.calls.actions.late import EXAMINE
from innovation.calls.choices import LateState
from innovation.calls.desk_tabs import DeskTab
from innovation.calls.forms import late as acts
from innovation.calls.models import LateDocument
from innovation.calls.models.following import works_here
from innovation.calls.views.late import late_panel, late_tab
from innovation.core import home
from innovation.core.home import Card

ACT_FORMS = (acts,)
"""Modules whose acts are known once they are imported."""


def cards(user: Any) -> list[Card]:
    """Late documents that nobody has examined."""
    if not (works_here(user) and user.has_perm(EXAMINE)):
        return []
    count = LateDocument.objects.filter(state=LateState.WAITING).count()
    address = f"{reverse('calls:desk')}?which=late"
    return [Card(_("Late documents to examine"), address, figure=str(count))] if count else []


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    home.register(cards, order=507)
    desk_tabs.register(DeskTab("late", _("Late documents"), "calls/desk/_late.html", late_tab, order=81))
    status_panels.register(late_panel, order=95)

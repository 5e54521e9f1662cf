"""What appeals add to the shared floor: the office's list, what waits, tab and panel."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls import desk_tabs, status_panels
from innovation.calls.actions.appealing import EXAMINE
from innovation.calls.demo.talking import make_talking
from innovation.calls.desk_tabs import DeskTab
from innovation.calls.forms import appeals as acts
from innovation.calls.models.following import works_here
from innovation.calls.queries.appeals import waiting
from innovation.calls.views.appeals import appeals_tab, refusal_panel
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem

ACT_FORMS = (acts,)
"""Modules whose acts are known once they are imported."""


def cards(user: Any) -> list[Card]:
    """Appeals that wait for an answer."""
    if not (works_here(user) and user.has_perm(EXAMINE)):
        return []
    days = list(waiting(user).values_list("due_on", flat=True))
    late = sum(day is not None and day < timezone.localdate() for day in days)
    text = _("%(late)s overdue") % {"late": late} if late else ""
    return [Card(_("Appeals to answer"), reverse("calls:appeals"), text, str(len(days)), urgent=True)] if days else []


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("Appeals"), "calls:appeals", visible=works_here, order=134))
    home.register(cards, order=506)
    demo.register("Appeals, messages to applicants, kept test cases", make_talking, order=580)
    desk_tabs.register(DeskTab("appeals", _("Appeals"), "calls/desk/_appeals.html", appeals_tab, order=82))
    status_panels.register(refusal_panel, order=105)

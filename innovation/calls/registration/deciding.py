"""What decisions and all that follows add to the shared floor: navigation, status panels, webhooks of public steps."""

from typing import Any

from django.db.models.signals import post_save
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls import desk_tabs, status_panels
from innovation.calls.actions.hooks import announce
from innovation.calls.demo.following import make_following
from innovation.calls.demo.titles import make_titles
from innovation.calls.desk_tabs import DeskTab
from innovation.calls.forms import deciding, money
from innovation.calls.models.following import works_here
from innovation.calls.registration.applying import applies
from innovation.calls.views import following
from innovation.core import demo, navigation
from innovation.core.models import TransitionRecord
from innovation.core.navigation import NavItem
from innovation.core.views import everyone

ACT_FORMS = (deciding, money)
"""Modules whose acts are known once they are imported."""
PANELS = (
    following.decision_panel, following.later_panel, following.agreement_panel, following.money_panel,
    following.title_panel,
)  # fmt: skip
TABS = (
    DeskTab(
        "decisions",
        pgettext_lazy("cases", "Decisions"),
        "calls/desk/_decisions.html",
        following.decisions_tab,
        order=40,
    ),
    DeskTab("agreement", _("Agreement"), "calls/desk/_agreement.html", following.agreement_tab, order=50),
    DeskTab("money", _("Money"), "calls/desk/_money.html", following.money_tab, order=60),
)


def tell_subscribers(instance: TransitionRecord, *, created: bool, **facts: Any) -> None:
    """Every step is written through one record, so that no door forgets the subscribers."""
    if created:
        announce(instance)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    for label, name, visible, order in (
        (_("Public notices"), "calls:notices", everyone, 118),
        (_("Decisions and projects"), "calls:cases", works_here, 132),
        (_("Meetings of the board"), "calls:meetings", works_here, 133),
        (_("Register of titles"), "calls:titles", works_here, 134),
        (_("Verify a certificate"), "calls:verify", everyone, 119),
        (_("My certificates"), "calls:own_titles", applies, 122),
    ):
        navigation.register(NavItem(section, label, name, visible=visible, order=order))
    for place, provider in enumerate(PANELS):
        status_panels.register(provider, order=100 + place)
    for tab in TABS:
        desk_tabs.register(tab)
    demo.register("Decisions, notices, agreements and payments", make_following, order=560)
    demo.register("Titles of firms and bids to a challenge", make_titles, order=570)
    post_save.connect(tell_subscribers, sender=TransitionRecord, dispatch_uid="calls.tell_subscribers")

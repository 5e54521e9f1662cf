"""What people add to the shared floor: navigation, cards, notices, the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.core import demo, home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.core.views import signed_in
from talent.actions.roles import NOTICE
from talent.demo.people import make_people
from talent.models.visibility import sees_people
from talent.queries.people import waiting_for_verification
from talent.views import directory, imports, merging, office, profile, units


def cards(user: Any) -> list[Card]:
    """Profiles and claims that wait for an officer."""
    if not (user.is_authenticated and user.has_perm("talent.change_roleprofile")):
        return []
    waiting = waiting_for_verification(user)
    roles = reverse("admin:talent_roleprofile_changelist") + "?state__exact=submitted"
    skills = reverse("admin:talent_skillclaim_changelist") + "?state__exact=supported"
    told = ((waiting["roles"], _("Talent profiles wait for verification"), roles),
            (waiting["skills"], _("Skills with evidence wait for a verdict"), skills))  # fmt: skip
    return [Card(title, href, figure=str(count), urgent=True) for count, title, href in told if count]


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    for item in (
        NavItem(section, profile.TITLE, "talent:profile", visible=profile.keeps_profile, order=300),
        NavItem(section, units.TITLE, "talent:unit_posts", visible=units.leads_a_unit, order=305),
        NavItem(section, office.TITLE, "talent:people", visible=sees_people, order=310),
        NavItem(section, merging.TITLE, "talent:duplicates", visible=merging.merges_people, order=315),
        NavItem(section, imports.TITLE, "talent:imports", visible=imports.imports_talent, order=320),
        NavItem(section, directory.TITLE, "talent:directory", visible=signed_in, order=390),
    ):
        navigation.register(item)
    notifications.register(notifications.Kind(NOTICE, _("Steps of my talent profile")))
    home.register(cards, order=300)
    demo.register("People of the talent registry", make_people, order=460)

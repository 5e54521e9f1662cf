"""What the support ratio adds to the shared floor: navigation, card, report kind, demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.figures import number_text
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from innovation.reports import registry
from talent.demo.ratio import make_ratio
from talent.models.visibility import sees_talent_figures
from talent.queries.ratio import Scope, latest_month, past_of
from talent.reports import support_ratio
from talent.reports.ratio import TITLE, target_words
from talent.views.own_laboratories import TITLE as OWN
from talent.views.own_laboratories import has_laboratories

PLANNING = _("Plan")


def cards(user: Any) -> list[Card]:
    """The ratio of the whole city at the last month end. Three statements at most."""
    if not sees_talent_figures(user):
        return []
    month = latest_month()
    if month is None:
        return []
    latest = past_of(month, month.main, Scope())[-1:]
    ratio = latest[0].ratio_per_10 if latest else None
    words = _("Supporting staff per ten professionals on %(day)s, reference %(target)s.") % {
        "day": month.as_of, "target": target_words(month.main),
    }  # fmt: skip
    return [Card(TITLE, reverse("talent:ratio"), words, number_text(ratio, 2))]


def own_cards(user: Any) -> list[Card]:
    """For whoever belongs to an organisation with laboratories: the way to them."""
    if sees_talent_figures(user) or not has_laboratories(user):
        return []
    return [Card(OWN, reverse("talent:own_laboratories"), _("Who works there, and what is missing."))]


def register(section: Promise) -> None:
    """Called once with the heading of the talent part."""
    for label, url_name, order in (
        (TITLE, "talent:ratio", 440), (_("Plan staff"), "talent:ratio_plan", 441),
        (_("Staff plans"), "talent:staff_plans", 442),
    ):  # fmt: skip
        navigation.register(NavItem(section, label, url_name, visible=sees_talent_figures, order=order, group=PLANNING))
    registry.register(support_ratio.KIND)
    home.register(cards, order=440)
    home.register(own_cards, order=441)
    demo.register("Laboratories and their supporting staff", make_ratio, order=450)
    demo.suggest("see which laboratory lacks supporting staff", "/talent/ratio/", Role.PROGRAMME_MANAGER)

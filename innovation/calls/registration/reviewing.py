"""What reviewing adds to the shared floor: the reviewer's desk in the navigation, and what waits there."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Review
from innovation.calls.views.reviewing import is_reviewer
from innovation.core import home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem


def cards(user: Any) -> list[Card]:
    """Reviews that wait for the person."""
    if not is_reviewer(user):
        return []
    due = list(Review.objects.of(user).waiting().values_list("due_on", flat=True))
    late = sum(day is not None and day < timezone.localdate() for day in due)
    text = _("%(late)s overdue") % {"late": late} if late else ""
    return [Card(_("Reviews to write"), reverse("reviews:desk"), text, str(len(due)), urgent=bool(due))]


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("My reviews"), "reviews:desk", visible=is_reviewer, order=130))
    navigation.register(
        NavItem(section, _("My field and relations"), "reviews:relations", visible=is_reviewer, order=131)
    )
    home.register(cards, order=510)

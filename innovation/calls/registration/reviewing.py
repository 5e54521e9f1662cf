"""What reviewing adds to the shared floor: the reviewer's desk in the navigation, and what waits there."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import ReviewState
from innovation.calls.models import Review
from innovation.calls.views.reviewing import is_reviewer, state_of
from innovation.core import home, navigation
from innovation.core.home import Panel, Waiting
from innovation.core.navigation import NavItem

MOST_LINES = 6
NEXT = {
    ReviewState.INVITED: _("Say whether you have a conflict of interest."),
    ReviewState.OPEN: _("Read, score, and hand in."),
}


def panel(user: Any) -> Panel | None:
    """The reviews that wait for the person, the first due on top; the first thing on a reviewer's start page."""
    if not is_reviewer(user):
        return None
    today = timezone.localdate()
    rows = list(Review.objects.of(user).waiting().select_related("application__call").order_by("due_on", "pk"))
    lines = [
        Waiting(
            row.application.number or "", row.get_absolute_url(), row.application.call.title, state_of(row),
            row.due_on, bool(row.due_on and row.due_on < today), NEXT.get(ReviewState(row.state), ""),
        )
        for row in rows[:MOST_LINES]
    ]  # fmt: skip
    number = len(rows)
    sentence = (
        ngettext("%(count)s review waits for you.", "%(count)s reviews wait for you.", number) % {"count": number}
        if number
        else gettext("Nothing waits for you now.")
    )
    return Panel(_("Reviews to write"), sentence, reverse("reviews:desk"), _("All my reviews"), lines)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("My reviews"), "reviews:desk", visible=is_reviewer, order=100))
    navigation.register(
        NavItem(section, _("My field and relations"), "reviews:relations", visible=is_reviewer, order=101)
    )
    home.register_panel(panel, order=100)

"""What the applicant's side adds to the shared floor: navigation, what waits on the start page, mails of steps."""

from typing import Any

from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from innovation.accounts import notifications
from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.actions.applicant_mails import STATUS
from innovation.calls.demo.applying import make_drafts
from innovation.calls.queries import applying
from innovation.calls.receivers import step_taken
from innovation.calls.views.applications import NEEDS_YOU, due_day, next_step, public_status
from innovation.core import demo, home, navigation
from innovation.core.home import Panel, Waiting
from innovation.core.models import TransitionRecord
from innovation.core.navigation import NavItem

MOST_LINES = 6


def applies(user: Any) -> bool:
    """Whoever is signed in and does not work for the programme."""
    return bool(user.is_authenticated and not user.has_role(*STAFF_ROLES))


def panel(user: Any) -> Panel | None:
    """The own applications on the start page: first what waits for the person, then the latest news of the others."""
    if not applies(user):
        return None
    rows = list(applying.of_applicant(user).order_by("-state_since")[:50])
    if not rows or not notifications.choice_of(user, STATUS)[0]:
        return None
    waiting = [row for row in rows if row.state in NEEDS_YOU]
    today = timezone.localdate()
    lines = [
        Waiting(
            row.title or translate("Application without a title yet"), row.get_absolute_url(), row.call.title,
            public_status(row), due_day(row), bool((due := due_day(row)) and due < today), next_step(row),
        )
        for row in sorted(rows, key=lambda row: row.state not in NEEDS_YOU)[:MOST_LINES]
    ]  # fmt: skip
    sentence = (
        translate("%(count)s of your applications wait for you.") % {"count": len(waiting)}
        if waiting
        else translate("Nothing waits for you now.")
    )
    return Panel(_("My applications"), sentence, reverse("calls:applications"), _("All applications"), lines)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("My applications"), "calls:applications", visible=applies, order=120))
    demo.register("Drafts of the applicant", make_drafts, order=510)
    home.register_panel(panel, order=110)
    post_save.connect(step_taken, sender=TransitionRecord, dispatch_uid="calls.step_taken")

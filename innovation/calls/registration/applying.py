"""What the applicant's side adds to the shared floor: navigation, what waits on the start page, mails of steps."""

from datetime import date
from typing import Any

from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innovation.accounts import notifications
from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.calls.actions.applicant_mails import STATUS
from innovation.calls.choices import CallPhase
from innovation.calls.demo.applying import make_drafts
from innovation.calls.queries import applying, public
from innovation.calls.receivers import step_taken
from innovation.calls.views.applications import NEEDS_YOU, due_day, next_step, public_status
from innovation.core import demo, home, navigation
from innovation.core.home import Count, Panel, Waiting
from innovation.core.models import TransitionRecord
from innovation.core.navigation import NavItem

MOST_LINES = 6
MOST_CALLS = 4


def applies(user: Any) -> bool:
    """Whoever is signed in and does not work for the programme; reviewers where they apply for something besides."""
    if not user.is_authenticated or user.has_role(*STAFF_ROLES):
        return False
    return not user.has_role(Role.REVIEWER) or user.has_role(Role.APPLICANT) or takes_part(user)


def takes_part(user: Any) -> bool:
    """Whether a reviewer stands on any application, as a partner's person for instance; asked once for a page."""
    if not hasattr(user, "_takes_part"):
        user._takes_part = applying.of_applicant(user).exists()
    return bool(user._takes_part)


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
        for row in sorted(rows, key=lambda row: (row.state not in NEEDS_YOU, due_day(row) or date.max))[:MOST_LINES]
    ]  # fmt: skip
    sentence = (
        translate("%(count)s of your applications wait for you.") % {"count": len(waiting)}
        if waiting
        else translate("Nothing waits for you now.")
    )
    return Panel(_("My applications"), sentence, reverse("calls:applications"), _("All applications"), lines)


def calls_panel(user: Any) -> Panel | None:
    """What an applicant can apply to now, what closes first on top, and how many calls open soon."""
    if not applies(user):
        return None
    now = timezone.now()
    rows = public.published(now)
    counts = public.counts(rows)
    number, coming = counts[CallPhase.OPEN], counts[CallPhase.COMING]
    sentence = (
        ngettext("%(count)s call is open.", "%(count)s calls are open.", number) % {"count": number}
        if number
        else translate("No call is open at present.")
    )
    lines = [
        Waiting(
            call.title, call.get_absolute_url(), str(call.goal),
            due=timezone.localdate(call.closes_at) if call.closes_at else None,
            note=public.time_left(call.closes_at, now),
        )
        for call in public.in_order(rows.filter(phase_now=CallPhase.OPEN), CallPhase.OPEN)[:MOST_CALLS]
    ]  # fmt: skip
    address = reverse("calls:calls")
    soon = [Count(CallPhase.COMING.label, coming, f"{address}?phase={CallPhase.COMING}")] if coming else []
    return Panel(_("Calls that you can apply to"), sentence, address, _("All calls"), lines, soon)


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(NavItem(section, _("My applications"), "calls:applications", visible=applies, order=120))
    demo.register("Drafts of the applicant", make_drafts, order=510)
    home.register_panel(panel, order=110)
    home.register_panel(calls_panel, order=115)
    post_save.connect(step_taken, sender=TransitionRecord, dispatch_uid="calls.step_taken")

"""The work list: its entry in the rail, and what the start page says of it."""

from collections import Counter
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.work import WorkKind
from funds.models.visibility import sees_funds
from funds.queries.work import WorkItem, has_work, sits_on_panels, work_of
from funds.reports.work import (
    TITLE,
    address_of,
    count_words,
    fund_of,
    kind_of,
    list_address,
    next_of,
    record_of,
    status_of,
)
from innovation.accounts.choices import Role
from innovation.core import demo, home, navigation
from innovation.core.home import Count, Panel, Waiting
from innovation.core.navigation import NavItem

MOST_URGENT = 5
"""Lines on the start page; the list holds the rest."""


def panel(user: Any) -> Panel | None:
    """How much waits for this person, how much is late, the most urgent of it, and how much of each kind.

    The same statement as the list; None for people whom it does not concern.
    """
    if not has_work(user):
        return None
    today = timezone.localdate()
    items = work_of(user, today)
    if not items and not sees_funds(user):
        return None
    sentence = count_words(items, today) or _("Nothing waits for you")
    counts = Counter(item.kind for item in items)
    kinds = [Count(kind.label, counts[kind], list_address(kind=kind)) for kind in WorkKind if kind in counts]
    lines = [waiting(item, today) for item in items[:MOST_URGENT]]
    return Panel(TITLE, sentence, list_address(), _("Open the work list"), lines, kinds)


def finds_work(user: Any) -> bool:
    """Whether the rail shows the list: to the office, and to whoever sits on a panel now."""
    return has_work(user) and (sees_funds(user) or sits_on_panels(user))


def waiting(item: WorkItem, today: date) -> Waiting:
    """One thing that waits as a line of the panel."""
    where = " · ".join(part for part in (kind_of(item), fund_of(item)) if part)
    return Waiting(
        record_of(item), address_of(item), where, status_of(item), item.due_on, item.is_overdue(today),
        next_of(item),
    )  # fmt: skip


def register(section: Promise) -> None:
    """Called once with the heading of the funds part."""
    navigation.register(NavItem(section, TITLE, "funds:work", visible=finds_work, order=199))
    home.register_panel(panel, order=200)
    demo.suggest("open the work list: what is due, and what to do next", "/funds/work/", Role.FUND_OFFICER)

"""What messages to applicants add to the shared floor: the list, the log on the case page, what an applicant got."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls import desk_tabs, status_panels
from innovation.calls.actions.messages import WRITE
from innovation.calls.desk_tabs import DeskTab
from innovation.calls.models import Application
from innovation.calls.permissions import role_permissions
from innovation.calls.queries.messages import about, told_to
from innovation.calls.status_panels import StatusPanel
from innovation.core import navigation
from innovation.core.navigation import NavItem

WRITERS = frozenset(role for role, granted in role_permissions().items() if WRITE in granted)


def finds_messages(user: Any) -> bool:
    """Whether the rail shows the way; by the role alone, since every page asks. The page itself asks the permission."""
    return bool(user.is_authenticated and (user.is_superuser or user.has_role(*WRITERS)))


def messages_tab(case: Application, user: Any) -> Mapping[str, Any]:
    """The log of one application."""
    return {"lines": list(about(case)[:200])}


def messages_panel(case: Application, user: Any) -> StatusPanel | None:
    """What the office wrote to the person who reads."""
    lines = list(told_to(case, user)[:20])
    return (
        StatusPanel(_("Messages of the office"), "calls/applying/_messages.html", {"lines": lines}) if lines else None
    )


def register(section: Promise) -> None:
    """Called once with the heading of the part."""
    navigation.register(
        NavItem(section, _("Messages to applicants"), "calls:messages", visible=finds_messages, order=106)
    )
    desk_tabs.register(DeskTab("messages", _("Messages"), "calls/desk/_messages.html", messages_tab, order=85))
    status_panels.register(messages_panel, order=150, drafts=True)

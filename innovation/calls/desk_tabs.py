"""What other subjects add to the case page of the staff: decisions, agreement, money.

A subject registers a tab in its ``registration``; ``build`` is asked only for the tab that is open::

    desk_tabs.register(DeskTab("decisions", _("Decisions"), "calls/desk/decisions.html", build))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from innovation.accounts.models import User
    from innovation.calls.models import Application

Build = Callable[["Application", "User"], Mapping[str, Any]]


@dataclass(frozen=True)
class DeskTab:
    """``template`` is included with what ``build(case, user)`` returns in its context, beside ``case``."""

    key: str
    label: str | Promise
    template: str
    build: Build
    order: int = 100


_tabs: dict[str, DeskTab] = {}


def register(tab: DeskTab) -> None:
    """Add ``tab``; one of the same key takes its place."""
    _tabs[tab.key] = tab


def tabs() -> list[DeskTab]:
    """All tabs in their order."""
    return sorted(_tabs.values(), key=lambda tab: tab.order)

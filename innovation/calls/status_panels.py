"""What other subjects add to the status page that an applicant reads: decision, agreement, milestones, payments.

A subject registers a provider in its ``registration``; it is asked for each view of the page and returns None where it
has nothing to show. ``template`` is included with ``panel`` in its context; the page draws the title as a heading::

    status_panels.register(decision_panel, order=100)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from innovation.accounts.models import User
    from innovation.calls.models import Application


@dataclass(frozen=True)
class StatusPanel:
    """One part of the status page, in words for the applicant; nothing internal may stand in it."""

    title: str | Promise
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Provider = Callable[["Application", "User"], StatusPanel | None]
_providers: list[tuple[int, Provider]] = []


def register(provider: Provider, *, order: int = 100) -> None:
    """Add ``provider(application, user) -> panel or None``."""
    if (order, provider) not in _providers:
        _providers.append((order, provider))


def panels_for(application: "Application", user: "User") -> list[StatusPanel]:
    """All panels of ``application`` for ``user``, in the order of their providers."""
    ordered = sorted(_providers, key=lambda entry: entry[0])
    return [panel for _order, provider in ordered if (panel := provider(application, user)) is not None]

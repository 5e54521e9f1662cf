"""What other subjects add to the status page that an applicant reads: decision, agreement, milestones, payments.

A subject registers a provider in its ``registration``; it is asked for each view of the page and returns None where it
has nothing to show. ``template`` is included with ``panel`` in its context; the page draws the title as a heading::

    status_panels.register(decision_panel, order=100)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from innovation.calls.choices import ApplicationState

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
_providers: list[tuple[int, Provider, bool]] = []


def register(provider: Provider, *, order: int = 100, drafts: bool = False) -> None:
    """Add ``provider(application, user) -> panel or None``; ``drafts``: it may say something of a draft too."""
    if (order, provider, drafts) not in _providers:
        _providers.append((order, provider, drafts))


def panels_for(application: "Application", user: "User") -> list[StatusPanel]:
    """All panels of ``application`` for ``user``, in the order of their providers."""
    is_draft = application.state == ApplicationState.DRAFT
    ordered = sorted((entry for entry in _providers if entry[2] or not is_draft), key=lambda entry: entry[0])
    return [panel for _order, provider, _drafts in ordered if (panel := provider(application, user)) is not None]

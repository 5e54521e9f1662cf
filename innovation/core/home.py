"""What waits for a person on the start page: each app registers a provider of cards for its own tasks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from innovation.core.components import Status

Text = str | Promise


@dataclass(frozen=True)
class Card:
    """One thing to do or to read. ``figure`` is the number in front (``3``), ``text`` what it counts or why it waits.

    A card with ``urgent`` stands under “Needs you now”, the others under “Overview”.
    """

    title: Text
    href: str
    text: Text = ""
    figure: str = ""
    status: Status | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Waiting:
    """One line of a panel: ``where`` is what it belongs to (a fund), ``note`` what to do next."""

    title: Text
    href: str
    where: Text = ""
    status: Status | None = None
    due: date | None = None
    is_overdue: bool = False
    note: Text = ""


@dataclass(frozen=True)
class Count:
    """How much of one kind waits, with the list of it."""

    label: Text
    number: int
    href: str


@dataclass(frozen=True)
class Panel:
    """What waits for a person in one part of the programme: in one sentence, the most urgent, and by kind.

    ``href`` opens the whole list under ``action``; ``lines`` are the few that come first.
    """

    title: Text
    sentence: Text
    href: str
    action: Text
    lines: Sequence[Waiting] = ()
    counts: Sequence[Count] = ()


PanelProvider = Callable[[Any], Panel | None]
_panels: list[tuple[int, PanelProvider]] = []


def register_panel(provider: PanelProvider, *, order: int = 100) -> None:
    """Add ``provider(user) -> panel or None``; called from ``AppConfig.ready``, with the duties of ``register``."""
    if (order, provider) not in _panels:
        _panels.append((order, provider))


def panels_for(user: Any) -> list[Panel]:
    """All panels of ``user`` in the order of their providers."""
    ordered = sorted(_panels, key=lambda entry: entry[0])
    return [panel for _order, provider in ordered if (panel := provider(user)) is not None]


Provider = Callable[[Any], Iterable[Card]]
_providers: list[tuple[int, Provider]] = []


def register(provider: Provider, *, order: int = 100) -> None:
    """Add ``provider(user) -> cards``; called from ``AppConfig.ready``.

    It is asked on each visit of the start page: it must cost a small, constant number of queries and return nothing
    for people whom its cards do not concern.
    """
    if (order, provider) not in _providers:
        _providers.append((order, provider))


def cards_for(user: Any) -> list[Card]:
    """All cards of ``user`` in the order of their providers."""
    ordered = sorted(_providers, key=lambda entry: entry[0])
    return [card for _order, provider in ordered for card in provider(user)]

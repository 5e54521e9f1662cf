"""What waits for a person on the start page: each app registers a provider of cards for its own tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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

"""The demonstration city: each app registers what it adds, how to log in and what is worth trying.

An app does so in ``AppConfig.ready``::

    demo.register("Funds and holdings", make_funds, order=300)
    demo.add_login(Role.FUND_OFFICER, "fund@demo.example", PASSWORD)
    demo.suggest("see how much of each loss cap is used", "/funds/tolerance/", Role.PROGRAMME_MANAGER)

A function takes nothing, is deterministic (fixed seeds, fixed dates), and leaves a record alone that is there already.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from innovation.core import history


@dataclass(frozen=True, order=True)
class Part:
    """One app's share of the city; lower ``order`` comes first (accounts 100, organisations 200, funds 300 ...)."""

    order: int
    name: str
    make: Callable[[], None]


@dataclass(frozen=True)
class Login:
    """How a visitor enters as one role."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class Suggestion:
    """Something to try, the address (from the root) at which it begins, and the role that may do it."""

    text: str
    path: str
    role: str

    def __str__(self) -> str:
        return f"As {self.role.replace('_', ' ')}: {self.text}"


_parts: dict[str, Part] = {}
_logins: dict[str, Login] = {}
_suggestions: dict[str, Suggestion] = {}


def register(name: str, make: Callable[[], None], order: int) -> None:
    """Have ``make`` called when the city is made, after all parts of lower ``order``."""
    _parts[name] = Part(order, name, make)


def add_login(role: str, email: str, password: str) -> None:
    """Show this login when the demonstration is ready; one a role."""
    _logins[str(role)] = Login(str(role), email, password)


def suggest(text: str, path: str, role: str) -> None:
    """Show this as one of the three things to try; the first three are shown, and README lists the same."""
    _suggestions[path] = Suggestion(text, path, str(role))


def parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))


def logins() -> list[Login]:
    return list(_logins.values())


def suggestions() -> list[Suggestion]:
    return list(_suggestions.values())[:3]


def make_city(tell: Callable[[Part], None]) -> None:
    """Make all parts in one transaction, so that an interrupted start leaves an empty city and not half of one."""
    with transaction.atomic(), history.acting_as(None, "demonstration city"):
        for part in parts():
            tell(part)
            part.make()

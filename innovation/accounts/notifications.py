"""What a person may be told of, and how each person wants it.

An app registers its kinds in ``AppConfig.ready``; whoever sends a notice asks ``choice_of`` first. Mails about the
safety of an account are no kind: they always go out.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from innovation.accounts.choices import MailChoice, Role
from innovation.accounts.models import User


@dataclass(frozen=True)
class Kind:
    """One kind of notice with its defaults; ``roles`` empty means everybody."""

    code: str
    label: str | Promise
    in_product: bool = True
    mail: MailChoice = MailChoice.AT_ONCE
    roles: frozenset[Role] = frozenset()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` known; raises ``ValueError`` when another kind has its code."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of notice are called {kind.code}")
    _kinds[kind.code] = kind


def kinds_for(user: User) -> list[Kind]:
    """The kinds that concern the person's roles, in the order in which they were registered."""
    return [kind for kind in _kinds.values() if not kind.roles or user.has_role(*kind.roles)]


def choice_of(user: User, code: str) -> tuple[bool, MailChoice]:
    """Whether to show a notice of kind ``code`` in the product, and how to mail it. ``KeyError`` for unknown kinds."""
    kind = _kinds[code]
    chosen = user.notification_choices.filter(kind=code).first()
    return (chosen.in_product, MailChoice(chosen.mail)) if chosen else (kind.in_product, kind.mail)

"""Kinds of application: what a part of the programme does when a case of its kind is approved or signed.

A part registers its kinds in ``AppConfig.ready``; ``calls`` never imports a part::

    kinds.register(Kind("funding", _("Funding"), handlers=(("sign", make_deal),)))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

if TYPE_CHECKING:
    from innovation.accounts.models import User
    from innovation.calls.models import Application, Call

Handler = Callable[["Application", "User | None"], dict[str, Any]]
"""Makes the record that follows from a case, in the transaction of the step. Returns what to show of it:
``{"label": …, "url": …}``; it is kept on the application. Raises ``RuleViolation`` to refuse the step."""


@dataclass(frozen=True)
class Agreement:
    """Words that the applicant of a case has to agree to by name before it is sent.

    ``key`` stands for these very words: another version has another key.
    """

    key: str
    title: str | Promise
    words: str


@dataclass(frozen=True)
class Consent:
    """How a kind asks for an agreement of its own: ``asked`` gives it, None where it was given already; ``given``
    records it for who sends the case, in the transaction of the sending, and may refuse by ``RuleViolation``.
    """

    asked: "Callable[[Application], Agreement | None]"
    given: "Callable[[Application, User, str], None]"


@dataclass(frozen=True)
class Kind:
    """One kind of application. ``handlers`` maps the event of the process to what follows from it.

    ``check`` raises ``RuleViolation`` when the rules of a call would make a handler refuse later; it is asked before
    the call is published, because its rules are frozen then. ``consent`` is what the applicant agrees to when sending.
    """

    code: str
    label: str | Promise
    handlers: tuple[tuple[str, Handler], ...] = ()
    check: "Callable[[Call], None] | None" = None
    consent: Consent | None = None

    def handler(self, event: str) -> Handler | None:
        return dict(self.handlers).get(event)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` known; raises ``ValueError`` when another kind has its code."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of application are called {kind.code}")
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """The kind of that code; raises ``UNKNOWN_KIND``."""
    try:
        return _kinds[code]
    except KeyError:
        raise RuleViolation(
            "UNKNOWN_KIND", _("This kind of application is not part of the product."), facts={"kind": code}
        ) from None


def handler(code: str, event: str) -> Handler | None:
    """What the kind ``code`` registered for ``event``; None where it, or the kind, has nothing."""
    kind = _kinds.get(code)
    return kind.handler(event) if kind is not None else None


def check(call: "Call") -> None:
    """Raises ``UNKNOWN_KIND``, or what the kind of ``call`` has against its rules."""
    found = get(call.kind).check
    if found is not None:
        found(call)


def consent(code: str) -> Consent | None:
    """What the kind ``code`` asks an applicant to agree to; None where it asks nothing or is not known."""
    kind = _kinds.get(code)
    return kind.consent if kind is not None else None


def choices() -> list[tuple[str, str]]:
    """Code and name of every kind, for forms."""
    return [(kind.code, str(kind.label)) for kind in _kinds.values()]

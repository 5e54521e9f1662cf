"""What the register knows of an applicant, by the names that forms use (``source: "profile:<name>"``).

Other parts add what they know, such as yearly figures, in their registration::

    profile.register("revenue", lambda organisation: Known({"fen": 1_200_000_00}, "2025"))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from innovation.organisations.models import Organisation

PREFIX = "profile:"


@dataclass(frozen=True)
class Known:
    """``raw`` as ``parse_value`` reads it; ``as_of`` is the year or day that it is true for."""

    raw: Any
    as_of: str


Reader = Callable[["Organisation"], Known | None]
_readers: dict[str, Reader] = {}


def register(name: str, reader: Reader) -> None:
    """Make ``name`` known; raises ``ValueError`` when another reader has it."""
    if _readers.get(name, reader) != reader:
        raise ValueError(f"Two readers are called {name}")
    _readers[name] = reader


def known(source: str, organisation: "Organisation | None") -> Known | None:
    """What ``source`` (``profile:<name>``) says of ``organisation``; None for an unknown name or an empty value."""
    name = source.removeprefix(PREFIX)
    if organisation is None or name == source:
        return None
    if name in _readers:
        return _readers[name](organisation)
    raw = _REGISTER[name](organisation) if name in _REGISTER else None
    return Known(raw, f"{timezone.localdate():%Y}") if raw not in (None, "") else None


_REGISTER: dict[str, Callable[["Organisation"], Any]] = {
    "name_zh": lambda one: one.name_zh or one.name_en,
    "name_en": lambda one: one.name_en,
    "uscc": lambda one: one.uscc,
    "address": lambda one: one.address,
    "website": lambda one: one.website,
    "founded": lambda one: one.founded and one.founded.isoformat(),
    "industry": lambda one: one.industry_id,
    "division": lambda one: one.division_id,
    "sector": lambda one: one.get_sector_display(),
    "organisation": lambda one: {"name": one.name_zh or one.name_en, "uscc": one.uscc or ""},
}

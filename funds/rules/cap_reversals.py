"""What goes out of a cap table when an entry made by hand is taken back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

Item = Mapping[str, Any]
"""An object of the Open Cap Format."""


def objects_that_go(entry: Sequence[Item], others: Iterable[Item]) -> list[str]:
    """Ids of the objects of ``entry`` that no other standing object needs: transactions, and names it alone brought.

    What it closed stands again, since nothing closes it any more. Raises RuleViolation ENTRY_USED while a later
    transaction is made upon a security that the entry issued.
    """
    rest = list(others)
    issued = {item["security_id"] for item in entry if str(item["object_type"]).endswith("_ISSUANCE")}
    for item in rest:
        if item.get("security_id") in issued:
            raise RuleViolation(
                "ENTRY_USED",
                _("What this entry issued was used on %(day)s: take that entry back first.") % {"day": item["date"]},
                facts={"day": item["date"], "object_type": item["object_type"]},
            )
    named = {text for item in rest for text in _texts(item)}
    return [str(item["id"]) for item in entry if _goes(item, named, is_last=not rest)]


def _goes(item: Item, named: set[str], *, is_last: bool) -> bool:
    kind = str(item["object_type"])
    # Nothing names the issuer: it stays as long as anything does.
    return is_last if kind == "ISSUER" else kind.startswith("TX_") or item["id"] not in named


def _texts(value: Any) -> Iterator[str]:
    """Every text inside an object."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)

"""The hash chain of a case, and the canonical text of everything in its file.

``funds/casefile/verify_case.py``, which travels inside every sealed file, computes the same with the Python standard
library alone; a test holds the two equal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

GENESIS = bytes(32)


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, no floats: the same value always gives the same text.

    Days and moments in ISO form (moments in UTC), fractions as ``"num/den"``. Raises TypeError for anything else.
    """
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """A moment in UTC with microseconds, as it is hashed and frozen."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class StepLink:
    """The hashed fields of one step. ``facts`` is canonical JSON with the digests of what the step added."""

    case_id: int
    seq: int
    event: str
    from_state: str
    to_state: str
    at: datetime
    actor_id: int | None
    actor_label: str
    note: str
    facts: str

    def text(self) -> str:
        """Fields in fixed order; free texts come last, each after its length, so that no two steps read alike."""
        actor = "" if self.actor_id is None else str(self.actor_id)
        head = (
            f"{self.case_id}|{self.seq}|{self.event}|{self.from_state}|{self.to_state}|{moment_text(self.at)}|{actor}"
        )
        return head + "".join(f"|{len(part)}|{part}" for part in (self.actor_label, self.note, self.facts))


def step_hash(prev_hash: bytes, text: str) -> bytes:
    """SHA-256 over the hash of the step before and the step's text, 32 bytes."""
    return sha256(prev_hash + text.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(part) for part in value)
    return _atom(value)


def _atom(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise TypeError(f"A case file cannot hold {type(value).__name__}: {value!r}")

"""The hash chain of a ledger: each row's hash covers the row and the hash before it.

The text that is hashed is built the same way here and in ``funds.queries.ledger`` (SQL), so that the whole
chain can be verified by one statement, and by anybody with a copy of the rows and a SHA-256 tool.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Link:
    """The hashed fields of one ledger row; amounts in fen, ``reverses`` and the other keys are row ids."""

    fund_id: int
    seq: int
    investment_id: int | None
    kind: str
    effect: str
    value_date: date
    recorded_at: datetime
    amount_fen: int
    cost_relieved_fen: int
    reverses_id: int | None
    document: str
    reason: str
    actor_id: int | None
    award_id: int | None = None

    def text(self) -> str:
        """Fields in fixed order; free texts come last, each after its length, so that no two rows read alike.

        The award of a grant ends the text; an entry without one ends as entries always did.
        """
        recorded = _moment(self.recorded_at)
        return (
            f"{self.fund_id}|{self.seq}|{_key(self.investment_id)}|{self.kind}|{self.effect}|{self.value_date.isoformat()}|"
            f"{recorded}|{self.amount_fen}|{self.cost_relieved_fen}|{_key(self.reverses_id)}|{_key(self.actor_id)}|"
            f"{len(self.document)}|{self.document}|{len(self.reason)}|{self.reason}"
            f"{'' if self.award_id is None else f'|{self.award_id}'}"
        )


@lru_cache(maxsize=64)
def _moment(recorded_at: datetime) -> str:
    """A moment in UTC with microseconds; kept, because all rows of a batch share one."""
    return recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _key(value: int | None) -> str:
    return "" if value is None else str(value)


def link_hash(prev_hash: bytes, text: str) -> bytes:
    """SHA-256 over the hash before and the row's text, 32 bytes."""
    return sha256(prev_hash + text.encode()).digest()

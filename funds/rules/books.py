"""How books are kept: when a second person is needed, and what a proof of the books may find."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from funds.choices.ledger import ProofFinding


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a proof found: the fund, the entry's number where it is about one, and words for people."""

    fund_id: int
    finding: ProofFinding
    seq: int | None = None
    detail: str = ""


def needs_second_person(amount_fen: int, cost_relieved_fen: int, limit_fen: int | None) -> bool:
    """Whether an entry moves more money or more cost (fen) than one person may book alone; None: no limit is set."""
    return limit_fen is not None and max(abs(amount_fen), abs(cost_relieved_fen)) > limit_fen


def balances(moves: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """The balance at the end of each day with a movement, in fen; ``moves`` in any order."""
    days: dict[date, int] = {}
    for day, fen in moves:
        days[day] = days.get(day, 0) + fen
    total, line = 0, []
    for day in sorted(days):
        total += days[day]
        line.append((day, total))
    return line

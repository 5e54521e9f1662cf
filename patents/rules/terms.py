"""Term of a right and its patent years. A term never rolls to a working day."""

from dataclasses import dataclass
from datetime import date, timedelta

from patents.rules.dates import add
from patents.rules.deadline_rules import RuleBook


@dataclass(frozen=True)
class Term:
    """The day on which the right has ended, and the last one on which it stood."""

    termination: date
    last_day: date
    rule: str


def term(book: RuleBook, right: str, filing: date, compensation_days: int = 0) -> Term:
    """The term from the (for PCT entries: international) day of filing (Patent Law, article 42)."""
    rule = book.find("TERM", right, on=filing)
    end = rule.end(filing) + timedelta(days=compensation_days)
    return Term(end, end - timedelta(days=1), rule.id)


def patent_year(filing: date, day: date) -> int:
    """1 and the number of anniversaries of ``filing`` up to ``day`` (Guidelines for Examination, part V, chapter 9)."""
    years = day.year - filing.year
    return 1 + (years if add(filing, years) <= day else years - 1)


def in_force(grant: date, termination: date, day: date) -> bool:
    """Whether the term covers ``day``: from grant, before the day of termination."""
    return grant <= day < termination

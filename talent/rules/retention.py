"""How long what is kept, in days from which event: one table for pages, jobs and proofs (domain section 3.9).

Days are calendar days; the last day still counts as kept. The periods of appeal follow the Administrative
Reconsideration Law of 2023, article 20 (60 days).
"""

from datetime import date, timedelta
from enum import StrEnum

APPEAL_DAYS = 60
ANSWER_WORKING_DAYS = 15
"""A person's request is answered within this many working days (PIPL article 50, GB/T 35273-2020 section 8.7)."""

APPROVER_ABOVE = 100
"""Exports of more rows than this need a second person."""

EXPORT_DAYS = 7
"""An approved export may be taken for this long."""

KEEP_LONGER = 365
"""What a person may add when asked "keep it longer?"."""

BACKUP_DAYS = 35
"""After this many days the last backup that knows an erased person is overwritten (docs/operations.md)."""

ASK_BEFORE = 30
"""How many days before the last one the person is asked."""


class Kept(StrEnum):
    """What a rule is about."""

    DRAFT = "draft"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    EVIDENCE = "evidence"
    READS = "reads"
    REQUESTS = "requests"
    EXPORTS = "exports"
    IMPORTS = "imports"


DAYS: dict[Kept, int] = {
    Kept.DRAFT: 90,
    Kept.REJECTED: APPEAL_DAYS + 365,
    Kept.WITHDRAWN: APPEAL_DAYS,
    Kept.EXPIRED: 730,
    Kept.EVIDENCE: 365,
    Kept.READS: 1_096,  # three years with a leap day; the database refuses earlier
    Kept.REQUESTS: 3 * 365,
    Kept.EXPORTS: 3 * 365,
    Kept.IMPORTS: 90,  # a file that was checked and never written; a written one is deleted at once
}


def last_day(kept: Kept, since: date) -> date:
    """The last day of the term of ``kept`` that began on ``since``; what is over then is due the day after."""
    return since + timedelta(days=DAYS[kept])


def cutoff(kept: Kept, today: date) -> date:
    """What began before this day is due on ``today``."""
    return today - timedelta(days=DAYS[kept])

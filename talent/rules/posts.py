"""Dated posts of one person: full time is never exceeded on any day (invariant 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FULL_TIME = 100
"""Hundredths of full working time (full-time equivalent, Frascati Manual 2015)."""


@dataclass(frozen=True, slots=True)
class Post:
    """``fte_centi`` hundredths of full time from ``first`` to ``last`` (both included; None: without end)."""

    fte_centi: int
    first: date
    last: date | None = None

    def is_held_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or self.last >= day)


def first_day_above_full_time(posts: Sequence[Post]) -> date | None:
    """The earliest day on which ``posts`` add up to more than full time; None when there is none.

    A sum of dated posts rises only on the first day of one of them, so that these days are enough.
    """
    days = sorted({post.first for post in posts})
    return next((day for day in days if full_time_on(posts, day) > FULL_TIME), None)


def full_time_on(posts: Sequence[Post], day: date) -> int:
    """Hundredths of full time held on ``day``."""
    return sum(post.fte_centi for post in posts if post.is_held_on(day))

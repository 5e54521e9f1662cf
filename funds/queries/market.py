"""Levels of a market index as known at a moment, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from funds.models import IndexSeries
from funds.queries.columns import EPOCH, Ints
from funds.queries.sums import Moment

_LEVELS = """
    SELECT day - %(epoch)s::date, level::float8 FROM funds_indexvalue
    WHERE series_id = %(series)s AND day <= %(as_of)s AND recorded_at <= %(known_at)s
      AND (superseded_at IS NULL OR superseded_at > %(known_at)s)
    ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Levels:
    """An index with its levels by day (counted from 2000-01-01), as known at a moment."""

    series: IndexSeries
    days: Ints
    levels: NDArray[np.float64]

    def at(self, days: Ints) -> NDArray[np.float64]:
        """The last level on or before each day; NaN where the index is not known then or its level is too old."""
        if not len(self.days):
            return np.full(len(days), np.nan)
        place = np.searchsorted(self.days, days, side="right") - 1
        found = np.maximum(place, 0)
        fits = (place >= 0) & (days - self.days[found] <= self.series.most_days_old)
        return np.where(fits, self.levels[found], np.nan)


def load_levels(series: IndexSeries, moment: Moment) -> Levels:
    """The levels of an index known at a moment: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS, moment.parameters() | {"series": series.pk, "epoch": EPOCH})
        rows: Sequence[tuple[int, float]] = cursor.fetchall()
    days, levels = zip(*rows, strict=True) if rows else ((), ())
    return Levels(series, np.array(days, np.int64), np.array(levels, np.float64))

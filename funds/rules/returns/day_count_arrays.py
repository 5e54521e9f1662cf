"""Year fractions of whole arrays of days, as in ``day_count`` but in floats."""

import numpy as np
from numpy.typing import NDArray

from funds.choices.figures import DayCount

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EPOCH = np.datetime64("2000-01-01", "D")
"""Day number 0."""


def years_between(first: Ints, days: Ints, convention: DayCount) -> Floats:
    """Years from each day of ``first`` to the day of ``days`` beside it, both counted from 2000-01-01."""
    match convention:
        case DayCount.ACT_365F:
            return (days - first) / 365.0
        case DayCount.ACT_360:
            return (days - first) / 360.0
        case DayCount.ACT_ACT_ISDA:
            return _calendar_years(days) - _calendar_years(first)
        case DayCount.THIRTY_360_ISDA:
            year, month, day = _parts(first)
            last_year, last_month, last_day = _parts(days)
            day = np.minimum(day, 30)
            last_day = np.where(day == 30, np.minimum(last_day, 30), last_day)  # noqa: PLR2004
        case DayCount.THIRTY_E_360:
            year, month, day = _parts(first)
            last_year, last_month, last_day = _parts(days)
            day, last_day = np.minimum(day, 30), np.minimum(last_day, 30)
    return (360 * (last_year - year) + 30 * (last_month - month) + last_day - day) / 360.0


def _calendar_years(days: Ints) -> Floats:
    """Years since 2000-01-01, each calendar year counted by its own length."""
    dates = EPOCH + days
    years = dates.astype("datetime64[Y]")
    start, end = years.astype("datetime64[D]"), (years + 1).astype("datetime64[D]")
    return (years.astype(np.int64) - 30) + (dates - start).astype(np.float64) / (end - start).astype(np.float64)


def _parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    dates = EPOCH + days
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12, number % 12, (dates - months.astype("datetime64[D]")).astype(np.int64) + 1

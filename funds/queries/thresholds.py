"""The office's own figures in force on a day."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.db.models import Q

from funds.models import Threshold


def thresholds(keys: Iterable[str], day: date, fund_id: int | None = None) -> dict[str, Threshold]:
    """The row of each key in force on ``day``: the fund's own before the general one, the newest first. One statement.

    A key without a row is absent: what it tests is then not tested.
    """
    rows = Threshold.objects.filter(Q(fund=None) | Q(fund=fund_id), key__in=list(keys), valid_from__lte=day)
    found: dict[str, Threshold] = {}
    for row in sorted(rows, key=lambda row: (row.fund_id is not None, row.valid_from)):
        found[row.key] = row
    return found


def threshold(key: str, day: date, fund_id: int | None = None) -> Fraction | None:
    """The value of one key, None where the office set none."""
    row = thresholds([key], day, fund_id).get(key)
    return row.value if row else None

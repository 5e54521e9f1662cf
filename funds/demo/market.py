"""An invented market index, so that the demonstration's funds have something to be compared with."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from funds.choices.figures import IndexKind
from funds.models import IndexSeries, IndexUpload, IndexValue

FIRST_FRIDAY = date(2017, 12, 29)
STEP = Decimal("0.01")
SERIES = (
    (
        "DEMO-TR",
        "演示全收益指数（虚构）",
        "Demonstration total-return index (invented)",
        IndexKind.TOTAL_RETURN,
        0.0012,
    ),
    ("DEMO-PR", "演示价格指数（虚构）", "Demonstration price index (invented)", IndexKind.PRICE, 0.0008),
)
"""Code, names, kind and mean growth a week; both move with the same luck."""


@transaction.atomic
def make_indices() -> None:
    """Levels of each Friday up to today, each recorded on the evening of its day."""
    if IndexSeries.objects.filter(code=SERIES[0][0]).exists():
        return
    today = timezone.localdate()
    fridays = [FIRST_FRIDAY + timedelta(days=7 * week) for week in range((today - FIRST_FRIDAY).days // 7 + 1)]
    for code, name_zh, name_en, kind, growth in SERIES:
        series = IndexSeries.objects.create(
            code=code, name_zh=name_zh, name_en=name_en, kind=kind, publisher="演示数据"
        )
        levels = list(zip(fridays, _levels(len(fridays), growth), strict=True))
        upload = IndexUpload.objects.create(
            series=series,
            file_name=f"{code}.csv",
            sha256="0" * 64,
            source="演示虚构",
            licence_note="虚构数据，无需授权",
            dated=fridays[-1],
            levels=[[day.isoformat(), str(level)] for day, level in levels],
            findings={"rows": len(levels), "new": len(levels), "changed": 0},
            uploaded_at=_evening(fridays[-1]),
            written_at=_evening(fridays[-1]),
        )
        IndexValue.objects.bulk_create(
            IndexValue(series=series, upload=upload, day=day, level=level, recorded_at=_evening(day))
            for day, level in levels
        )


def _levels(weeks: int, growth: float) -> list[Decimal]:
    random = Random("market")  # noqa: S311 - invented data must be the same each time
    level, found = 4_000.0, []
    for _week in range(weeks):
        found.append(Decimal(str(level)).quantize(STEP))
        level *= 1 + growth + random.gauss(0, 0.02)
    return found


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(18), timezone.get_default_timezone())

"""Facts, chart and tables of a market index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.models import IndexSeries, IndexUpload, IndexValue
from funds.queries.columns import EPOCH
from funds.queries.market import Levels
from innovation.core.charts import Measure, Series, StepChart
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn

DRAWN = 160
"""A line of more points shows no more."""
DECIMALS = 2


def index_facts(series: IndexSeries, levels: Levels) -> list[Fact]:
    """What is recorded about the index, and the span of its levels."""
    days = [EPOCH + timedelta(days=int(levels.days[place])) for place in (0, -1)] if len(levels.days) else []
    none = _("No level yet")
    return [
        Fact(_("Code"), series.code),
        Fact(_("Kind"), series.get_kind_display()),
        Fact(_("Publisher"), series.publisher),
        Fact(_("oldest level that is used (days)"), str(series.most_days_old)),
        Fact(_("First level"), days[0].isoformat() if days else None, unknown=none),
        Fact(_("Last level"), days[1].isoformat() if days else None, unknown=none),
        Fact(_("Levels"), f"{len(levels.days):,}"),
    ]


def levels_chart(levels: Levels) -> StepChart | None:
    """The levels over time, thinned out evenly; None with fewer than two."""
    count = len(levels.days)
    if count < 2:  # noqa: PLR2004
        return None
    step = max(1, count // DRAWN)
    places = sorted({*range(0, count, step), count - 1})
    points = tuple(
        (EPOCH + timedelta(days=int(levels.days[place])), Fraction(round(float(levels.levels[place]) * 100), 100))
        for place in places
    )
    return StepChart(
        gettext("%(index)s, %(first)s to %(last)s")
        % {"index": levels.series.name, "first": points[0][0], "last": points[-1][0]},
        (Series(gettext("Level at close"), points),),
        measure=Measure.NUMBER,
    )


def levels_table(request: HttpRequest, rows: QuerySet[IndexValue]) -> Table:
    columns = (
        TableColumn(_("Day"), "day", Kind.DATE, key="day", order_by=("day",), heading=True),
        TableColumn(_("Level at close"), "level", Kind.NUMBER, key="level", order_by=("level",), decimals=DECIMALS),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded", order_by=("recorded_at",)),
        TableColumn(
            _("File"), lambda row: row.upload.file_name, key="file",
            link=lambda row: reverse("funds:index_upload", args=[row.upload_id]),
        ),
    )  # fmt: skip
    return Table(
        request, columns, rows, gettext("Levels"), name="levels", default_sort="-day",
        empty_title=_("No level is known at this moment"), empty_text=_("Send a file of levels."),
    )  # fmt: skip


def corrected_table(request: HttpRequest, rows: QuerySet[IndexValue]) -> Table:
    """Levels that a later file replaced: what was known before stays answerable."""
    columns = (
        TableColumn(_("Day"), "day", Kind.DATE, key="day", order_by=("day",), heading=True),
        TableColumn(_("Level before"), "level", Kind.NUMBER, key="level", decimals=DECIMALS),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        TableColumn(_("Replaced"), "superseded_at", Kind.DATETIME, key="replaced", order_by=("superseded_at",)),
        TableColumn(_("File"), lambda row: row.upload.file_name, key="file"),
    )
    return Table(request, columns, rows, gettext("Levels that were corrected"), name="corrected", default_sort="-day")


def uploads_table(request: HttpRequest, rows: QuerySet[IndexUpload]) -> Table:
    columns = (
        TableColumn(
            _("File"), "file_name", key="file", heading=True,
            link=lambda row: reverse("funds:index_upload", args=[row.pk]),
        ),
        TableColumn(_("Date of the source"), "dated", Kind.DATE, key="dated", order_by=("dated",)),
        TableColumn(_("Source"), "source", key="source"),
        TableColumn(_("Levels"), lambda row: row.findings.get("rows"), Kind.INTEGER, key="rows"),
        TableColumn(_("Changed"), lambda row: row.findings.get("changed"), Kind.INTEGER, key="changed"),
        TableColumn(_("Sent by"), lambda row: str(row.uploaded_by or ""), key="by", unknown=_("By the system")),
        TableColumn(_("Sent"), "uploaded_at", Kind.DATETIME, key="sent", order_by=("uploaded_at",)),
        TableColumn(_("Written"), "written_at", Kind.DATETIME, key="written", unknown=_("Not yet")),
    )  # fmt: skip
    return Table(
        request, columns, rows, gettext("Files of levels"), name="uploads", default_sort="-sent",
        empty_title=_("No file was sent yet"),
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A level that changes from ``old`` to ``new``, or jumps so, on ``day``."""

    day: date
    old: str
    new: str


def steps_of(found: Sequence[Sequence[Any]]) -> list[Step]:
    """The changes or jumps that a check wrote down."""
    return [Step(date.fromisoformat(day), old, new) for day, old, new in found]

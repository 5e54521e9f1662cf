"""The loss rate month by month as a chart: as known now beside as known then, with cap lines and policy changes."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from funds.choices import FundClass, ScopeLevel
from funds.models import Fund
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.timeline import Change, ChangeKind, Point, Timeline, month_ends, timelines
from funds.reports import words
from funds.reports.results import percent_or_unknown
from innovation.core import charts
from innovation.core.figures import percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Chart, Column, Day, Row, Table

MOST_CAP_STEPS = 4
"""A cap that moves more often than this, such as a weighted one, is drawn as a line of its own."""

MOST_MONTHS = 180


def chart_dates(funds: Sequence[Fund], as_of: date) -> list[date]:
    """Month ends from the start of the oldest fund to the day, and the day itself."""
    first = min((fund.starts_on for fund in funds), default=as_of)
    days = month_ends(first, as_of)[-MOST_MONTHS:]
    return days if days and days[-1] == as_of else [*days, as_of]


def history_chart(target: Target, funds: Sequence[Fund], moment: Moment) -> Chart | None:
    """The time line of a fund, stage or group; None for a project, for grants, and before anything was invested."""
    if target.level == ScopeLevel.PROJECT or not funds or all(fund.fund_class == FundClass.GRANT for fund in funds):
        return None
    now, then = timelines(target, funds, chart_dates(funds, moment.as_of), moment.known_at)
    if all(point.main.rate.rate is None for point in now.points):
        return None
    moving = [line for line in _cap_lines(now) if len(line[1]) > MOST_CAP_STEPS]
    series = [charts.Series(_("As known now"), _rates(now.points))]
    if _rates(then.points) != _rates(now.points):
        series.append(charts.Series(_("As known then"), _rates(then.points)))
    series += [charts.Series(_("Weighted cap"), _caps(now, name)) for name, _steps in moving]
    drawing = charts.StepChart(
        _title(target, now.points[-1]),
        tuple(series),
        tuple(cap for name, steps in _cap_lines(now) if len(steps) <= MOST_CAP_STEPS for cap in steps),
        tuple(_marks(now.changes, moving=bool(moving))),
    )
    return Chart(drawing, _table(now, then), summary=_summary(now))


def _rates(points: Sequence[Point]) -> tuple[tuple[date, Fraction | None], ...]:
    return tuple((point.moment.as_of, point.main.rate.rate) for point in points)


def _caps(line: Timeline, code: str) -> tuple[tuple[date, Fraction | None], ...]:
    return tuple((point.moment.as_of, _cap_of(point, code)) for point in line.points)


def _cap_of(point: Point, code: str) -> Fraction | None:
    """The effective cap of a document, whichever version of it is in force at the point."""
    caps = (a.tolerance.effective_cap for a in point.answers if a.document is not None and a.document.code == code)
    return next((cap for cap in caps if cap is not None), None)


def _cap_lines(line: Timeline) -> list[tuple[str, list[charts.Cap]]]:
    """For each document the steps of its effective cap, each drawn over its own days."""
    codes = dict.fromkeys(document.code for document in line.documents)
    names = {document.code: document.jurisdiction or document.code for document in line.documents}
    found = []
    for code in codes:
        steps = []
        for cap, run in groupby(line.points, key=lambda point: _cap_of(point, code)):
            days = [point.moment.as_of for point in run]
            if cap is not None:
                label = _("Cap") if len(codes) == 1 else _("Cap %(place)s") % {"place": names[code]}
                steps.append(charts.Cap(label, cap, days[0], days[-1]))
        if steps:
            found.append((code, _joined(steps)))
    return found


def _joined(steps: list[charts.Cap]) -> list[charts.Cap]:
    """Each step reaches to the day before the next, so that the line has no holes between month ends."""
    joined = []
    for number, step in enumerate(steps):
        until = steps[number + 1].since if number + 1 < len(steps) else None
        joined.append(charts.Cap(step.label, step.value, step.since, until - timedelta(days=1) if until else None))
    return joined


def _marks(changes: Sequence[Change], *, moving: bool) -> list[charts.Change]:
    """Policy changes in words; one mark a day, and none for a cap that moves by itself."""
    marks: dict[date, list[str]] = {}
    for change in changes:
        if change.kind == ChangeKind.CAP and moving:
            continue
        if change.kind == ChangeKind.ENDS and any(
            other.as_of == change.as_of and other.document.code == change.document.code and other is not change
            for other in changes
        ):
            continue
        marks.setdefault(change.as_of, []).append(_mark(change))
    return [charts.Change(day, "; ".join(texts)) for day, texts in sorted(marks.items())]


def _mark(change: Change) -> str:
    place = change.document.jurisdiction or change.document.code
    if change.kind == ChangeKind.ENDS:
        return _("%(place)s ends") % {"place": place}
    if change.cap is None:
        return _("%(place)s binds") % {"place": place}
    facts = {"place": place, "cap": percent_text(change.cap)}
    if change.kind == ChangeKind.CAP:
        return _("cap in effect %(cap)s") % facts
    return _("%(place)s binds, cap %(cap)s") % facts


def _title(target: Target, last: Point) -> str:
    answer = last.main
    facts = {
        "rate": percent_text(answer.rate.rate),
        "month": date_format(last.moment.as_of, "F Y"),
        "cap": percent_text(answer.tolerance.effective_cap),
    }
    if answer.rate.rate is None:
        return words.sentence(target, answer)
    if answer.tolerance.effective_cap is None:
        return _("Loss rate %(rate)s in %(month)s, no cap tested") % facts
    return _("Loss rate %(rate)s in %(month)s, cap %(cap)s") % facts


def _summary(line: Timeline) -> str:
    """When the cap was first and last passed, as known now."""
    above = [
        point.moment.as_of
        for point in line.points
        if (cap := point.main.tolerance.effective_cap) is not None and (point.main.rate.rate or 0) > cap
    ]
    if not above:
        return _("At no month end was the rate above the cap in effect, as known now.")
    return _("Above the cap in effect at %(count)s month ends, first %(first)s, last %(last)s, as known now.") % {
        "count": len(above), "first": above[0], "last": above[-1],
    }  # fmt: skip


def _table(now: Timeline, then: Timeline) -> Table:
    nothing, no_cap = _("Nothing was invested by this day."), _("No cap tested")
    rows = [
        Row(
            (
                Day(known.moment.as_of),
                percent_or_unknown(known.main.rate.rate, nothing),
                percent_or_unknown(before.main.rate.rate, nothing),
                percent_or_unknown(known.main.tolerance.effective_cap, no_cap),
            )
        )
        for known, before in zip(reversed(now.points), reversed(then.points), strict=True)
    ]
    percent = ColumnKind.PERCENT
    return Table(
        _("Loss rate at month ends"),
        (
            Column(_("Day"), ColumnKind.DAY), Column(_("As known now"), percent),
            Column(_("As known then"), percent), Column(_("Cap in effect"), percent),
        ),
        tuple(rows),
        note=_("“Then” is the end of each day: the distance of the two curves is what was learned later."),
    )  # fmt: skip

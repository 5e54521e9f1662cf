"""The loss rate month by month as a chart: as known now beside as known then, with cap lines and policy changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from funds.choices.records import FundClass
from funds.choices.tolerance import ScopeLevel
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

MOST_MONTHS = 180


def chart_dates(funds: Sequence[Fund], as_of: date) -> list[date]:
    """Month ends from the start of the oldest fund to the day, the last ``MOST_MONTHS`` of them, and the day itself."""
    days = month_ends(_start(funds, as_of), as_of)[-MOST_MONTHS:]
    return days if days and days[-1] == as_of else [*days, as_of]


def _start(funds: Sequence[Fund], as_of: date) -> date:
    return min((fund.starts_on for fund in funds), default=as_of)


def _is_cut(funds: Sequence[Fund], as_of: date) -> bool:
    """Whether the oldest fund began before the first day that a chart shows."""
    return len(month_ends(_start(funds, as_of), as_of)) > MOST_MONTHS


def history_chart(target: Target, funds: Sequence[Fund], moment: Moment) -> Chart | None:
    """The time line of a fund, stage or group; None for a project, for grants, and before anything was invested."""
    if target.level == ScopeLevel.PROJECT or not funds or all(fund.fund_class == FundClass.GRANT for fund in funds):
        return None
    now, then = timelines(target, funds, chart_dates(funds, moment.as_of), moment.known_at)
    first = next((number for number, point in enumerate(now.points) if point.main.rate.rate is not None), None)
    if first is None:
        return None
    now, then = replace(now, points=now.points[first:]), replace(then, points=then.points[first:])
    series = [charts.Series(_("As known now"), _rates(now.points))]
    if _rates(then.points) != _rates(now.points):
        series.append(charts.Series(_("As known then"), _rates(then.points)))
    moving = _moving(now)
    series += [charts.Series(_("Weighted cap"), _caps(now, code)) for code in moving]
    drawing = charts.StepChart(
        _title(target, now.points[-1]), tuple(series), tuple(_cap_lines(now, moving)), tuple(_marks(now, moving))
    )
    said = [_summary(now), *_changes_in_words(now, moving)]
    if first == 0 and _is_cut(funds, moment.as_of):
        said.insert(0, _("The chart begins on %(day)s; the books begin earlier.") % {"day": now.points[0].moment.as_of})
    return Chart(drawing, _table(now, then), summary=" ".join(filter(None, said)))


def _rates(points: Sequence[Point]) -> tuple[tuple[date, Fraction | None], ...]:
    return tuple((point.moment.as_of, point.main.rate.rate) for point in points)


def _caps(line: Timeline, code: str) -> tuple[tuple[date, Fraction | None], ...]:
    return tuple((point.moment.as_of, _cap_of(point, code)) for point in line.points)


def _cap_of(point: Point, code: str) -> Fraction | None:
    """The effective cap of a document, whichever version of it is in force at the point."""
    caps = (a.tolerance.effective_cap for a in point.answers if a.document is not None and a.document.code == code)
    return next((cap for cap in caps if cap is not None), None)


def _moving(line: Timeline) -> list[str]:
    """Codes of the documents whose cap is weighted by what is invested: it moves, so it is drawn as a line."""
    return sorted({a.document.code for p in line.points for a in p.answers if a.document is not None and a.mixed})


def _cap_lines(line: Timeline, moving: Sequence[str]) -> list[charts.Cap]:
    """For each document the steps of its effective cap, each drawn over its own days."""
    codes = [code for code in dict.fromkeys(document.code for document in line.documents) if code not in moving]
    names = {document.code: document.jurisdiction or document.code for document in line.documents}
    crowded = any(sum(_cap_of(point, code) is not None for code in codes) > 1 for point in line.points)
    found = []
    for code in codes:
        label = _("Cap %(place)s") % {"place": names[code]} if crowded else _("Cap")
        runs = [
            (cap, [point.moment.as_of for point in run])
            for cap, run in groupby(line.points, key=lambda point: _cap_of(point, code))
        ]
        for number, (cap, days) in enumerate(runs):
            until = runs[number + 1][1][0] - timedelta(days=1) if number + 1 < len(runs) else None
            if cap is not None:
                found.append(charts.Cap(label, cap, days[0], until))
    return found


def _changes(line: Timeline, moving: Sequence[str]) -> list[Change]:
    """Changes worth a mark: not those of documents that say nothing here, nor of a cap that moves by itself."""
    speaking = {
        a.document.code for p in line.points for a in p.answers if a.document is not None and (a.rule or a.mixed)
    }
    kept = []
    for change in line.changes:
        code = change.document.code
        replaced = change.kind == ChangeKind.ENDS and any(
            other.as_of == change.as_of and other.kind == ChangeKind.BEGINS for other in line.changes
        )
        if change.as_of < line.points[0].moment.as_of:
            continue
        if code in speaking and not replaced and not (change.kind == ChangeKind.CAP and code in moving):
            kept.append(change)
    return kept


def _marks(line: Timeline, moving: Sequence[str]) -> list[charts.Change]:
    """Policy changes as short marks, one a day; the sentence beneath the chart names them in full."""
    labels = {
        ChangeKind.BEGINS: _("New policy"), ChangeKind.ENDS: _("Policy ends"), ChangeKind.CAP: _("Cap changes"),
    }  # fmt: skip
    marks = {change.as_of: labels[change.kind] for change in _changes(line, moving)}
    return [charts.Change(day, label) for day, label in sorted(marks.items())]


def _changes_in_words(line: Timeline, moving: Sequence[str]) -> list[str]:
    return [
        _("%(day)s: %(change)s.") % {"day": change.as_of, "change": _in_words(change)}
        for change in _changes(line, moving)
    ]


def _in_words(change: Change) -> str:
    facts = {"place": change.document.jurisdiction or change.document.code, "cap": percent_text(change.cap)}
    if change.kind == ChangeKind.ENDS:
        return _("the policy of %(place)s ends") % facts
    if change.cap is None:
        return _("the policy of %(place)s binds, no cap tested") % facts
    if change.kind == ChangeKind.CAP:
        return _("the cap in effect becomes %(cap)s") % facts
    return _("the policy of %(place)s binds, cap %(cap)s") % facts


def _title(target: Target, last: Point) -> str:
    answer = last.main
    facts = {
        "rate": percent_text(answer.rate.rate),
        "month": date_format(last.moment.as_of, "YEAR_MONTH_FORMAT"),
        "cap": percent_text(answer.tolerance.effective_cap),
    }
    if answer.rate.rate is None:
        return words.sentence(target, answer)
    if answer.tolerance.effective_cap is None:
        return _("Loss rate %(rate)s in %(month)s, no cap tested") % facts
    return _("Loss rate %(rate)s in %(month)s, cap %(cap)s") % facts


def _summary(line: Timeline) -> str:
    """When the cap was first and last passed, as known now; empty where no cap was ever in effect."""
    if all(point.main.tolerance.effective_cap is None for point in line.points):
        return ""
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

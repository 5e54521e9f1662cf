"""The loss rate over time: one subject at many dates, under the policy in force at each of them.

Known at one moment for all dates, or at the end of each date: the distance of the two curves is what was learned
later. A date whose loss lies within a fen of its cap and holds a scaled value is decided by the exact sums.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

import numpy as np
from django.utils import timezone

from funds.models import Fund, PolicyDocument
from funds.queries.answers import Answer, Figures, GroupOf, answer, nearest
from funds.queries.cells import SumsOf, sums_of
from funds.queries.columns import Columns, load_columns, moment_number
from funds.queries.curves import TOTALS, Curves, cumulate
from funds.queries.holdings import fund_figures
from funds.queries.look_through import sums_through
from funds.queries.money_terms import MoneyTerms
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.questions import Target, question
from funds.queries.sums import Moment
from funds.queries.through_time import ThroughTime
from funds.rules.figures import Money
from funds.rules.theta import Theta

NEAR = Fraction(1)
"""Fen from the cap within which the exact sums decide."""


class ChangeKind(Enum):
    """What changes in the policies at a date."""

    BEGINS = "BEGINS"
    ENDS = "ENDS"
    CAP = "CAP"


@dataclass(frozen=True, slots=True)
class Change:
    """A mark on the chart: at the first of the dates on which ``document`` binds, no longer binds, or has ``cap``."""

    as_of: date
    kind: ChangeKind
    document: PolicyDocument
    cap: Fraction | None


@dataclass(frozen=True, slots=True)
class Point:
    """One date of the time line with the answers of the documents in force; rates within 10⁻⁶ fen of N."""

    moment: Moment
    answers: tuple[Answer, ...]

    @property
    def main(self) -> Answer:
        return nearest(self.answers)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Points in the order of their dates and the changes of policy between them."""

    target: Target
    points: tuple[Point, ...]
    changes: tuple[Change, ...]

    @property
    def documents(self) -> tuple[PolicyDocument, ...]:
        """Every document that is in force at some date: one cap line each."""
        found = {a.document.pk: a.document for p in self.points for a in p.answers if a.document is not None}
        return tuple(found.values())

    def cap_line(self, document: PolicyDocument) -> list[tuple[date, Fraction | None]]:
        """The effective cap of a document at each date; None where it sets none or is not in force."""
        return [(p.moment.as_of, _cap(p.answers, document)) for p in self.points]


class CurveSums(SumsOf):
    """Sums of one fund at one date of a curve. The largest single position is not followed through time."""

    __slots__ = ()

    def largest_delta(self, theta: Theta) -> Money | None:
        return None


def month_ends(first: date, last: date) -> list[date]:
    """The month ends from ``first`` to ``last``, both inclusive."""
    ends = []
    day = last + timedelta(days=1)
    day = day.replace(day=1) - timedelta(days=1)
    while day >= first:
        ends.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return ends[::-1]


def end_of(day: date) -> datetime:
    """The last moment of a day in the present time zone."""
    start = datetime.combine(day + timedelta(days=1), datetime.min.time(), timezone.get_current_timezone())
    return start - timedelta(microseconds=1)


def timeline(
    target: Target, funds: Sequence[Fund], dates: Sequence[date], known_at: datetime | None, *, readings: bool = False
) -> Timeline:
    """The time line of a fund, a stage of it, or a group (its ``funds`` at the last date).

    At most nine statements, thirteen where a policy looks through, however many dates.
    ``dates`` ascending. ``known_at`` None: each date as known at its own end. ``readings`` adds the other definitions
    of the rate at each date.
    """
    book = load_policies(fund_ids=[fund.pk for fund in funds], group_ids=[target.group.pk] if target.group else None)
    columns = load_columns(funds, dates[-1], known_at or end_of(dates[-1]))
    terms = MoneyTerms([fund.pk for fund in funds])
    through, points = ThroughTime(funds, book), []
    for moment, plain in _moments(columns, funds, dates, known_at, terms):
        sums = through.sums(funds, plain, moment)
        points.append(_point(target, funds, sums, book, moment, readings=readings))
    points = _exact_where_near(target, funds, points, book, readings=readings)
    return Timeline(target, tuple(points), tuple(_changes(points)))


def timelines(
    target: Target, funds: Sequence[Fund], dates: Sequence[date], known_at: datetime
) -> tuple[Timeline, Timeline]:
    """The time line as known at ``known_at``, and as known at the end of each date, never later than ``known_at``.

    Both from one load, so in as many statements as :func:`timeline` needs for one.
    """
    book = load_policies(fund_ids=[fund.pk for fund in funds], group_ids=[target.group.pk] if target.group else None)
    columns = load_columns(funds, dates[-1], known_at)
    terms = MoneyTerms([fund.pk for fund in funds])
    now = _moments(columns, funds, dates, known_at, terms)
    then = []
    for day in dates:
        moment = Moment(day, min(end_of(day), known_at))
        curves = cumulate(columns, [day], moment_number(moment.known_at))
        then.append((moment, figures_at(curves, funds, 0, terms, moment)))
    through, made = ThroughTime(funds, book), []
    for moments in (now, then):
        points = [
            _point(target, funds, through.sums(funds, plain, moment), book, moment, readings=False)
            for moment, plain in moments
        ]
        points = _exact_where_near(target, funds, points, book, readings=False)
        made.append(Timeline(target, tuple(points), tuple(_changes(points))))
    return made[0], made[1]


def _moments(
    columns: Columns, funds: Sequence[Fund], dates: Sequence[date], known_at: datetime | None, terms: MoneyTerms
) -> list[tuple[Moment, dict[int, SumsOf]]]:
    if known_at is not None:
        curves = cumulate(columns, dates, moment_number(known_at))
        moments = [Moment(day, known_at) for day in dates]
        return [(moment, figures_at(curves, funds, at, terms, moment)) for at, moment in enumerate(moments)]
    found = []
    for day in dates:
        moment = Moment(day, end_of(day))
        curves = cumulate(columns, [day], moment_number(moment.known_at))
        found.append((moment, figures_at(curves, funds, 0, terms, moment)))
    return found


def figures_at(curves: Curves, funds: Sequence[Fund], at: int, terms: MoneyTerms, moment: Moment) -> dict[int, SumsOf]:
    """The sums of each fund at date number ``at`` of the curves, which is that of the moment."""
    numbers: dict[int, list[int]] = {fund.pk: [] for fund in funds}
    for number, (fund_id, _stage, _mode) in enumerate(curves.cells):
        if fund_id in numbers:
            numbers[fund_id].append(number)
    return {fund.pk: figures_of(curves, fund, numbers[fund.pk], at, terms.at(fund.pk, moment)) for fund in funds}


def figures_of(curves: Curves, fund: Fund, numbers: Sequence[int], at: int, dated: Mapping[str, Any]) -> SumsOf:
    """The sums of one fund, whose cells have ``numbers``, at date number ``at`` of the curves.

    ``dated`` are its terms on that day (``MoneyTerms.at``).
    """
    cells = []
    for number in numbers:
        cell: dict[str, Any] = {name: int(sums[number, at]) for name, sums in curves.sums.items()}
        for name, rest in curves.rest.items():
            if rest[number, at]:
                cell[name] += Fraction(float(rest[number, at]))
        _fund_id, cell["stage"], cell["mode"] = curves.cells[number]
        cell["rem"] = cell["cost"] - cell["relieved"]
        cells.append(cell)
    row = int(np.searchsorted(curves.funds, fund.pk))
    known = row < len(curves.funds) and curves.funds[row] == fund.pk
    totals: dict[str, Any] = {name: int(curves.totals[name][row, at]) if known else 0 for name in TOTALS}
    return CurveSums(fund_figures(fund, totals | dated), tuple(cells))


def _point(
    target: Target, funds: Sequence[Fund], sums: dict[int, SumsOf], book: PolicyBook, moment: Moment, *, readings: bool
) -> Point:
    own = [sums[fund.pk] for fund in funds]
    figures: Figures = own[0] if target.group is None else GroupOf(own)
    occurring = [o for each in own for o in each.occurring() if not target.stage or o.stage == target.stage]
    asked = question(target, funds, occurring, moment, book)
    fund_id = target.fund.pk if target.fund else None
    group_id = target.group.pk if target.group else None
    bound = (book.bound(moment, fund_id=fund_id, group_id=group_id) if target.is_capped else []) or [None]
    return Point(moment, tuple(answer(asked, figures, book, each, moment, readings=readings) for each in bound))


def _exact_where_near(
    target: Target, funds: Sequence[Fund], points: Sequence[Point], book: PolicyBook, *, readings: bool
) -> list[Point]:
    settled = []
    for point in points:
        near = any(a.tolerance.headroom is not None and abs(a.tolerance.headroom) < NEAR for a in point.answers)
        if near:
            sums = sums_through(funds, sums_of(funds, point.moment), book, point.moment)
            settled.append(_point(target, funds, sums, book, point.moment, readings=readings))
        else:
            settled.append(point)
    return settled


def _cap(answers: Sequence[Answer], document: PolicyDocument) -> Fraction | None:
    return next((a.tolerance.effective_cap for a in answers if a.document and a.document.pk == document.pk), None)


def _changes(points: Sequence[Point]) -> list[Change]:
    changes = []
    before: dict[int, tuple[PolicyDocument, Fraction | None]] = {}
    for number, point in enumerate(points):
        now = {a.document.pk: (a.document, a.tolerance.effective_cap) for a in point.answers if a.document is not None}
        day = point.moment.as_of
        if number:
            for pk, (document, cap) in now.items():
                if pk not in before:
                    changes.append(Change(day, ChangeKind.BEGINS, document, cap))
                elif cap != before[pk][1]:
                    changes.append(Change(day, ChangeKind.CAP, document, cap))
            changes += [Change(day, ChangeKind.ENDS, *before[pk]) for pk in before.keys() - now.keys()]
        before = now
    return changes

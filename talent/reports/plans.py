"""A staff plan as values of a report: courses, levers, intake, taper, for page and files alike."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from innovation.core import charts
from innovation.core.figures import number_text, percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Day,
    Figure,
    Money,
    Number,
    Row,
    Section,
    Table,
    Text,
    Unknown,
    Value,
)
from talent.choices.ratio import Course, Lever, PlanState
from talent.queries.plans import PlanAnswer
from talent.rules import staff_plan
from talent.rules.staff_plan import Intake, LeverEffect, Projection, Quarter

COUNT, MONEY, DAY = ColumnKind.COUNT, ColumnKind.MONEY, ColumnKind.DAY


def sentence(answer: PlanAnswer) -> str:
    """The plan in one sentence: when the gap closes on each course."""
    base = staff_plan.first_without_gap(answer.courses[Course.BASE])
    last = answer.courses[Course.BASE][-1].gap
    facts = {"quarters": answer.inputs.quarters, "gap": number_text(abs(last), 2)}
    if base is None:
        return (
            _("The gap does not close within %(quarters)s quarters: %(gap)s full-time posts are missing then.") % facts
        )
    facts |= {"quarter": base, "day": answer.day_of(base).isoformat()}
    if last < 0:
        return (
            _("The gap closes in quarter %(quarter)s (%(day)s); at the end %(gap)s full-time posts are too many.")
            % facts
        )
    if last > 0:
        return (
            _("The gap closes in quarter %(quarter)s (%(day)s) and opens again: %(gap)s posts are missing at the end.")
            % facts
        )
    return _("The gap closes in quarter %(quarter)s (%(day)s).") % facts


def figures(answer: PlanAnswer) -> tuple[Figure, ...]:
    """The gap today, when it closes on each course, what holds the ratio, what it costs."""
    steady = answer.steady
    cost = sum((each.cost for each in answer.levers), Fraction(0))
    return (
        Figure(
            _("Gap today (full-time)"), Number(answer.plan.gap_today),
            note=_("Each laboratory by itself; %(count)s are above need elsewhere")
            % {"count": number_text(answer.start.surplus, 2)},
        ),
        *(
            Figure(_("Gap closed: %(course)s") % {"course": course.label}, _closed(answer, quarters))
            for course, quarters in answer.courses.items()
        ),
        Figure(
            _("Posts a quarter that hold the ratio"), Number(steady.posts),
            note=_("%(leavers)s who leave and %(growth)s for growth")
            % {"leavers": number_text(steady.leavers, 2), "growth": number_text(steady.growth, 2)},
        ),
        Figure(
            _("Trainees a quarter that hold the ratio"),
            Unknown(_("Nobody passes or is placed.")) if steady.trainees is None else Number(steady.trainees),
            note=_("beside the hires of the plan"),
        ),
        Figure(_("Cost of the plan"), Money(int(cost)), note=_("All levers over the whole time")),
    )  # fmt: skip


def _closed(answer: PlanAnswer, quarters: list[Quarter]) -> Value:
    number = staff_plan.first_without_gap(quarters)
    if number is None:
        return Unknown(_("Not within the time of the plan."))
    return Text(_("Quarter %(number)s (%(day)s)") % {"number": number, "day": answer.day_of(number)})


# ── Courses ──────────────────────────────────────────────────────────────────────────────────────
def courses_chart(answer: PlanAnswer) -> Chart:
    """The gap by quarter on the three courses."""
    series = [
        charts.Series(course.label, _points(answer, quarters, answer.plan.gap_today))
        for course, quarters in answer.courses.items()
    ]
    drawing = charts.StepChart(
        _("Gap of supporting full-time posts by quarter; below zero there are too many"), tuple(series),
        (charts.Cap(_("No gap"), 0),), measure=charts.Measure.NUMBER,
    )  # fmt: skip
    return Chart(drawing, courses_table(answer))


def _points(answer: PlanAnswer, quarters: Sequence[Quarter], today: Fraction) -> tuple[tuple[Any, Fraction], ...]:
    return ((answer.month, today), *((answer.day_of(each.number), each.gap) for each in quarters))


def courses_table(answer: PlanAnswer) -> Table:
    """P and S of the base course, and the gap on all three, quarter by quarter."""
    low, base, high = (answer.courses[course] for course in (Course.LOW, Course.BASE, Course.HIGH))
    return Table(
        _("Projection by quarter"),
        (
            Column(_("Quarter")), Column(_("Ends"), DAY), Column(_("P (full-time)"), COUNT),
            Column(_("S (full-time)"), COUNT), Column(_("Gap, low"), COUNT), Column(_("Gap, base"), COUNT),
            Column(_("Gap, high"), COUNT),
        ),
        tuple(
            Row(
                (
                    Text(str(middle.number)), Day(answer.day_of(middle.number)), Number(middle.p), Number(middle.s),
                    Number(under.gap), Number(middle.gap), Number(over.gap),
                )
            )
            for under, middle, over in zip(low, base, high, strict=True)
        ),
        note=_(
            "P and S are those of the base course. Low and high move all rates to the side of fewer and of more staff."
        ),
    )  # fmt: skip


# ── What leads from today to the end ─────────────────────────────────────────────────────────────
def bridge_chart(answer: PlanAnswer) -> Chart:
    """From the gap today to that of the last quarter, one bar a step."""
    found = answer.bridge
    end = answer.day_of(answer.inputs.quarters)
    steps = (
        (_("Gap today"), found.today), (_("Growth of professionals"), found.growth), (_("Staff who leave"), found.left),
        (_("Trained and placed"), -found.trained), (_("Hired"), -found.hired), (_("Shared"), -found.shared),
        (_("Gap on %(day)s") % {"day": end}, found.end),
    )  # fmt: skip
    drawing = charts.BarChart(
        _("From the gap today to the gap at the end, base course"), steps, charts.Measure.NUMBER
    )  # fmt: skip
    table = Table(
        str(drawing.title), (Column(_("Step")), Column(_("Full-time posts"), COUNT)),
        tuple(Row((Text(name), Number(value))) for name, value in steps),
    )  # fmt: skip
    return Chart(drawing, table)


# ── Levers ───────────────────────────────────────────────────────────────────────────────────────
def levers_table(answer: PlanAnswer) -> Table:
    """The four levers side by side: what each takes off the gap at the end, what it costs, when it first counts."""
    return Table(
        _("Levers side by side"),
        (
            Column(_("Lever")), Column(_("What is done")), Column(_("First counts")),
            Column(_("Takes off the gap at the end"), COUNT), Column(_("Cost"), MONEY),
            Column(_("Cost per post"), MONEY),
        ),
        tuple(_lever_row(answer, effect) for effect in answer.levers),
        note=_(
            "Each lever is told beside all others as they are pulled: the gap without it less the gap with it. One "
            "point less attrition a quarter keeps %(posts)s posts today."
        ) % {"posts": number_text(answer.plan.s0 / 100, 2)},
    )  # fmt: skip


def _lever_row(answer: PlanAnswer, effect: LeverEffect) -> Row:
    idle = Unknown(_("This lever is not pulled."))
    return Row(
        (
            Text(effect.lever.label),
            Text(lever_words(answer, effect.lever)) if effect.first is not None else idle,
            Text(_("Quarter %(number)s") % {"number": effect.first}) if effect.first is not None else idle,
            Number(effect.posts),
            Money(int(effect.cost)),
            Money(int(effect.cost_per_post)) if effect.cost_per_post is not None else idle,
        )
    )


def lever_words(answer: PlanAnswer, lever: Lever) -> str:
    """What a lever does, in words."""
    given = answer.inputs
    if lever == Lever.HIRE:
        return _("%(count)s posts a quarter") % {"count": number_text(given.hires, 1)}
    if lever == Lever.SHARE:
        return _("%(share)s of the posts above need are lent") % {"share": percent_text(given.shared, 0)}
    if lever == Lever.RETAIN:
        return _("%(points)s points less attrition a quarter") % {"points": number_text(given.retained * 100, 1)}
    facts = {"count": number_text(given.trainees, 1), "last": given.trained_last}
    facts |= {"after": number_text(given.trainees_after, 1)}
    if given.trained_last is None:
        return _("%(count)s trainees a quarter, without end") % facts
    if given.trainees_after:
        return _("%(count)s trainees a quarter to quarter %(last)s, then %(after)s") % facts
    return _("%(count)s trainees a quarter to quarter %(last)s") % facts


# ── Intake and taper ─────────────────────────────────────────────────────────────────────────────
def intake_table(answer: PlanAnswer) -> Table:
    """How many trainees and cohorts today's gap asks for, with and without sharing."""
    start = answer.start
    lines = (
        (_("Each laboratory by itself"), start.sum_gap_posts),
        (_("If staff were shared"), start.net_gap_posts),
    )
    return Table(
        _("Training for the gap of today"),
        (
            Column(_("Gap counted")), Column(_("Posts missing"), COUNT), Column(_("Trainees"), COUNT),
            Column(_("Cohorts"), COUNT),
        ),
        tuple(_intake_row(name, gap, answer.intake(gap)) for name, gap in lines),
        note=_("Of the trainees %(passed)s pass, of these %(placed)s are placed; %(size)s sit in a cohort.") % {
            "passed": percent_text(answer.inputs.pass_rate, 0), "placed": percent_text(answer.inputs.placement_rate, 0),
            "size": answer.inputs.cohort_size,
        },
    )  # fmt: skip


def _intake_row(name: str, gap: int, found: Intake) -> Row:
    if found.status == PlanState.UNREACHABLE or found.intake is None or found.cohorts is None:
        none = Unknown(PlanState.UNREACHABLE.label)
        return Row((Text(name), Count(gap), none, none))
    return Row((Text(name), Count(gap), Count(found.intake), Count(found.cohorts)))


def taper_section(answer: PlanAnswer) -> Section | None:
    """The intake kept on, stopped when the gap is closed, and tapered to the steady need; None without training."""
    ways = [
        (_("Kept on"), answer.steady_on),
        (_("Stopped when the gap is closed"), answer.stopped),
        (_("Tapered to the steady need"), answer.tapered),
    ]
    drawn = [(name, plan, staff_plan.project(plan)) for name, plan in ways if plan is not None]
    if len(drawn) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    title = _("A steady intake overshoots, stopping reopens the gap, tapering holds it")
    today = answer.plan.gap_today
    series = tuple(charts.Series(name, _points(answer, path, today)) for name, _plan, path in drawn)
    drawing = charts.StepChart(title, series, (charts.Cap(_("No gap"), 0),), measure=charts.Measure.NUMBER)
    table = Table(
        _("What becomes of the training"),
        (
            Column(_("Training")), Column(_("Trainees first"), COUNT), Column(_("Until")),
            Column(_("Trainees after"), COUNT), Column(_("Gap at the end"), COUNT),
            Column(_("Cost of training"), MONEY),
        ),
        tuple(_taper_row(answer, name, plan, path) for name, plan, path in drawn),
    )  # fmt: skip
    return Section(_("When the gap is closed"), charts=(Chart(drawing, table),))


def _taper_row(answer: PlanAnswer, name: str, plan: Projection, path: list[Quarter]) -> Row:
    cost = sum((quarter.trainees for quarter in path), Fraction(0)) * answer.inputs.trainee_fen
    last = plan.training.last
    return Row(
        (
            Text(name), Number(plan.training.trainees),
            Text(_("Quarter %(number)s") % {"number": last} if last else _("the end")),
            Number(plan.training.then if last else plan.training.trainees), Number(path[-1].gap), Money(int(cost)),
        )
    )  # fmt: skip


def plan_sections(answer: PlanAnswer) -> tuple[Section, ...]:
    """The whole answer, part by part."""
    parts = (
        Section(_("The plan"), figures=figures(answer), charts=(courses_chart(answer),)),
        Section(_("Levers"), charts=(bridge_chart(answer),), tables=(levers_table(answer),)),
        Section(_("Training"), tables=(intake_table(answer),)),
        taper_section(answer),
    )
    return tuple(part for part in parts if part is not None)

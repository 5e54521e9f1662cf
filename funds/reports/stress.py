"""Reverse stress in the reader's words, for page and files alike."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Investment
from funds.queries.stressed import Stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import Target
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.results import moment_query, scope_code
from funds.rules.stress.reverse import ReverseStress, StressState
from innovation.core import charts
from innovation.core.figures import number_text, percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Figure,
    Money,
    Percent,
    Row,
    Section,
    Status,
    Table,
    Text,
    Unknown,
    Value,
)

MONEY, PERCENT, COUNT = ColumnKind.MONEY, ColumnKind.PERCENT, ColumnKind.COUNT
MOST_BARS = 12
MARKDOWNS = tuple(Fraction(tenth, 10) for tenth in range(11))
STATES: Mapping[StressState, tuple[Any, str]] = {
    StressState.BREACHED_NOW: (gettext_lazy("Cap exceeded already"), "bad"),
    StressState.REACHABLE: (gettext_lazy("A breach can be reached"), "notice"),
    StressState.NOT_REACHABLE: (gettext_lazy("Even the failure of everything keeps the cap"), "ok"),
}
Names = Mapping[int, Investment]


def stress_link(target: Target, moment: Moment, name: str = "stress", **more: Any) -> str:
    """The stress page of a target at a moment, or another page of its family."""
    query = {"scope": scope_code(target)} | moment_query(moment) | {key: value for key, value in more.items() if value}
    return f"{reverse(f'funds:{name}')}?{urlencode(query)}"


def money_words(on: Stressed) -> str:
    """Whose money the amounts of a stress table are."""
    return _("Government's part") if on.in_government_money else _("Money of the whole fund")


def sentence(found: ReverseStress) -> str:
    """The outcome of reverse stress in one sentence."""
    if found.state == StressState.BREACHED_NOW:
        return _("The cap is exceeded already; no further loss is needed.")
    if found.state == StressState.NOT_REACHABLE:
        return _("Even if every position failed, the cap would hold.")
    if found.markdown_to_breach is None:
        counts = {"few": found.k_min, "many": found.k_max}
        return _("The cap breaks when %(few)s of the largest positions fail; any %(many)s failures break it.") % counts
    return _(
        "The cap breaks when all fair values fall by more than %(markdown)s, or when %(few)s of the largest positions "
        "fail; any %(many)s failures break it for certain."
    ) % {"markdown": percent_text(found.markdown_to_breach), "few": found.k_min, "many": found.k_max}


def reverse_figures(on: Stressed, found: ReverseStress) -> tuple[Figure, ...]:
    """The headline of reverse stress."""
    label, tone = STATES[found.state]
    new = found.max_new_total_loss_investment
    return (
        Figure(
            _("Largest uniform markdown that keeps the cap"), _markdown(found),
            note=_("All fair values fall by the same share"), status=Status(label, tone),
        ),
        Figure(
            _("Failures needed at least"), _count(found, found.k_min), "#failures",
            note=_("The largest positions fail first"),
        ),
        Figure(
            _("Failures that break it for certain"), _count(found, found.k_max), "#failures",
            note=_("The smallest positions fail first"),
        ),
        Figure(
            _("Largest new investment that may be lost whole"),
            Unknown(_("Under a cap of 100 % any amount.")) if new is None else Money(max(0, fen(new))),
            note=money_words(on) if new is None or new >= 0 else _("The cap is exceeded already."),
        ),
    )  # fmt: skip


def _markdown(found: ReverseStress) -> Value:
    if found.markdown_to_breach is not None:
        return Percent(found.markdown_to_breach)
    if not found.values_count:
        return Unknown(_("This reading does not count fair values: a markdown changes nothing until it is realised."))
    return Unknown(str(STATES[found.state][0]))


def _count(found: ReverseStress, number: int | None) -> Value:
    return Unknown(str(STATES[found.state][0])) if number is None else Text(number_text(number))


def failures_chart(on: Stressed, found: ReverseStress, names: Names, unit: str = "wan") -> Chart | None:
    """What each of the largest failures would add, beside the room that is left."""
    if not found.failures:
        return None
    bars = [(_name(names, id_), fen(delta)) for id_, delta in found.failures[:MOST_BARS]]
    room = fen(max(Fraction(0), found.target - found.loss_now))
    drawing = charts.BarChart(
        _("What each of the largest failures would add to the loss"), tuple(bars), charts.Measure.MONEY, unit,
        charts.Cap(_("Loss that still keeps the cap"), room),
    )  # fmt: skip
    table = Table(
        str(drawing.title), (Column(_("Holding")), Column(_("Would add"), MONEY)),
        tuple(Row((Text(name), Money(amount))) for name, amount in bars),
    )  # fmt: skip
    return Chart(drawing, table)


def markdown_chart(on: Stressed, found: ReverseStress) -> Chart | None:
    """The loss rate when all fair values fall together."""
    curves = [p.curve for p in on.positions if p.curve is not None]
    if not curves or not on.denominator:
        return None
    settled = on.loss - sum((curve.at(Fraction(0)) for curve in curves), Fraction(0))
    limit = found.target / on.denominator
    rows = []
    for markdown in MARKDOWNS:
        loss = settled + sum((curve.at(markdown) for curve in curves), Fraction(0))
        rows.append((percent_text(markdown, 0), max(Fraction(0), loss) / on.denominator))
    drawing = charts.BarChart(
        _("Loss rate if all fair values fall by 0 to 100 %"), tuple(rows), charts.Measure.PERCENT,
        cap=charts.Cap(_("Breach above"), limit),
    )  # fmt: skip
    table = Table(
        str(drawing.title), (Column(_("All fair values fall by")), Column(_("Loss rate"), PERCENT)),
        tuple(Row((Text(label), Percent(rate))) for label, rate in rows),
    )  # fmt: skip
    return Chart(drawing, table)


def failures_table(on: Stressed, found: ReverseStress, names: Names) -> Table:
    """The positions in the order of failure, largest first, with the loss rate as they fail one after another."""
    by_id, rows = on.by_id(), []
    loss, base, broken = found.loss_now, on.denominator, found.state == StressState.BREACHED_NOW
    for id_, delta in found.failures:
        each = by_id[id_]
        loss, base = loss + delta, base + each.position.base
        breaks = not broken and on.limit.breached(loss, base)
        broken = broken or breaks
        rows.append(
            Row(
                (
                    Text(_name(names, id_)),
                    Text(words.stage_label(each.holding.stage)),
                    Money(fen(each.holding.remaining * each.share)),
                    Money(fen(each.holding.fair_value * each.share)),
                    Money(fen(delta)),
                    Percent(max(Fraction(0), loss) / base) if base else Unknown(_("The base is zero.")),
                    Text(_("The cap breaks here") if breaks else ""),
                ),
                reverse("funds:holding", args=[id_]),
            )
        )
    return Table(
        _("Failures, the largest first"),
        (
            Column(_("Holding")), Column(_("Stage")), Column(_("Remaining cost"), MONEY),
            Column(_("Fair value"), MONEY), Column(_("Would add"), MONEY),
            Column(_("Loss rate with all above"), PERCENT), Column(_("Cap")),
        ),
        tuple(rows),
        note=money_words(on),
        empty=_("No position could add to the loss."),
    )  # fmt: skip


def reverse_section(on: Stressed, names: Names, unit: str = "wan") -> Section:
    """Reverse stress as one part of a report."""
    found = on.reverse()
    drawn = [markdown_chart(on, found), failures_chart(on, found, names, unit)]
    return Section(
        _("Reverse stress"),
        figures=reverse_figures(on, found),
        charts=tuple(chart for chart in drawn if chart is not None),
        tables=(failures_table(on, found, names),),
        notes=(sentence(found),),
    )


def _name(names: Names, id_: Any) -> str:
    found = names.get(id_)
    return f"{found.company.name} ({found.code})" if found is not None else str(id_)

"""The probability of a breach in the reader's words: runs, sensitivity, and the data behind them."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.figures import OutcomeMeasure, StressKind
from funds.choices.tolerance import SourceStatus
from funds.models import StressRun
from funds.queries.outcomes import OutcomeRows
from funds.queries.simulated import sensitivity
from funds.reports import words
from funds.reports.outcome_words import outcome_source
from innovation.core import charts
from innovation.core.figures import number_text, percent_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Chart, Column, Count, Day, Figure, Percent, Row, Table, Text, Unknown

PERCENT, COUNT = ColumnKind.PERCENT, ColumnKind.COUNT


def as_share(probability: float) -> Fraction:
    """A computed probability as an exact share, to the millionth, so that reports hold no floats."""
    return Fraction(round(probability * 1_000_000), 1_000_000)


def probability_figure(kind: StressKind, run: StressRun | None) -> Figure:
    """The latest finished run of a kind, with its day; never a bare number."""
    label = PROBABILITY_LABELS[kind]
    if run is None:
        return Figure(label, Unknown(_("No finished run answers this question. Ask for one.")))
    interval = _("95 %% interval %(low)s to %(high)s; run of %(day)s") % {
        "low": percent_text(as_share(run.result["low"])),
        "high": percent_text(as_share(run.result["high"])),
        "day": run.as_of,
    }
    return Figure(label, Percent(run.probability or Fraction(0)), run.get_absolute_url(), interval, is_unverified(run))


PROBABILITY_LABELS: Mapping[StressKind, Any] = {
    StressKind.BY_FUND_END: gettext_lazy("Probability of breach by the end of the fund"),
    StressKind.TOTAL_LOSS: gettext_lazy("Probability of breach, failures of today's portfolio"),
    StressKind.OUTCOMES: gettext_lazy("Probability of breach, outcomes of today's portfolio"),
}


def is_unverified(run: StressRun) -> bool:
    """Whether a run rests on a row known at second hand."""
    return any(row["status"] == SourceStatus.UNVERIFIED for row in run.parameter_rows)


def grid_table(title: str, rows: Sequence[Sequence[Fraction]], factors: Sequence[Fraction], note: str = "") -> Table:
    """P(breach) with one row a failure rate and one column a correlation."""
    correlations, _factors = sensitivity()
    columns = (Column(_("Failure rate")), *(Column(f"ρ = {number_text(rho, 2)}", PERCENT) for rho in correlations))
    return Table(
        title,
        columns,
        tuple(
            Row((Text(_("%(factor)s times") % {"factor": f"{float(factor):g}"}), *(Percent(share) for share in shares)))
            for factor, shares in zip(factors, rows, strict=True)
        ),
        note=note,
    )


def run_grid(run: StressRun) -> Table:
    """The sensitivity that a run drew with its own seed."""
    draws = run.result["sensitivity_draws"]
    return grid_table(
        _("Probability of breach at other correlations and failure rates"),
        [[Fraction(breaches, draws) for breaches in row] for row in run.result["sensitivity"]],
        [Fraction(*factor) for factor in run.result["factors"]],
        _("Drawn with the seed of the run, %(draws)s scenarios a cell.") % {"draws": number_text(draws)},
    )


def histogram_chart(run: StressRun) -> Chart | None:
    """How the loss rate was spread over the scenarios."""
    kept, base = run.result["histogram"], Fraction(*run.result["denominator"])
    if not base or kept["high"] <= kept["low"]:
        return None
    # Outcomes count the whole loss, failures what they add to today's.
    start = Fraction(0) if run.kind == StressKind.OUTCOMES else Fraction(*run.result["loss_now"])
    low, width = Fraction(kept["low"]), Fraction(kept["high"] - kept["low"])
    groups: dict[int, int] = {}
    for number, count in enumerate(kept["counts"]):
        middle = start + low + width * (2 * number + 1) / (2 * kept["bins"])
        step = math.floor(max(Fraction(0), middle) / base * 20)
        groups[step] = groups.get(step, 0) + count
    rows = [
        (
            f"{percent_text(Fraction(t, 20), 0)} – {percent_text(Fraction(t + 1, 20), 0)}",
            Fraction(groups.get(t, 0), run.draws),
        )
        for t in range(min(groups), max(groups) + 1)
    ]
    drawing = charts.BarChart(_("Share of scenarios by loss rate"), tuple(rows), charts.Measure.PERCENT)
    table = Table(
        str(drawing.title), (Column(_("Loss rate")), Column(_("Share of scenarios"), PERCENT)),
        tuple(Row((Text(label), Percent(share))) for label, share in rows),
    )  # fmt: skip
    return Chart(drawing, table)


def parameters_table(rows: OutcomeRows) -> Table:
    """The outcome rows used, with source and flag."""
    return Table(
        _("Outcome data used: %(table)s") % {"table": rows.table},
        (
            Column(_("Measure")), Column(_("Stage")), Column(_("Value")), Column(_("Region")),
            Column(_("Years of the data")),
            Column(_("Said by")),
        ),
        tuple(
            Row(
                (
                    Text(_measure(row)), Text(words.stage_label(row["stage"]) if row["stage"] else _("All stages")),
                    Text(_value(row)), Text(row["region"]), Text(row["vintage"] or "–"),
                    Text(outcome_source(row["source"])),
                ),
                unverified=row["status"] == SourceStatus.UNVERIFIED,
            )
            for row in rows.rows
        ),
        note=_("No table about China exists. Each row says whose investments it counts; the city's own are better."),
    )  # fmt: skip


def _measure(row: Mapping[str, Any]) -> str:
    label = str(OutcomeMeasure(row["measure"]).label)
    if row["lower"] is None:
        return label
    upper = "…" if row["upper"] is None else f"{row['upper'] / 100:g}×"
    return f"{label}: {row['lower'] / 100:g}× – {upper}"


def _value(row: Mapping[str, Any]) -> str:
    value = Fraction(row["value_num"], row["value_den"])
    if row["measure"] in {OutcomeMeasure.TAIL_ALPHA, OutcomeMeasure.TAIL_CAP, OutcomeMeasure.CORRELATION}:
        return f"{float(value):g}"
    return percent_text(value)


def runs_table(runs: Sequence[StressRun], *, named: bool = False) -> Table:
    """Finished runs with what they asked and found; ``named`` adds the fund or group."""
    columns = (
        Column(_("Kind")), Column(_("As of"), ColumnKind.DAY), Column(_("Probability of breach"), PERCENT),
        Column(_("95 % interval")), Column(_("Scenarios"), COUNT), Column(_("Random seed")), Column(_("Outcome data")),
    )  # fmt: skip
    rows = []
    for run in runs:
        low, high = (percent_text(as_share(run.result[name])) for name in ("low", "high"))
        cells = (
            Text(run.get_kind_display()), Day(run.as_of), Percent(run.probability or Fraction(0)),
            Text(f"{low} – {high}"), Count(run.draws), Text(str(run.seed)), Text(run.parameters["table"]),
        )  # fmt: skip
        name = (Text((run.group or run.fund).name),) if named else ()
        rows.append(Row((*name, *cells), run.get_absolute_url(), unverified=is_unverified(run)))
    return Table(
        _("Runs"),
        (Column(_("Fund or group")), *columns) if named else columns,
        tuple(rows),
        empty=_("No run is finished yet. Ask for one to learn how likely a breach is."),
    )


def run_figures(run: StressRun) -> tuple[Figure, ...]:
    """The headline of one finished run."""
    result, base = run.result, Fraction(*run.result["denominator"])
    start = Fraction(0) if run.kind == StressKind.OUTCOMES else Fraction(*result["loss_now"])

    def rate(quantile: str) -> Percent | Unknown:
        if not base:
            return Unknown(_("The base is zero."))
        return Percent(max(Fraction(0), start + Fraction(result["quantiles"][quantile])) / base)

    figures = [
        Figure(
            PROBABILITY_LABELS[StressKind(run.kind)], Percent(run.probability or Fraction(0)),
            note=_("95 %% interval %(low)s to %(high)s") % {
                "low": percent_text(as_share(result["low"])), "high": percent_text(as_share(result["high"])),
            },
            unverified=is_unverified(run),
        ),
        Figure(_("Loss rate, middle of the scenarios"), rate("0.5")),
        Figure(_("Loss rate, worst one in twenty"), rate("0.95")),
        Figure(
            _("Positions drawn"), Count(result["positions"]),
            note=_("and %(count)s planned ones") % {"count": result["planned"]} if result["planned"] else "",
        ),
    ]  # fmt: skip
    if result["closed_form"] is not None:
        share = Percent(as_share(result["closed_form"]))
        figures.append(Figure(_("Without drawing, by convolution"), share, note=_("The same question in closed form")))
    return tuple(figures)

"""Report kind "fairness of an assessment round": adverse impact by band, for the auditor alone.

Made from counts that ``talent.queries.audit`` takes out of the vault. What is small is hidden, in all tables of a
round by one pattern, so that no table gives away what another one hides. A monitor, never a verdict.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.choices import Role
from innovation.core.charts import BarChart, Cap
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Figure,
    Percent,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    Text,
    Times,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind
from talent.models import AssessmentRound
from talent.queries.audit import Audit, StageCount, audit_of
from talent.rules.adverse_impact import FOUR_FIFTHS, Band, BandImpact, Impact, Status, adverse_impact
from talent.rules.sealing import BANDS, FROM_45, UNDER_45
from talent.rules.suppression import INSIDE, publish, shared_pattern

CODE = "talent_fairness"
TITLE = gettext_lazy("Fairness of an assessment round")
SIDES = ("<45", "45+")


class FairnessParameters(ParametersForm):
    """One round: bands, contrast and what is hidden are fixed, so that nothing can be cut anew."""

    round = forms.ModelChoiceField(
        AssessmentRound.objects.all(), label=gettext_lazy("Round of assessment"), empty_label=None
    )


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The fairness of one round, from decisions of up to the two times."""
    chosen = params["round"]
    audit = audit_of(chosen, as_of, known_at)
    hidden = hidden_in(audit.stages)
    flags = sum(flags_of(stage, hidden) for stage in audit.stages)
    decided = sum(audit.stages[0].n.values())
    summary = _("%(decided)d people decided, %(stated)d of them gave a year of birth; %(flags)d rates to look into.")
    is_small = audit.stated < INSIDE or decided < INSIDE
    return ReportData(
        title=_("Fairness: %(round)s") % {"round": chosen},
        summary=summary % {"decided": decided, "stated": audit.stated, "flags": flags}
        if not is_small else _("Too few people gave a year of birth to say anything."),
        sections=(
            _overview(audit, hidden, decided),
            *(stage_section(stage, hidden) for stage in audit.stages),
            _score_section(audit, hidden), _reviewer_section(audit, decided),
            method(
                _("The age is the one reached in the year in which the round opened."),
                _("On a flag: review by a panel, check of the rubric, new scores of a sample. Never quotas by age."),
            ),
        ),
        sources=sources(),
        scope=((_("Round of assessment"), str(chosen)), (_("Rubric"), str(chosen.rubric))),
    )  # fmt: skip


def stage_title(stage: str) -> str:
    return {
        "shortlist": _("From eligible to shortlist"), "award": _("From shortlist to selection"),
        "overall": _("From eligible to selection"), "proposed": _("From the pool to a proposal of the matcher"),
        "confirmed": _("From the proposal to the officer's decision"),
        "begun": _("From the decision to work that began"), "whole": _("From the pool to work that began"),
    }[stage]  # fmt: skip


def band_label(band: str) -> str:
    return {"not_stated": _("Not stated")}.get(band, band)


def hidden_in(stages: Sequence[StageCount]) -> frozenset[str]:
    """One pattern for all tables; the sides of the contrast are sums that are published too."""
    rows = [stages[0].n, *(stage.selected for stage in stages)]
    return shared_pattern(rows, [BANDS, UNDER_45, FROM_45], INSIDE)


def _side(counts: Mapping[str, int], bands: Collection[str]) -> int:
    return sum(counts[band] for band in bands)


def _impacts(stage: StageCount) -> tuple[Impact, Impact]:
    """Impact over the bands, and over the contrast; both as if all were known, hidden only when shown."""
    bands = adverse_impact([Band(band, stage.n[band], stage.selected[band]) for band in BANDS])
    sides = zip(SIDES, (UNDER_45, FROM_45), strict=True)
    return bands, adverse_impact(
        [Band(name, _side(stage.n, inside), _side(stage.selected, inside)) for name, inside in sides]
    )


def _is_small(stage: StageCount) -> bool:
    """Whether a side of the contrast counts too few people to be shown."""
    counts = [_side(row, inside) for row in (stage.n, stage.selected) for inside in (UNDER_45, FROM_45)]
    return any(0 < count < INSIDE for count in counts)


def flags_of(stage: StageCount, hidden: Collection[str]) -> int:
    """Flagged rates among those that are shown."""
    bands, contrast = _impacts(stage)
    shown = () if bands.reference in hidden else tuple(one for one in bands.bands if one.band not in hidden)
    return sum(bool(one.below_four_fifths) for one in (*shown, *(() if _is_small(stage) else contrast.bands)))


def hidden_cell() -> Unknown:
    return Unknown(_("Hidden: fewer than %(k)d people, or they could be worked out from it.") % {"k": INSIDE})


def decimal(value: Fraction, places: int) -> str:
    """An exact number to so many places, half rounded up."""
    step = Decimal(1).scaleb(-places)
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, ROUND_HALF_UP))


def people_table(counts: Mapping[str, int], hidden: Collection[str]) -> Table:
    """How many people of each band, with the share of each."""
    row = publish(counts, hidden, INSIDE, 20)
    cells = tuple(
        Row((Text(band_label(band)), hidden_cell() if count is None else Count(count),
             hidden_cell() if row.percent[band] is None else Percent(Fraction(row.percent[band] or 0, 100))))
        for band, count in row.cells.items()
    )  # fmt: skip
    columns = (Column(_("Band")), Column(_("People"), ColumnKind.COUNT), Column(_("Share"), ColumnKind.PERCENT))
    return Table(_("People by band"), columns, cells)


def people_figures(title: str, total: int, stated: int) -> tuple[Figure, ...]:
    """How many people, and how many of them gave a year of birth; small numbers hidden."""
    return (
        Figure(title, hidden_cell() if 0 < total < INSIDE else Count(total)),
        Figure(_("Gave a year of birth"), hidden_cell() if 0 < stated < INSIDE else Count(stated)),
    )


def _overview(audit: Audit, hidden: Collection[str], decided: int) -> Section:
    changes = Figure(_("Marks changed after the lock"), Count(audit.changes))
    return Section(
        _("Who was assessed"),
        figures=(*people_figures(_("People decided"), decided, audit.stated), changes),
        tables=(people_table(audit.stages[0].n, hidden),),
    )


def stage_section(stage: StageCount, hidden: Collection[str]) -> Section:
    bands, contrast = _impacts(stage)
    small = _is_small(stage)
    contrast_rows = tuple(_impact_row(one, one.band, contrast, hide=small) for one in contrast.bands)
    shown = [one for one in bands.bands if one.band not in hidden and one.rate is not None]
    title = stage_title(stage.stage)
    tables = (
        Table(_("Declared contrast"), _columns(), contrast_rows, note=_status_words(contrast)),
        Table(
            _("By band"), _columns(),
            tuple(
                _impact_row(one, band_label(one.band), bands, hide=one.band in hidden,
                            hide_ratio=bands.reference in hidden)
                for one in bands.bands
            ),
            note=_status_words(bands),
        ),
    )  # fmt: skip
    return Section(title, charts=_chart(title, shown, bands, hidden), tables=tables)


def _chart(title: str, shown: list[BandImpact], impact: Impact, hidden: Collection[str]) -> tuple[Chart, ...]:
    """Rates of the bands that may be shown, with four fifths of the reference as a line."""
    best = next((one.rate for one in shown if one.band == impact.reference), None)
    if len(shown) <= 1 or best is None:
        return ()
    drawing = BarChart(
        _("%(stage)s: rate by band") % {"stage": title},
        tuple((band_label(one.band), one.rate) for one in shown),
        cap=Cap(_("Four fifths of the highest rate"), best * FOUR_FIFTHS),
    )
    rows = tuple(Row((Text(band_label(one.band)), Percent(one.rate or Fraction(0)))) for one in shown)
    table = Table(drawing.title, (Column(_("Band")), Column(_("Rate"), ColumnKind.PERCENT)), rows)
    return (Chart(drawing, table),)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Band")), Column(_("People"), ColumnKind.COUNT), Column(_("Came through"), ColumnKind.COUNT),
        Column(_("Rate"), ColumnKind.PERCENT), Column(_("Impact ratio"), ColumnKind.TIMES),
        Column(_("95 % interval")), Column(_("Fisher p")), Column(_("Reading")),
    )  # fmt: skip


def _impact_row(one: BandImpact, label: str, impact: Impact, *, hide: bool, hide_ratio: bool = False) -> Row:
    if hide:
        return Row((Text(label), *(hidden_cell() for _column in _columns()[1:])))
    none = Unknown(_why_none(one, impact))
    ratio: tuple[Value, ...] = (
        none if one.ratio is None else Times(one.ratio),
        none if one.low is None or one.high is None else Text(f"{one.low:.2f}–{one.high:.2f}"),
        none if one.fisher_p is None else Text(decimal(one.fisher_p, 4)),
        Text(_reading(one, impact)),
    )
    if hide_ratio:
        ratio = tuple(hidden_cell() for _part in ratio)
    rate: Value = Unknown(_("Nobody stood before this step.")) if one.rate is None else Percent(one.rate)
    return Row((Text(label), Count(one.n), Count(one.selected), rate, *ratio))


def _why_none(one: BandImpact, impact: Impact) -> str:
    if impact.status != Status.OK:
        return _status_words(impact)
    if one.band == impact.reference:
        return _("This is the band that the others are measured against.")
    return _("Nobody to measure.") if not one.n else _("Nobody came through.")


def _reading(one: BandImpact, impact: Impact) -> str:
    if impact.status != Status.OK or one.below_four_fifths is None:
        return "–"
    if one.band == impact.reference:
        return _("Reference")
    if not one.below_four_fifths:
        return _("Not below four fifths")
    swap = _("; one place more would turn it round") if one.one_swap_reverses else ""
    return _("Below four fifths: look into it") + swap


def _status_words(impact: Impact) -> str:
    return {
        Status.OK: "", Status.INSUFFICIENT: _("No band has enough people (20) to measure the others against."),
        Status.NO_SELECTION: _("Nobody came through this step."),
    }[impact.status]  # fmt: skip


def _score_section(audit: Audit, hidden: Collection[str]) -> Section:
    def cells(band: Any) -> tuple[Value, ...]:
        if band.band in hidden or 0 < band.cases < INSIDE:
            return (hidden_cell(), hidden_cell(), hidden_cell(), hidden_cell())
        if band.blind is None or band.standing is None:
            return (Count(band.cases), *(Unknown(_("Nobody to measure.")) for _column in range(3)))
        change = band.standing - band.blind
        sign = "+" if change > 0 else ""
        return (
            Count(band.cases), Text(decimal(band.blind, 1)), Text(decimal(band.standing, 1)),
            Text(f"{sign}{decimal(change, 1)}"),
        )  # fmt: skip

    columns = (
        Column(_("Band")), Column(_("People"), ColumnKind.COUNT), Column(_("Mean score, blind")),
        Column(_("Mean score now")), Column(_("Change after unblinding")),
    )  # fmt: skip
    rows = tuple(Row((Text(band_label(one.band)), *cells(one))) for one in audit.scores)
    note = _("The change is the signal: it shows what the name added to what the evidence said.")
    return Section(_("Scores before and after the name was known"), tables=(Table(_("Scores"), columns, rows, note),))


def _reviewer_section(audit: Audit, decided: int) -> Section:
    columns = (
        Column(_("Reviewer")), Column(_("Stricter (−) or milder (+)")), Column(_("Mean below 45")),
        Column(_("Mean from 45")), Column(_("Difference")),
    )  # fmt: skip
    rows = []
    for one in audit.reviewers:
        under, over = one.means
        severity: Value = (
            Unknown(_("Shares no case with others.")) if one.severity is None else Text(decimal(one.severity, 1))
        )
        sides: tuple[Value, ...] = (hidden_cell(), hidden_cell(), hidden_cell())
        if under is not None and over is not None and min(one.cases) >= INSIDE:
            sides = (Text(decimal(under, 1)), Text(decimal(over, 1)), Text(decimal(over - under, 1)))
        if decided < INSIDE:
            severity = hidden_cell()
        rows.append(Row((Text(one.reviewer), severity, *sides)))
    table = Table(
        _("Reviewers"), columns, tuple(rows), note=_("Reviewers are letters; the office knows who is who."),
        empty=_("No scores are locked in this round."),
    )  # fmt: skip
    return Section(_("By reviewer"), tables=(table,))


def method(which_age: str, on_flag: str) -> Section:
    """How to read a report of this family: which age counts, and what follows from a flag."""
    return Section(
        _("How to read this"),
        notes=(
            _("The reference is the band of the highest rate with at least 20 people. A ratio strictly below four "
              "fifths is flagged. The rule is borrowed; no Chinese threshold is known. It is a monitor, no verdict."),
            _("Bands and the one contrast, 45 and over against under 45, were fixed before any result."),
            which_age,
            _("Counts below 5 are hidden, and as many more as it takes that none can be worked out."),
            on_flag,
        ),
    )  # fmt: skip


def sources() -> tuple[Source, ...]:
    return (
        Source(_("Four-fifths rule"), "29 CFR 1607.4(D)", unverified=True),
        Source(_("Years of birth"), _("Given of their own will, with separate consent, and sealed")),
    )


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy("Selection rates by band, scores before and after unblinding, and reviewers compared."),
    parameters=FairnessParameters,
    build=build,
    roles=frozenset({Role.AUDITOR}),
)

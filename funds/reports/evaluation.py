"""Report kind "annual evaluation file": a fund's self-evaluation with its score, evidence and figures of the year."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import EvaluationIndicator, EvaluationRun, EvaluationScore, Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.sums import Moment
from funds.reports.progress import sections_of
from funds.rules import evaluation
from innovation.core.figures import number_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Figure,
    Percent,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind


class EvaluationParameters(ParametersForm):
    """One fund; the year is that of the as-of day."""

    fund = forms.ModelChoiceField(Fund.objects.all(), label=gettext_lazy("Fund"))


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The confirmed self-evaluation of the year of ``as_of`` as known then, beside the money figures of that day."""
    fund: Fund = params["fund"]
    run = (
        EvaluationRun.objects.filter(fund=fund, year=as_of.year, state="CONFIRMED", decided_at__lte=known_at)
        .select_related("scheme", "prepared_by", "decided_by")
        .order_by("-decided_at")
        .first()
    )
    money = sections_of([fund], Moment(as_of, known_at))
    title = _("Annual evaluation file %(year)s: %(fund)s") % {"year": as_of.year, "fund": fund.name}
    scope = ((_("Fund"), fund.name), (_("Year"), str(as_of.year)))
    if run is None:
        summary = _("No self-evaluation of this year was confirmed by then.")
        return ReportData(title=title, summary=summary, sections=money, scope=scope)
    scheme = run.scheme
    return ReportData(
        title=title,
        summary=_("Score %(score)s of 100.") % {"score": number_text(run.total, 2)},
        sections=(_evaluation(run), *money),
        sources=(
            Source(
                scheme.text, scheme.source, f"{scheme.code} v{scheme.version}",
                unverified=scheme.status == "unverified", link=run.get_absolute_url(),
            ),
        ),
        scope=scope,
    )  # fmt: skip


def _evaluation(run: EvaluationRun) -> Section:
    indicators = list(run.scheme.indicators.all())
    scores = {row.indicator_id: row for row in run.scores.prefetch_related("proofs")}
    by_code = {row.code: scores[row.pk].value for row in indicators if row.pk in scores}
    dimensions = evaluation.by_dimension([row.as_rule() for row in indicators], by_code)
    return Section(
        _("Self-evaluation"),
        figures=(
            Figure(_("Score"), Text(number_text(run.total, 2)), unverified=run.scheme.status == "unverified"),
            Figure(_("Prepared by"), Text(str(run.prepared_by))),
            Figure(_("Confirmed by"), Text(str(run.decided_by))),
        ),
        tables=(_dimensions(dimensions), _indicators(indicators, scores)),
        notes=(_("Score = Σ weight × score ÷ 100, exact; the weights are those of the scheme named below."),),
    )


def _dimensions(found: dict[str, tuple[Fraction, Fraction]]) -> Table:
    return Table(
        _("Points by dimension"),
        (Column(_("Dimension")), Column(_("Points")), Column(_("Of")), Column(_("Share"), ColumnKind.PERCENT)),
        tuple(
            Row(
                (
                    Text(EvaluationIndicator.Dimension(name).label), Text(number_text(reached, 2)),
                    Text(number_text(possible, 2)), Percent(reached / possible),
                )
            )
            for name, (reached, possible) in found.items()
        ),
    )  # fmt: skip


def _indicators(rows: list[EvaluationIndicator], scores: dict[int, EvaluationScore]) -> Table:
    def cells(row: EvaluationIndicator) -> tuple[Value, ...]:
        score = scores.get(row.pk)
        none = Unknown(_("No score yet"))
        proofs = ", ".join(f"{one.name} {one.sha256[:12]}" for one in score.proofs.all()) if score else ""
        return (
            Text(str(row)), Text(number_text(row.weight, 2)), Text(number_text(score.value, 2)) if score else none,
            Text(score.reason) if score else none, Text(proofs),
        )  # fmt: skip

    return Table(
        _("Indicators with reason and evidence"),
        (
            Column(_("Indicator")), Column(_("Weight")), Column(_("Score")), Column(_("Reason and evidence")),
            Column(_("Documents by hash")),
        ),
        tuple(Row(cells(row)) for row in rows),
    )  # fmt: skip


KIND = ReportKind(
    code="annual_evaluation",
    title=gettext_lazy("Annual evaluation file"),
    description=gettext_lazy(
        "The confirmed self-evaluation of a fund for the year of the as-of day, with its figures."
    ),
    parameters=EvaluationParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)

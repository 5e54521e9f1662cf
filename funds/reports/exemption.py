"""Report kind "exemption register": every case with its loss, grade, state and outcome, and how long steps took."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from funds.choices.cases import CaseOutcome, CaseState, LossGrade
from funds.models import CaseStep, ExemptionCase, Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.freezing import grades
from funds.rules.cases import loss_grade
from innovation.core.fields import DateField
from innovation.reports.choices import ColumnKind, Every
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Money,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

CODE = "exemption-register"
EARLIEST = date(2000, 1, 1)


class RegisterParameters(ParametersForm):
    """All cases, or those of one fund, opened from a day on."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds")
    )
    since = DateField(label=gettext_lazy("Opened from"), required=False)


class CaseLine:
    """A case as it stood at one moment, told from its chain of steps alone."""

    def __init__(self, case: ExemptionCase, steps: Sequence[CaseStep]) -> None:
        self.case, self.steps = case, steps
        self.state = CaseState(steps[-1].to_state)

    @property
    def decisions(self) -> list[CaseStep]:
        return [step for step in self.steps if step.event in {"decide", "decide_appeal"}]

    @property
    def outcome(self) -> str:
        """The outcome known then: that of the last decision made by then."""
        if not self.decisions:
            return ""
        last = self.decisions[-1].at
        return next((row.outcome for row in self.case.decisions.all() if row.at == last), "")

    @property
    def days_to_decision(self) -> int | None:
        """Days from the opening to the first decision."""
        return (self.decisions[0].at - self.steps[0].at).days if self.decisions else None

    def stays(self, until: datetime) -> list[tuple[CaseState, timedelta]]:
        """How long the case stood in each state it passed, the present one up to ``until``."""
        found, since, state = [], self.steps[0].at, CaseState(self.steps[0].to_state)
        for step in self.steps[1:]:
            if step.to_state != state:
                found.append((state, step.at - since))
                since, state = step.at, CaseState(step.to_state)
        if state != CaseState.ARCHIVED:
            found.append((state, until - since))
        return found


def lines(*, as_of: date, known_at: datetime, since: date, fund: Fund | None) -> list[CaseLine]:
    """Cases opened from ``since`` to the end of ``as_of`` and known then, as they stood at that moment."""
    end = min(known_at, timezone.make_aware(datetime.combine(as_of + timedelta(days=1), datetime.min.time())))
    start = timezone.make_aware(datetime.combine(since, datetime.min.time()))
    chosen = Q(fund=fund) if fund else Q()
    rows = ExemptionCase.objects.filter(chosen, opened_at__gte=start, opened_at__lte=end)
    rows = rows.select_related("fund", "investment__company").prefetch_related("decisions").order_by("pk")
    steps: dict[int, list[CaseStep]] = {}
    moved = CaseStep.objects.filter(case__in=rows, at__lte=end).order_by("case_id", "seq").defer("facts")
    for step in moved:
        steps.setdefault(step.case_id, []).append(step)
    return [CaseLine(case, steps[case.pk]) for case in rows if case.pk in steps]


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The register as of a day, as known at a moment."""
    fund: Fund | None = params.get("fund")
    found = lines(as_of=as_of, known_at=known_at, since=params.get("since") or EARLIEST, fund=fund)
    decided = [line for line in found if line.outcome]
    open_ = [line for line in found if line.state != CaseState.ARCHIVED]
    return ReportData(
        title=_("Register of exemption cases"),
        summary=_("%(all)s cases: %(open)s open, %(decided)s decided.")
        % {"all": len(found), "open": len(open_), "decided": len(decided)},
        sections=(
            Section(_("Overview"), figures=_figures(found, open_, decided), tables=(_outcomes(decided),)),
            Section(_("Times"), tables=(_times(found, known_at),), notes=(_("Calendar days, from step to step."),)),
            Section(_("Register"), tables=(register_table(found),)),
        ),
        notes=(
            _("“Within the cap” is not “exempt”, and “above the cap” is not “guilty”: only a decided case says so."),
        ),
        sources=(
            Source(
                _("Procedure of exemption cases"), _("proposal of this product, not law"), unverified=True,
            ),
        ),
        scope=((_("Scope"), fund.name if fund else _("All funds")),),
    )  # fmt: skip


def _figures(found: Sequence[CaseLine], open_: Sequence[CaseLine], decided: Sequence[CaseLine]) -> tuple[Figure, ...]:
    return (
        Figure(_("Cases"), Count(len(found)), reverse("funds:cases")),
        Figure(pgettext("case", "Open"), Count(len(open_)), f"{reverse('funds:cases')}?due=open"),
        Figure(_("Decided"), Count(len(decided))),
        Figure(_("Loss in all cases"), Money(sum(line.case.loss_fen for line in found))),
    )


def _outcomes(decided: Sequence[CaseLine]) -> Table:
    counts = Counter(line.outcome for line in decided)
    amounts = {code: sum(line.case.loss_fen for line in decided if line.outcome == code) for code in counts}
    rows = tuple(
        Row((Text(outcome.label), Count(counts[outcome]), Money(amounts.get(outcome, 0)))) for outcome in CaseOutcome
    )
    columns = (
        Column(_("Outcome")), Column(_("Cases"), ColumnKind.COUNT), Column(_("Loss"), ColumnKind.MONEY),
    )  # fmt: skip
    return Table(_("Cases by outcome"), columns, rows)


def _times(found: Sequence[CaseLine], until: datetime) -> Table:
    """How long cases stood in each state: how many, mean and longest, in whole days."""
    stays: dict[CaseState, list[int]] = {}
    for line in found:
        for state, length in line.stays(until):
            stays.setdefault(state, []).append(length.days)
    rows = tuple(
        Row((Text(state.label), Count(len(stays[state])), Count(_mean(stays[state])), Count(max(stays[state]))))
        for state in CaseState
        if state in stays
    )
    columns = (
        Column(_("State")), Column(_("Cases"), ColumnKind.COUNT), Column(_("Mean days"), ColumnKind.COUNT),
        Column(_("Longest, days"), ColumnKind.COUNT),
    )  # fmt: skip
    return Table(_("Days in each state"), columns, rows, empty=_("No case in this period."))


def _mean(days: Iterable[int]) -> int:
    numbers = list(days)
    return round(Fraction(sum(numbers), len(numbers)))


def register_table(found: Sequence[CaseLine]) -> Table:
    """Every case with its loss, grade, state and outcome."""
    bounds = grades()
    columns = (
        Column(_("Case")), Column(_("Fund")), Column(_("Company")), Column(_("Ground")),
        Column(_("Opened"), ColumnKind.DAY), Column(_("Loss"), ColumnKind.MONEY), Column(_("Grade")),
        Column(_("State")), Column(_("Outcome")), Column(_("Days to the decision"), ColumnKind.COUNT),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                Text(line.case.code), Text(line.case.fund.name),
                Text(str(line.case.investment.company) if line.case.investment else "–"),
                Text(line.case.get_ground_display()), Day(timezone.localdate(line.case.opened_at)),
                Money(line.case.loss_fen), Text(LossGrade(loss_grade(line.case.loss_fen, bounds)).label),
                Text(line.state.label), _outcome(line), _days(line),
            ),
            link=line.case.get_absolute_url(),
        )
        for line in found
    )  # fmt: skip
    return Table(_("Register of exemption cases"), columns, rows, empty=_("No case in this period."))


def _outcome(line: CaseLine) -> Value:
    return Text(CaseOutcome(line.outcome).label) if line.outcome else Unknown(_("Not decided yet."))


def _days(line: CaseLine) -> Value:
    days = line.days_to_decision
    return Unknown(_("Not decided yet.")) if days is None else Count(days)


KIND = ReportKind(
    code=CODE,
    title=gettext_lazy("Register of exemption cases"),
    description=gettext_lazy("Every exemption case with loss, grade, state and outcome, and how long each step took."),
    parameters=RegisterParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.QUARTER, day=10),
)

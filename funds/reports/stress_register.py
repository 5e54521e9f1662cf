"""Report kind "stress test register": every cap with its distance, or one fund or group with all its stress tests."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.figures import StressKind
from funds.choices.records import FundClass
from funds.models import Fund, FundGroup, Scenario, StressRun
from funds.models.visibility import SEES_FUNDS
from funds.queries.holdings import books_of
from funds.queries.look_through import looks_through, seen_through
from funds.queries.outcomes import rows_of
from funds.queries.policies import load_policies
from funds.queries.questions import Target
from funds.queries.stressed import NotStressed, Stressed, names_of, stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import ToleranceView, view_of
from funds.queries.whatif import Loaded, Supposed, WhatIf, load
from funds.reports import stress as parts
from funds.reports import stress_runs, tables, words
from funds.reports.amounts import fen
from funds.reports.results import percent_or_unknown
from funds.reports.whatif import scenarios_table
from innovation.core.errors import RuleViolation
from innovation.core.figures import number_text
from innovation.core.jobs import JobState
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Money,
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

CODE = "stress_register"
TITLE = gettext_lazy("Stress test register")
MONEY, PERCENT = ColumnKind.MONEY, ColumnKind.PERCENT


class RegisterParameters(ParametersForm):
    """A group or a fund; nothing chosen means all funds."""

    group = forms.ModelChoiceField(
        FundGroup.objects.all(), label=gettext_lazy("Group of funds"), required=False, empty_label=gettext_lazy("None")
    )
    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds")
    )
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("group") and data.get("fund"):
            self.add_error("fund", _("Choose a group or a fund, not both."))
        return data


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The register of all funds, or everything about one."""
    moment, unit = Moment(as_of, known_at), params.get("unit") or Unit.WAN.value
    if params.get("group"):
        return _of_one(Target.of_group(params["group"]), moment, unit)
    if params.get("fund"):
        return _of_one(Target.of_fund(params["fund"]), moment, unit)
    views = all_views(moment)
    return ReportData(
        title=_("Stress test register of all funds"),
        sections=(Section(_("Distance to each cap"), tables=(register_table(views),)), _runs_section(moment, Q())),
        summary=_summary(views),
        unit=unit,
        scope=((_("Scope"), _("All funds")),),
    )


def all_views(moment: Moment) -> list[ToleranceView]:
    """The view of every fund but grant ledgers, in the statements of one."""
    funds = list(Fund.objects.exclude(fund_class=FundClass.GRANT).order_by("code"))
    book, books = load_policies(), books_of(funds, moment)
    if looks_through(book):
        books = seen_through(books, moment)
    return [view_of(Target.of_fund(fund), moment, [fund], books, book) for fund in funds]


def register_table(views: Sequence[ToleranceView]) -> Table:
    """One line a fund: rate, cap, and how far the breach is."""
    return Table(
        _("Distance to each cap"),
        (
            Column(_("Fund")), Column(_("Status")), Column(_("Loss rate"), PERCENT),
            Column(_("Cap in effect"), PERCENT), Column(_("Markdown to breach"), PERCENT),
            Column(_("Failures at least")), Column(_("Failures for certain")),
            Column(_("New investment that may be lost"), MONEY), Column(_("Probability of breach"), PERCENT),
            Column(_("Simulated as of")),
        ),
        tuple(_line(view) for view in views),
        note=_("The probability is that of the latest simulation of the same rule, reading and cap."),
    )  # fmt: skip


def _line(view: ToleranceView) -> Row:
    answer = view.main
    on = stressed(view, answer)
    cells: tuple[Value, ...] = (
        Text(words.name_of(view.target)),
        Text(words.status_of(answer).label),
        percent_or_unknown(answer.rate.rate, _("Nothing was invested by this day.")),
        percent_or_unknown(answer.tolerance.effective_cap, tables.cap_note(answer)),
        *_distance(on),
    )
    run = answer.breach
    simulated: tuple[Value, ...] = (
        Percent(run.probability) if run else Unknown(_("No finished run answers this question. Ask for one.")),
        Text(run.as_of.isoformat() if run else "–"),
    )
    return Row((*cells, *simulated), parts.stress_link(view.target, view.moment), unverified=answer.unverified)


def _distance(on: Stressed | NotStressed) -> tuple[Value, Value, Value, Value]:
    if not isinstance(on, Stressed):
        none = Unknown(_("No cap tested"))
        return none, none, none, none
    found = on.reverse()
    none = Unknown(str(parts.STATES[found.state][0]))
    new = found.max_new_total_loss_investment
    return (
        none if found.markdown_to_breach is None else Percent(found.markdown_to_breach),
        none if found.k_min is None else Text(number_text(found.k_min)),
        none if found.k_max is None else Text(number_text(found.k_max)),
        Unknown(_("Under a cap of 100 % any amount.")) if new is None else Money(max(0, fen(new))),
    )


def _summary(views: Sequence[ToleranceView]) -> str:
    tested = [on for view in views if isinstance(on := stressed(view, view.main), Stressed)]
    exceeded = sum(on.reverse().state == parts.StressState.BREACHED_NOW for on in tested)
    return _("%(tested)s funds with a cap, %(exceeded)s above it") % {"tested": len(tested), "exceeded": exceeded}


def _of_one(target: Target, moment: Moment, unit: str) -> ReportData:
    loaded = load(target, moment)
    answer = loaded.view.main
    on = stressed(loaded.view, answer)
    names = names_of(loaded.view, on)
    own = Q(group=target.group) if target.group is not None else Q(fund=target.fund)
    sections = [_runs_section(moment, own), Section(_("What-if scenarios"), tables=(_scenarios(loaded, own),))]
    if isinstance(on, Stressed):
        sections.insert(0, parts.reverse_section(on, names, unit))
    name = words.name_of(target)
    return ReportData(
        title=_("Stress tests: %(name)s") % {"name": name},
        sections=tuple(sections),
        summary=parts.sentence(on.reverse()) if isinstance(on, Stressed) else words.sentence(target, answer),
        sources=(Source(_("Ledger, valuations and rules"), "", loaded.view.inputs_hash, unverified=answer.unverified),),
        unit=unit,
        scope=((_("Scope"), name),),
    )


def _runs_section(moment: Moment, own: Q) -> Section:
    """Finished runs by then, and the outcome rows of the latest."""
    rows = StressRun.objects.filter(own, state=JobState.DONE, as_of__lte=moment.as_of, finished_at__lte=moment.known_at)
    runs = list(rows.select_related("fund", "group").order_by("-as_of", "-finished_at")[:100])
    used = {run.parameters["table"]: run for run in reversed(runs)}
    latest = {kind: next((run for run in runs if run.kind == kind), None) for kind in StressKind} if own else {}
    return Section(
        _("Simulations"),
        figures=tuple(stress_runs.probability_figure(kind, run) for kind, run in latest.items()),
        tables=(
            stress_runs.runs_table(runs, named=not own),
            *(stress_runs.parameters_table(rows_of(run.parameter_rows)) for run in used.values()),
        ),
    )


def _scenarios(loaded: Loaded, own: Q) -> Table:
    rows: list[tuple[Scenario, WhatIf | str]] = []
    for scenario in Scenario.objects.filter(own, archived_at=None, created_at__lte=loaded.view.moment.known_at)[:100]:
        try:
            rows.append((scenario, loaded.suppose(Supposed.from_data(scenario.changes))))
        except RuleViolation as violation:
            rows.append((scenario, str(violation)))
    return scenarios_table(rows)


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "How far each fund is from its cap: markdowns, failures and new money that reach it, and how likely that is."
    ),
    parameters=RegisterParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)

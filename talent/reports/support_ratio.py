"""Report kind "support ratio": the board of a month end, with a staff plan where one is chosen."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.core.money import Unit
from innovation.organisations.models import Organisation
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import ReportData, Section, Source
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind
from talent.choices.ratio import RatioCode
from talent.models import LaboratoryProgramme, RatioDefinition, RatioMonthEnd, StaffPlan
from talent.models.visibility import SEES_TALENT_FIGURES
from talent.queries.plans import PlanAnswer, PlanInputs, Start
from talent.queries.ratio import Board, Scope, Workload, alternates, board_of, definitions_of, latest_month, past_of
from talent.reports import plans
from talent.reports import ratio as parts

CODE = "support_ratio"
TITLE = gettext_lazy("Ratio of supporting staff")


class RatioParameters(ParametersForm):
    """An organisation, a programme or all; another definition than the city's; a saved plan."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(Q(laboratories__isnull=False)).distinct().order_by("pinyin", "pk"),
        label=gettext_lazy("Organisation"), required=False, empty_label=gettext_lazy("All organisations"),
    )  # fmt: skip
    programme = forms.ModelChoiceField(
        LaboratoryProgramme.objects.all(), label=gettext_lazy("Programme"), required=False,
        empty_label=gettext_lazy("All laboratories"),
    )  # fmt: skip
    definition = forms.ChoiceField(
        label=gettext_lazy("Definition"), required=False,
        choices=[("", gettext_lazy("The one the city steers by")), *RatioCode.choices],
    )  # fmt: skip
    plan = forms.ModelChoiceField(
        StaffPlan.objects.filter(archived_at=None), label=gettext_lazy("Staff plan"), required=False,
        empty_label=gettext_lazy("None"),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("organisation") and data.get("programme"):
            self.add_error("programme", _("Choose an organisation or a programme, not both."))
        return data


def chosen_definition(month: RatioMonthEnd, code: str) -> RatioDefinition:
    """The version of a code that was kept at a month end; the city's own without a code or where it has none."""
    kept = definitions_of(month)
    return next((definition for definition in kept if definition.code == code), month.main)


def answer_of(plan: StaffPlan) -> PlanAnswer:
    """A saved plan with everything the rules say about it."""
    return PlanAnswer(Start.from_data(plan.start), PlanInputs.from_data(plan.inputs), plan.month.as_of)


def scope_words(scope: Scope) -> str:
    """Whose laboratories."""
    if scope.organisation is not None:
        return scope.organisation.name
    return str(scope.programme) if scope.programme is not None else _("All laboratories")


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The last month end that was kept by both times; a report without sections before the first."""
    month = latest_month(as_of, known_at)
    scope = Scope(params.get("organisation"), params.get("programme"))
    title = _("Supporting staff: %(name)s") % {"name": scope_words(scope)}
    if month is None:
        return ReportData(title, (), _("No month end was kept by then."), scope=((_("Scope"), scope_words(scope)),))
    definition = chosen_definition(month, params.get("definition") or "")
    board = board_of(month, definition, scope)
    plan = params.get("plan")
    return ReportData(
        title=title,
        sections=(*board_sections(month, board), *(_plan_sections(plan) if plan else ())),
        summary=parts.sentence(board),
        sources=(parts.definition_source(definition), _kept(month)),
        unit=params.get("unit") or Unit.WAN.value,
        scope=((_("Scope"), scope_words(scope)), (_("Definition"), str(definition))),
    )


def board_sections(month: RatioMonthEnd, board: Board) -> tuple[Section, ...]:
    """The parts of a board for a report."""
    past = past_of(month, board.definition, board.scope)
    others = alternates(month, board.definition, board.scope)
    return (
        parts.board_section(board, past),
        *(
            [Section(_("Organisations"), tables=(parts.organisations_table(board),))]
            if len(board.organisations) > 1
            else []
        ),
        Section(_("Laboratories"), tables=(parts.laboratories_table(board),)),
        Section(
            _("What the figures mean"),
            tables=(parts.alternates_table(others), *workload_tables(board)),
            notes=parts.definition_notes(board.definition),
        ),
    )


def workload_tables(board: Board) -> tuple[Any, ...]:
    """The workload; a programme cuts through organisations, whose agreements cannot be told apart."""
    return () if board.scope.programme is not None else (parts.workload_table(Workload.of(board)),)


def _plan_sections(plan: StaffPlan) -> tuple[Section, ...]:
    title = _("Staff plan: %(name)s") % {"name": plan.name}
    whose = scope_words(Scope(plan.organisation, plan.programme))
    facts = _("%(whose)s, from %(day)s, definition %(definition)s") % {
        "whose": whose, "day": plan.month.as_of, "definition": plan.definition,
    }  # fmt: skip
    answer = answer_of(plan)
    return (Section(title, notes=(facts, plans.sentence(answer))), *plans.plan_sections(answer))


def _kept(month: RatioMonthEnd) -> Source:
    return Source(
        _("Figures kept for the month end"),
        _("%(day)s, %(count)s laboratories") % {"day": month.as_of, "count": month.laboratories},
        str(month.pk),
    )


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "How many supporting staff stand beside ten professionals, laboratory by laboratory, what is missing, and what "
        "a staff plan would do about it."
    ),
    parameters=RatioParameters,
    build=build,
    roles=frozenset(SEES_TALENT_FIGURES),
    default_schedule=DefaultSchedule(every=Every.MONTH, day=3, day_rule=DayRule.WORKING),
)

"""Training: cohorts with seats and results, one cohort with its people, filing for unified numbers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Figure, Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageMixin, TableView, signed_in
from talent.actions import training as actions
from talent.choices.credentials import CohortState, TrainingResult
from talent.filters.credentials import CohortFilters
from talent.forms import training as forms
from talent.models import Cohort, Enrolment, Person, TrainingProgramme
from talent.models.visibility import sees_talent_figures
from talent.queries.standing import standing_of
from talent.queries.training import counted, rates
from talent.rules.schemes import files_with_authority
from talent.views.personal import PersonalPage, PersonalTable

TITLE = _("Training cohorts")
TONES = {
    CohortState.PLANNED: Tone.IDLE, CohortState.RUNNING: Tone.INFO, CohortState.FINISHED: Tone.OK,
    CohortState.CANCELLED: Tone.BAD,
}  # fmt: skip
RESULT_FIELDS = ("name_zh", "attended_hours", "result", "placed_at", "unified_number")
RESULT_TONES = {
    TrainingResult.PENDING: Tone.IDLE, TrainingResult.PASSED: Tone.OK, TrainingResult.FAILED: Tone.BAD,
    TrainingResult.LEFT: Tone.NOTICE,
}  # fmt: skip


def sees_training(user: Any) -> bool:
    """The office, its managers, and people of an organisation that teaches."""
    return sees_talent_figures(user) or standing_of(user).teaches


class CohortList(TableView):
    """Cohorts with seats, results and placements, and the rates of the finished ones."""

    title = TITLE
    lead = _("Who teaches what to how many, who passed and who found a post afterwards.")
    template_name = "talent/training/cohorts.html"
    allowed = staticmethod(sees_training)
    filterset_class = CohortFilters
    default_sort = "-from"
    columns = (
        TableColumn(pgettext_lazy("credential", "Programme"), lambda row: str(row.programme), key="programme",
                    heading=True,
                    order_by=("programme__code",), link=lambda row: row.get_absolute_url()),
        TableColumn(_("Cohort"), "number", key="number", order_by=("number",)),
        TableColumn(_("Training base"), lambda row: row.programme.base.name, key="base"),
        TableColumn(_("From"), "starts_on", Kind.DATE, key="from", order_by=("starts_on",)),
        TableColumn(_("To"), "ends_on", Kind.DATE, key="to", order_by=("ends_on",)),
        TableColumn(_("Seats"), "seats", Kind.INTEGER, key="seats", order_by=("seats",)),
        TableColumn(_("Taken"), "taken", Kind.INTEGER, key="taken", order_by=("taken",)),
        TableColumn(_("Passed"), "passed", Kind.INTEGER, key="passed", order_by=("passed",)),
        TableColumn(_("Placed"), "placed", Kind.INTEGER, key="placed", order_by=("placed",)),
        TableColumn(_("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
                    cell=lambda row: status_html(Status(row.get_state_display(), TONES[CohortState(row.state)]))),
    )  # fmt: skip
    empty_title = _("No cohort is planned yet")
    empty_text = _("A training base or the office plans one for a programme.")

    def get_queryset(self) -> QuerySet[Cohort]:
        return counted(Cohort.objects.visible_to(self.request.user))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        programmes = actions.run_by(user)
        found = rates(self.get_queryset())
        figures = [
            Figure(_("Finished cohorts"), f"{found.cohorts}"),
            Figure(_("Pass rate"), None if found.pass_rate is None else percent_text(found.pass_rate),
                   note=_("passed over decided"), unknown=_("Nobody was decided yet")),
            Figure(_("Placement rate"), None if found.placement_rate is None else percent_text(found.placement_rate),
                   note=_("placed over passed"), unknown=_("Nobody passed yet")),
        ]  # fmt: skip
        return super().get_context_data(programmes=programmes, figures=figures, **kwargs)


class CohortMixin(PageMixin):
    """The cohort that the address names, for the office and its base."""

    request: HttpRequest
    kwargs: dict[str, Any]
    allowed = staticmethod(signed_in)

    @cached_property
    def cohort(self) -> Cohort:
        rows = Cohort.objects.visible_to(self.request.user)
        found = counted(rows).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:cohorts")), (str(self.cohort), None)]


class CohortPage(CohortMixin, PersonalTable, TableView):
    """One cohort: seats, people, results, filing."""

    read_fields = RESULT_FIELDS
    template_name = "talent/training/cohort.html"
    empty_title = _("Nobody is enrolled yet")
    empty_text = _("Enrol people of the registry until the seats are taken.")

    def get_title(self) -> str:
        return str(self.cohort)

    def get_queryset(self) -> QuerySet[Enrolment]:
        rows = Enrolment.objects.visible_to(self.request.user).filter(cohort=self.cohort)
        return rows.select_related("person", "placed_at")

    def get_columns(self) -> Sequence[TableColumn]:
        may = self.may_run

        def act(row: Enrolment) -> Any:
            if not may or self.cohort.filed_on:
                return ""
            address = reverse("talent:enrolment_result", args=[row.pk])
            return format_html('<a href="{}">{}</a>', address, gettext("Record the result"))

        def place(row: Enrolment) -> Any:
            if row.placed_at:
                return f"{row.placed_at.name} ({row.placed_on})"
            if not may or row.result != TrainingResult.PASSED:
                return ""
            address = reverse("talent:enrolment_placement", args=[row.pk])
            return format_html('<a href="{}">{}</a>', address, gettext("Record a post"))

        return (
            TableColumn(_("Person"), lambda row: row.person.shown_name, key="person", heading=True,
                        order_by=("person__pinyin",)),
            TableColumn(_("Hours attended"), "attended_hours", Kind.INTEGER, key="hours",
                        order_by=("attended_hours",)),
            TableColumn(_("Result"), lambda row: row.get_result_display(), key="result", order_by=("result",),
                        cell=lambda row: status_html(
                            Status(row.get_result_display(), RESULT_TONES[TrainingResult(row.result)]))),
            TableColumn(_("Placed at"), lambda row: row.placed_at.name if row.placed_at else "", key="placed",
                        cell=place),
            TableColumn(_("Unified number"), "unified_number", key="unified", unknown=_("Not filed")),
            *((TableColumn(_("Act"), lambda row: "", key="act", cell=act),) if may else ()),
        )  # fmt: skip

    @cached_property
    def may_run(self) -> bool:
        return actions.runs(self.request.user, self.cohort.programme)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.cohort
        user = self.request.user
        files = one.state == CohortState.FINISHED and one.filed_on is None and one.programme.version_id
        return super().get_context_data(
            cohort=one, status=Status(one.get_state_display(), TONES[CohortState(one.state)]), facts=cohort_facts(one),
            steps=[(CohortState(step), step.value) for step in actions.next_states(one)] if self.may_run else [],
            may_enrol=self.may_run and one.state in {CohortState.PLANNED, CohortState.RUNNING},
            may_file=bool(files) and user.has_perm("talent.decide_credential"), **kwargs,
        )  # fmt: skip


def cohort_facts(cohort: Any) -> list[Fact]:
    programme = cohort.programme
    version = programme.version
    leads_to = f"{version.scheme.name} · {version.scheme.level_name(programme.level)}" if version else None
    return [
        Fact(_("Training base"), programme.base.name, programme.base.get_absolute_url()),
        Fact(pgettext_lazy("credential", "Leads to"), leads_to, version.get_absolute_url() if version else "",
             unknown=_("No credential")),
        Fact(_("Days"), f"{cohort.starts_on} – {cohort.ends_on}"),
        Fact(_("Hours"), gettext("%(hours)s, of which %(needed)s have to be attended")
             % {"hours": programme.hours, "needed": programme.needed_hours}),
        Fact(_("Seats"), gettext("%(taken)s of %(seats)s taken") % {"taken": cohort.taken, "seats": cohort.seats}),
        Fact(_("Filed"), f"{cohort.filed_on}" if cohort.filed_on else None, unknown=_("Not filed")),
    ]  # fmt: skip


class NewCohort(FormPage):
    """Plan a cohort of a programme."""

    title = _("Plan a cohort")
    form_class = forms.CohortForm
    allowed = staticmethod(sees_training)
    submit_label = _("Plan the cohort")
    made: Cohort

    @cached_property
    def programme(self) -> TrainingProgramme:
        found = TrainingProgramme.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None or not actions.runs(self.request.user, found):
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=str(self.programme), **kwargs)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:cohorts")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, self.cancel_url), (self.title, None)]

    def act(self, form: Any) -> None:
        self.made = actions.open_cohort(programme_id=self.programme.pk, actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class _CohortAct(CohortMixin, FormPage):
    """An act of who runs the cohort."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not actions.runs(request.user, self.cohort.programme):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.cohort.get_absolute_url()

    def get_success_url(self) -> str:
        return self.cohort.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (str(self.cohort), self.cohort.get_absolute_url())
        return [(TITLE, reverse("talent:cohorts")), here, (self.get_title(), None)]


class Enrol(_CohortAct):
    title = _("Enrol a person")
    form_class = forms.EnrolForm
    submit_label = _("Enrol")

    def act(self, form: Any) -> None:
        actions.enrol(cohort_id=self.cohort.pk, person_id=form.cleaned_data["person"].pk, actor=self.request.user)


class MoveCohort(_CohortAct, ConfirmPage):
    """Start, finish or cancel."""

    TITLES = {"running": _("Start the cohort"), "finished": _("Finish the cohort"), "cancelled": _("Cancel the cohort")}

    def get_title(self) -> Any:
        if self.kwargs["state"] not in self.TITLES:
            raise Http404
        return self.TITLES[self.kwargs["state"]]

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        return self.get_title()

    def facts(self) -> Sequence[Fact]:
        return cohort_facts(self.cohort)

    def act(self, form: Any) -> None:
        actions.move_cohort(cohort_id=self.cohort.pk, state=self.kwargs["state"], actor=self.request.user)


class FileCohort(PersonalPage, CohortMixin, FormPage):
    """File the passes with the authority; each becomes a credential."""

    read_fields = RESULT_FIELDS
    title = _("File the passes")
    lead = _("Each person who passed gets the unified number that the authority gave, and the credential of the level.")
    form_class = forms.FilingForm
    submit_label = _("File and grant")
    allowed = staticmethod(lambda user: user.is_authenticated and user.has_perm("talent.decide_credential"))

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.cohort.get_absolute_url()

    def get_success_url(self) -> str:
        return self.cohort.get_absolute_url()

    def get_initial(self) -> dict[str, Any]:
        return {"filed_on": timezone.localdate()}

    @cached_property
    def passed(self) -> list[Enrolment]:
        rows = self.cohort.enrolments.filter(result=TrainingResult.PASSED)
        return list(rows.select_related("person").order_by("pk"))

    def people_read(self) -> list[Person]:
        return [row.person for row in self.passed]

    def get_form_kwargs(self) -> dict[str, Any]:
        programme = self.cohort.programme
        numbered = bool(programme.version) and files_with_authority(programme.version.rules, programme.level)
        return super().get_form_kwargs() | {"passed": self.passed, "numbered": numbered}

    def act(self, form: Any) -> None:
        actions.file_cohort(
            cohort_id=self.cohort.pk, numbers=form.numbers(), filed_on=form.cleaned_data["filed_on"],
            actor=self.request.user,
        )  # fmt: skip


class _EnrolmentAct(PersonalPage, _CohortAct):
    """An act upon one enrolment; the address names it, and it names its cohort."""

    read_fields = RESULT_FIELDS

    def people_read(self) -> Person:
        return self.enrolment.person

    @cached_property
    def enrolment(self) -> Enrolment:
        rows = Enrolment.objects.visible_to(self.request.user).select_related("person")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def cohort(self) -> Any:
        found = counted(Cohort.objects.visible_to(self.request.user)).filter(pk=self.enrolment.cohort_id).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lead=self.enrolment.person.shown_name, **kwargs)


class RecordResult(_EnrolmentAct):
    title = _("Record the result")
    form_class = forms.ResultForm

    def get_initial(self) -> dict[str, Any]:
        return {"attended_hours": self.enrolment.attended_hours, "result": self.enrolment.result}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        actions.record_result(
            enrolment_id=self.enrolment.pk, attended_hours=data["attended_hours"], result=data["result"],
            actor=self.request.user,
        )  # fmt: skip


class RecordPlacement(_EnrolmentAct):
    title = _("Record a post")
    form_class = forms.PlacementForm

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        actions.record_placement(
            enrolment_id=self.enrolment.pk, organisation_id=data["organisation"].pk, placed_on=data["placed_on"],
            actor=self.request.user,
        )  # fmt: skip

"""The pages of reports: which there are, asking for one, the list of runs, a run itself, its files."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind, disposition
from innovation.core.forms import SubmitOnce
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.money import Unit
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageMixin, PageView, TableView
from innovation.reports import actions, queries, registry
from innovation.reports.choices import CONTENT_TYPES
from innovation.reports.content import ReportData
from innovation.reports.filters import RunFilter
from innovation.reports.forms import QuestionFields, parameters_of, question_form
from innovation.reports.models import ReportFile, ReportRun, ReportSchedule
from innovation.reports.registry import ReportKind
from innovation.reports.rendering.base import moment_text
from innovation.reports.rendering.view import shown

log = structlog.get_logger(__name__)
TONES = {
    JobState.QUEUED: Tone.IDLE,
    JobState.RUNNING: Tone.INFO,
    JobState.DONE: Tone.OK,
    JobState.FAILED: Tone.BAD,
}


def reads_reports(user: Any) -> bool:
    """Whether any kind of report is open to ``user``."""
    return bool(registry.kinds_for(user))


def state_of(run: ReportRun) -> Status:
    return Status(run.get_state_display(), TONES[JobState(run.state)])


class ReportPage(PageMixin):
    allowed = staticmethod(reads_reports)
    trail: Sequence[Crumb] = ()

    def breadcrumbs(self) -> Sequence[Crumb]:
        start: Crumb = (_("Reports"), reverse("reports:kinds"))
        return [start, *self.trail, (self.get_title(), None)]


class Kinds(ReportPage, PageView):
    """What can be asked, by whom it is made by itself, and the latest answer."""

    title = _("Reports")
    template_name = "reports/kinds.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overview = queries.kinds_overview(self.request.user)
        failed = queries.failed_lately(self.request.user)[:5]
        return super().get_context_data(overview=overview, failed=failed, **kwargs)


class Ask(ReportPage, SubmitOnce, FormView):
    """Ask for a report now. The address may hold parameters, so that a question can be asked again."""

    template_name = "reports/ask.html"

    @cached_property
    def kind(self) -> ReportKind:
        try:
            kind = registry.get(self.kwargs["kind"])
        except RuleViolation as violation:
            raise Http404(str(violation)) from violation
        if kind not in registry.kinds_for(self.request.user):
            raise PermissionDenied
        return kind

    def get_title(self) -> Any:
        return self.kind.title

    @property
    def lead(self) -> Any:
        return self.kind.description

    def get_form_class(self) -> type[QuestionFields]:
        return question_form(self.kind)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        query = self.request.GET
        return {name: values if len(values) > 1 else values[0] for name, values in query.lists()}

    def form_valid(self, form: QuestionFields) -> HttpResponse:
        data = form.cleaned_data
        run, created = actions.request_run(
            kind=self.kind.code,
            parameters=parameters_of(form, self.kind),
            actor=self.request.user,
            as_of=data["as_of"],
            known_at=data["known_at"],
            language=data["language"],
            mail_to_asker=data["mail_to_asker"],
        )
        if not created:
            messages.info(self.request, _("This question was asked before; this is its report."))
        return redirect(run)


def _parameters_text(run: ReportRun) -> str:
    """The parameters with the names that the form gives them."""
    labels = registry.parameter_labels(run.kind)
    return ", ".join(f"{labels.get(name, name)}: {value}" for name, value in sorted(run.parameters.items()))


class Runs(ReportPage, TableView):
    """Every report that was asked for."""

    title = _("Reports made")
    filterset_class = RunFilter
    default_sort = "-asked"
    empty_title = _("No report has been made yet")
    empty_text = _("Choose a report on the page Reports and ask for it.")
    columns = (
        TableColumn(
            _("Report"), "title", key="report", order_by=("kind",), link=ReportRun.get_absolute_url, heading=True
        ),
        TableColumn(_("Parameters"), _parameters_text, key="parameters"),
        TableColumn(_("Period"), "period", key="period", order_by=("period",), unknown=_("asked for by hand")),
        TableColumn(_("As of"), "as_of", Kind.DATE, key="as_of", order_by=("as_of",)),
        TableColumn(_("Known at"), "known_at", Kind.DATETIME, key="known_at", order_by=("known_at",)),
        TableColumn(_("Language"), lambda run: run.get_language_display(), key="language", order_by=("language",)),
        TableColumn(
            _("State"), lambda run: run.get_state_display(), key="state", order_by=("state",),
            cell=lambda run: status_html(state_of(run)),
        ),
        TableColumn(
            _("Asked by"), "asked_by", key="by", order_by=("asked_by",), cell=lambda run: run.asked_by.split(" <")[0]
        ),
        TableColumn(_("Asked for"), "created_at", Kind.DATETIME, key="asked", order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ReportRun]:
        return ReportRun.objects.visible_to(self.request.user)


class Run(ReportPage, PageView):
    """One run: its progress, then the report itself. This address stays valid and keeps saying the same."""

    template_name = "reports/run.html"

    @property
    def trail(self) -> Sequence[Crumb]:
        return [(_("Reports made"), reverse("reports:runs"))]

    @cached_property
    def run(self) -> ReportRun:
        runs = ReportRun.objects.visible_to(self.request.user).select_related("schedule")
        return get_object_or_404(runs, pk=self.kwargs["pk"])

    @cached_property
    def data(self) -> ReportData | None:
        return queries.data_of(self.run) if self.run.state == JobState.DONE else None

    def get_title(self) -> Any:
        return f"{self.data.title if self.data else self.run.title} {self.run.period}".strip()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.htmx and not request.htmx.history_restore_request:
            if not self.run.is_open:
                return HttpResponse(headers={"HX-Refresh": "true"})
            return render(request, "reports/_progress.html", {"run": self.run})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, context = self.run, super().get_context_data(**kwargs)
        context |= {"run": run, "status": state_of(run), "as_of": run.as_of, "known_at": run.known_at}
        context["again"] = f"{reverse('reports:ask', args=[run.kind])}?{urlencode(queries.question(run), doseq=True)}"
        if self.data:
            unit = unit_of(self.request, Unit(self.data.unit))
            context |= {"report": shown(self.data, unit, links=True), "stamp": self._stamp()}
            context["files"] = run.files.defer("content")
            context["same"] = queries.same_data(run).first()
        return context

    def _stamp(self) -> list[Fact]:
        run = self.run
        return [
            Fact(_("As of"), run.as_of.isoformat()),
            Fact(_("Known at"), moment_text(run.known_at)),
            Fact(_("Asked by"), run.asked_by),
            Fact(_("Made at"), moment_text(run.finished_at)),
            Fact(_("Version"), f"{run.engine_version} / {run.kind} {run.kind_version}"),
            Fact(_("Data hash (SHA-256)"), run.data_hash),
            Fact(_("Hash of the inputs"), run.inputs_hash),
        ]


class Download(ReportPage, PageView):
    """A file of a run, always as an attachment."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        files = ReportFile.objects.visible_to(request.user).select_related("run")
        file = get_object_or_404(files, run=kwargs["pk"], format=kwargs["format"])
        return file_response(file, request.user)


def file_response(file: ReportFile, reader: Any) -> HttpResponse:
    """``file`` as a download, and a line in the log of who took it."""
    run = file.run
    log.info("report downloaded", run=run.pk, format=file.format, reader=reader.pk)
    name = f"{run.title} {run.period or run.as_of.isoformat()}"
    return HttpResponse(
        bytes(file.content),
        content_type=CONTENT_TYPES[file.format],
        headers={
            "Content-Disposition": disposition(name, file.format),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


class Post(ReportPage, PageView):
    """Base of the buttons: POST only, then back to a page."""

    http_method_names = ["post"]


class Retry(Post):
    """Try a failed run again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ReportRun.objects.visible_to(request.user), pk=pk)
        try:
            actions.retry(run=run, actor=request.user)
        except RuleViolation as violation:
            messages.error(request, str(violation))
        return redirect(run)


class Subscribe(Post):
    """Begin or end being told of a scheduled report."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        schedule = get_object_or_404(ReportSchedule.objects.visible_to(request.user), pk=pk)
        if request.POST.get("wanted") == "1":
            actions.subscribe(schedule=schedule, user=request.user)
            messages.success(request, _("You will get a mail when this report is ready."))
        else:
            actions.unsubscribe(schedule=schedule, user=request.user)
            messages.success(request, _("You get no more mail about this report."))
        return HttpResponseRedirect(reverse("reports:kinds"))

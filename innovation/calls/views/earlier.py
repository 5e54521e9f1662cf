"""Earlier awards: the list, and files that are checked first and then written."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.calls.filters.earlier import AwardFilters
from innovation.calls.forms.earlier import AwardConfirmForm, AwardFileForm
from innovation.calls.imports.award_rows import template_csv
from innovation.calls.imports.awards import SEND, confirm_awards, send_awards
from innovation.calls.models import AwardImport
from innovation.calls.models.following import works_here
from innovation.calls.queries.earlier import earlier_awards
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, TableView


def sends_awards(user: Any) -> bool:
    """Whoever may take in a file of earlier awards."""
    return works_here(user) and user.has_perm(SEND)


class EarlierAwards(TableView):
    """All earlier awards that were taken in."""

    title = _("Earlier awards")
    lead = _("Grants of earlier years and of other funders. They stand on the case of whoever applies again.")
    template_name = "calls/earlier/awards.html"
    allowed = staticmethod(works_here)
    filterset_class = AwardFilters
    default_sort = "-awarded"
    empty_title = _("No earlier awards")
    empty_text = _("Take in a file of old grants to see who was funded before.")
    columns = (
        TableColumn(_("Project"), "title", key="title", heading=True, order_by=("title",)),
        TableColumn(_("Organisation"), lambda row: row.organisation.name, key="organisation",
                    order_by=("organisation__name_zh",), link=lambda row: row.organisation.get_absolute_url()),
        TableColumn(_("Funder"), "funder", key="funder", order_by=("funder",)),
        TableColumn(pgettext_lazy("award", "Number"), "number", key="number", order_by=("number",)),
        TableColumn(_("Programme"), "programme", key="programme", files_only=True),
        TableColumn(_("Leader of the project"), "leader", key="leader", order_by=("leader",)),
        TableColumn(pgettext_lazy("amount", "Award"), "amount_fen", Kind.MONEY, key="amount", order_by=("amount_fen",)),
        TableColumn(_("Awarded on"), "awarded_on", Kind.DATE, key="awarded", order_by=("awarded_on",)),
        TableColumn(_("Ends on"), "ends_on", Kind.DATE, key="ends", order_by=("ends_on",)),
        TableColumn(_("State"), lambda row: row.get_state_display(), key="state", order_by=("state",)),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return earlier_awards(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_send=sends_awards(self.request.user), **kwargs)


class _SendingPage(FormPage):
    allowed = staticmethod(sends_awards)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("calls:awards")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Earlier awards"), reverse("calls:awards")), (self.get_title(), None)]


class AwardSendPage(_SendingPage):
    """Choose the file; the next page says what it would do."""

    title = _("Take in earlier awards")
    lead = _("First you see what each row would do. Nothing is written before you say so.")
    template_name = "calls/earlier/send.html"
    form_class = AwardFileForm
    submit_label = _("Check the file")

    def form_valid(self, form: AwardFileForm) -> HttpResponse:
        made = send_awards(upload=form.cleaned_data["file"], actor=self.request.user)
        return HttpResponseRedirect(made.get_absolute_url())


class AwardFilePage(_SendingPage):
    """What a file would do, with what is wrong beside each cell; once written its receipt."""

    template_name = "calls/earlier/file.html"
    form_class = AwardConfirmForm
    submit_label = _("Write all rows")

    @cached_property
    def file(self) -> AwardImport:
        found = AwardImport.objects.visible_to(self.request.user).select_related("recorded_by")
        row = found.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def get_title(self) -> str:
        return self.file.file_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        file, counts = self.file, self.file.report["counts"]
        facts = [
            Fact(_("Rows"), str(file.report["rows"])),
            Fact(pgettext_lazy("rows of a file", "New"), str(counts["new"])),
            Fact(pgettext_lazy("rows of a file", "Changed"), str(counts["changed"])),
            Fact(pgettext_lazy("rows of a file", "As recorded"), str(counts["same"])),
            Fact(_("Cells to mend"), str(file.report["faults"])),
            Fact("SHA-256", file.sha256),
            Fact(_("Handed in by"), str(file.recorded_by)),
        ]
        return super().get_context_data(file=file, facts=facts, report=file.report, **kwargs)

    def act(self, form: AwardConfirmForm) -> None:
        done = confirm_awards(import_id=self.file.pk, actor=self.request.user)
        messages.success(self.request, gettext("Written: %(new)s new, %(changed)s changed, %(same)s as recorded.")
                         % done.report["counts"])  # fmt: skip

    def get_success_url(self) -> str:
        return self.file.get_absolute_url()


class AwardTemplate(PageMixin, View):
    """An example of the table."""

    allowed = staticmethod(sends_awards)

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="earlier-awards.csv"'}
        return HttpResponse(template_csv(), content_type="text/csv; charset=utf-8", headers=headers)

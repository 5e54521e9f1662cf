"""The filing extract for the national register: made, committed to, filed; taken away as workbook or JSON."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions import filing as actions
from funds.forms.evaluation import CommitmentForm, FiledForm, YearForm
from funds.models import FilingExtract
from funds.models.visibility import sees_funds
from funds.reports import filing
from funds.reports.entries import moment_text, person
from funds.views.records import ActPage, RecordPage, status_of
from innovation.core.components import Fact, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.figures import unknown as missing
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, TableView

LIST = _("Filings to the national register")


def makes(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.MAKES))


def commits(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.COMMITS))


def extracts_of(user: Any) -> QuerySet[FilingExtract]:
    return FilingExtract.objects.visible_to(user).select_related("fund", "made_by", "committed_by")


class FilingList(TableView):
    """All extracts, the last year first; each is due within six months of its year's end."""

    title = LIST
    lead = _("What is filed of each fund for each year, with its truth commitment; due within six months of year end.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/filings.html"
    default_sort = "-year"
    empty_title = _("No extract was made yet")
    empty_text = _("Choose a fund and a year that has ended.")
    columns = (
        TableColumn(
            _("Fund"), lambda row: row.fund.name, key="fund", order_by=("fund__code",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Year"), "year", key="year", order_by=("year", "fund__code")),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("File by"), "due_on", Kind.DATE, key="due", order_by=("due_on",)),
        TableColumn(_("Filed on"), "filed_on", Kind.DATE, key="filed", unknown=_("Not filed yet")),
        TableColumn(_("Made by"), lambda row: person(row.made_by), key="by"),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[FilingExtract]:
        return extracts_of(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_write=makes(self.request.user), **kwargs)


class FilingNew(FormPage):
    title = _("Make an extract")
    lead = _("A draft of the same fund and year is made anew with what is known now.")
    allowed = staticmethod(makes)
    form_class = YearForm
    submit_label = _("Make the extract")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:filings")), (self.title, None)]

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        self.made = actions.make_extract(fund=data["fund"], year=data["year"], actor=self.request.user)

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class FilingPage(RecordPage):
    """One extract: its fields, and those that the product does not know."""

    allowed = staticmethod(sees_funds)

    def get_records(self) -> QuerySet[FilingExtract]:
        return extracts_of(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:filings")), (str(self.record), None)]

    def facts(self) -> list[Fact]:
        row = self.record
        committed = f"{person(row.committed_by)} · {moment_text(row.committed_at)}" if row.committed_by else None
        return [
            Fact(_("Year"), str(row.year)),
            Fact(_("File by"), row.due_on.isoformat()),
            Fact(_("Data as of"), row.content.get("as_of", "")),
            Fact(_("Made as known at"), filing.known_at_text(row.content)),
            Fact(_("Field list after"), "; ".join(filing.sources_of(row.content)) or None, unknown=_("Not recorded")),
            Fact("SHA-256", row.sha256),
            Fact(_("Made by"), person(row.made_by), unknown=_("Not recorded")),
            Fact(_("Truth committed by"), committed, unknown=_("Nobody yet")),
            Fact(_("Truth commitment"), row.commitment or None, unknown=_("None")),
            Fact(_("Filed on"), row.filed_on and f"{row.filed_on} · {row.receipt}", unknown=_("Not filed yet")),
        ]

    def notes(self) -> list[tuple[str, Any]]:
        late = self.record.state != "FILED" and timezone.localdate() > self.record.due_on
        found: list[tuple[str, Any]] = [(str(Tone.BAD), _("This filing is late."))] if late else []
        return [*found, (str(Tone.INFO), filing.SECOND_HAND)]

    def tables(self) -> list[Table]:
        """The page shows values for reading; files hold the exact ones, with what they are given in."""
        unit, content = unit_of(self.request), self.record.content
        several = len(filing.sources_of(content)) > 1

        def shown(field: dict[str, Any]) -> str:
            return filing.field_text(field, unit) or missing(_("Not recorded"))

        names = (
            TableColumn(_("Code"), lambda field: field["code"], key="code"),
            TableColumn(_("Field"), filing.field_name, key="name", heading=True),
        )
        source = (
            TableColumn(_("Status of the field"), filing.status_text, key="status"),
            *([TableColumn(_("Source"), lambda field: field.get("source", ""), key="source")] if several else []),
        )
        values = (
            TableColumn(_("Value"), filing.exact_text, key="value", cell=shown),
            TableColumn(_("In the file as"), filing.exact_unit, key="unit"),
        )
        known, unknown = content.get("fields", []), content.get("unknown", [])
        return [
            Table(self.request, (*names, *values, *source), known, gettext("Fields"), name="fields",
                  page_sizes=(100,), notes=[filing.EXACT]),
            Table(self.request, (*names, *source), unknown, gettext("Fields that the product does not know"),
                  name="unknown"),
        ]  # fmt: skip

    def acts(self) -> list[tuple[Any, str]]:
        row, user = self.record, self.request.user
        found: list[tuple[Any, str]] = []
        if row.state == "DRAFT" and commits(user) and row.made_by_id != user.pk:
            found.append((Commit.submit_label, reverse("funds:filing_act", args=[row.pk, "commit"])))
        if row.state == "COMMITTED" and makes(user):
            found.append((File.submit_label, reverse("funds:filing_act", args=[row.pk, "file"])))
        asked = urlencode({"fund": row.fund_id, "as_of": row.content.get("as_of", "")})
        return [
            *found,
            (_("PDF and workbook"), f"{reverse('reports:ask', args=[filing.CODE])}?{asked}"),
            (_("Exact values (JSON)"), reverse("funds:filing_json", args=[row.pk])),
        ]


class FilingAct(ActPage):
    """Base of the acts upon an extract."""

    allowed = staticmethod(sees_funds)
    state = ""

    def get_records(self) -> QuerySet[FilingExtract]:
        return extracts_of(self.request.user).filter(state=self.state)


class Commit(FilingAct):
    form_class, submit_label, state = CommitmentForm, _("Commit to its truth"), "DRAFT"

    def may(self, user: Any, record: Any) -> bool:
        return commits(user)

    def act(self, form: BaseForm) -> None:
        words = form.cleaned_data["commitment"]
        actions.commit_extract(extract_id=self.record.pk, commitment=words, actor=self.request.user)


class File(FilingAct):
    form_class, submit_label, state = FiledForm, _("Record the filing"), "COMMITTED"

    def may(self, user: Any, record: Any) -> bool:
        return makes(user)

    def act(self, form: BaseForm) -> None:
        data = {name: form.cleaned_data[name] for name in FiledForm.base_fields}
        actions.file_extract(extract_id=self.record.pk, actor=self.request.user, **data)


ACTS: dict[str, type[FilingAct]] = {"commit": Commit, "file": File}


def filing_act(request: HttpRequest, pk: int, act: str) -> Any:
    """The page of one act; unknown ones are not found."""
    if act not in ACTS:
        raise Http404
    return ACTS[act].as_view()(request, pk=pk)


class FilingJson(PageMixin, View):
    """The extract as JSON, with its hash and the commitment."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = extracts_of(request.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        facts = {"sha256": row.sha256, "commitment": row.commitment, "content": row.content}
        text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)
        name = f"filing-{row.fund.code}-{row.year}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)

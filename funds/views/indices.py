"""Market indices: the list, one with its levels and files, and files read as a dry run before they are written."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.market import save_index
from funds.forms.market import IndexForm, LevelsForm
from funds.imports.index_levels import PERMISSION, check_levels, write_levels
from funds.models import IndexSeries, IndexUpload, IndexValue
from funds.models.visibility import sees_funds
from funds.queries.market import load_levels
from funds.views import index_tables as tables
from funds.views.deal_base import holds
from funds.views.moments import MomentPage
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.forms import OneTimeToken
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmForm, Crumb, FormPage, TableView


def trail(*more: tuple[Any, str | None]) -> list[Crumb]:
    """The way to an index."""
    return [(_("Performance"), reverse("funds:performance")), (IndexList.title, reverse("funds:indices")), *more]


class IndexList(TableView):
    """Every index that funds can be compared with."""

    title = _("Market indices")
    lead = _("Funds are compared with a total-return index. There is no feed: levels come as files, with their source.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/market/list.html"
    default_sort = "code"
    empty_title = _("No index is recorded")
    empty_text = _("Fund officers record one here and send its levels as a file.")
    columns = (
        TableColumn(
            _("Index"), "name", key="name", heading=True, link=lambda row: reverse("funds:index", args=[row.pk])
        ),
        TableColumn(_("Code"), "code", key="code", order_by=("code",)),
        TableColumn(_("Kind"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",)),
        TableColumn(_("Publisher"), "publisher", key="publisher"),
        TableColumn(_("First level"), "first", Kind.DATE, key="first", unknown=_("No level yet")),
        TableColumn(_("Last level"), "last", Kind.DATE, key="last", order_by=("last",), unknown=_("No level yet")),
        TableColumn(_("Levels"), "level_count", Kind.INTEGER, key="levels", order_by=("level_count",)),
    )

    def get_queryset(self) -> QuerySet[IndexSeries]:
        current = Q(values__superseded_at=None)
        return IndexSeries.objects.visible_to(self.request.user).annotate(
            first=Min("values__day", filter=current), last=Max("values__day", filter=current),
            level_count=Count("values", filter=current),
        )  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Performance"), reverse("funds:performance")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = reverse("funds:index_new") if self.request.user.has_perm("funds.add_indexseries") else ""
        return super().get_context_data(new_url=new, new_label=_("Record an index"), **kwargs)


class IndexPage(MomentPage):
    """One index at a moment: its levels as a chart and a table, what was corrected, and the files they came from."""

    template_name = "funds/market/index.html"

    @cached_property
    def series(self) -> IndexSeries:
        return get_object_or_404(IndexSeries.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.series.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.series.name, None))

    @cached_property
    def tables(self) -> dict[str, Table]:
        values = IndexValue.objects.filter(
            series=self.series, day__lte=self.as_of, recorded_at__lte=self.known_at
        ).select_related("upload")
        known = values.filter(Q(superseded_at=None) | Q(superseded_at__gt=self.known_at))
        corrected = values.filter(superseded_at__lte=self.known_at)
        uploads = IndexUpload.objects.filter(series=self.series, uploaded_at__lte=self.known_at)
        return {
            "levels": tables.levels_table(self.request, known),
            "corrected": tables.corrected_table(self.request, corrected),
            "uploads": tables.uploads_table(self.request, uploads.defer("levels").select_related("uploaded_by")),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond(self.tables.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        levels = load_levels(self.series, self.moment)
        return super().get_context_data(
            facts=tables.index_facts(self.series, levels), drawing=tables.levels_chart(levels), tables=self.tables,
            acts=self.acts(), **kwargs,
        )  # fmt: skip

    def acts(self) -> list[tuple[Any, str]]:
        user, key = self.request.user, [self.series.pk]
        pages = (
            (PERMISSION, _("Send levels"), reverse("funds:index_levels", args=key)),
            ("funds.change_indexseries", _("Change"), reverse("funds:index_change", args=key)),
        )
        return [(label, href) for permission, label, href in pages if user.has_perm(permission)]


class NewIndex(FormPage):
    """Record an index."""

    title = _("Record an index")
    form_class = IndexForm
    submit_label = _("Record index")
    done_message = _("The index is recorded. Send its levels next.")
    allowed = holds("funds.add_indexseries")
    saved: IndexSeries

    def act(self, form: IndexForm) -> None:
        self.saved = save_index(actor=self.request.user, **form.values())

    @property
    def cancel_url(self) -> str:
        return reverse("funds:indices")

    def get_success_url(self) -> str:
        return reverse("funds:index", args=[self.saved.pk])

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.get_title(), None))


class IndexAct(FormPage):
    """A form about one index."""

    @cached_property
    def series(self) -> IndexSeries:
        return get_object_or_404(IndexSeries.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    @property
    def cancel_url(self) -> str:
        return reverse("funds:index", args=[self.series.pk])

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.series.name, self.cancel_url), (self.get_title(), None))


class ChangeIndex(IndexAct):
    """Change what is recorded about an index; its levels stay."""

    title = _("Change")
    form_class = IndexForm
    submit_label = _("Save")
    done_message = _("The index is changed.")
    allowed = holds("funds.change_indexseries")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.series}

    def act(self, form: IndexForm) -> None:
        save_index(actor=self.request.user, series_id=self.series.pk, **form.values())


class SendLevels(IndexAct):
    """Send a file of levels; what it would change is shown before anything is written."""

    title = _("Send levels")
    form_class = LevelsForm
    template_name = "funds/market/send.html"
    submit_label = _("Check the file")
    allowed = holds(PERMISSION)
    sent: IndexUpload

    def act(self, form: LevelsForm) -> None:
        self.sent = check_levels(series_id=self.series.pk, actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return reverse("funds:index_upload", args=[self.sent.pk])


class UploadPage(FormPage):
    """What a file of levels holds, what writing it would change, and the button that writes it."""

    template_name = "funds/market/upload.html"
    form_class = ConfirmForm
    done_message = _("The levels are written.")
    allowed = staticmethod(sees_funds)

    @cached_property
    def row(self) -> IndexUpload:
        rows = IndexUpload.objects.visible_to(self.request.user).defer("levels").select_related("series", "uploaded_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.file_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return trail((self.row.series.name, self.get_success_url()), (self.row.file_name, None))

    def get_success_url(self) -> str:
        return reverse("funds:index", args=[self.row.series_id])

    def act(self, form: OneTimeToken) -> None:
        write_levels(upload_id=self.row.pk, actor=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, found = self.row, self.row.findings
        written = row.written_at and timezone.localtime(row.written_at).strftime("%Y-%m-%d %H:%M")
        facts = [
            Fact(_("Index"), row.series.name, self.get_success_url()),
            Fact(_("Source"), row.source),
            Fact(_("Licence note"), row.licence_note),
            Fact(_("Date of the source"), row.dated.isoformat()),
            Fact(_("Sent by"), str(row.uploaded_by) if row.uploaded_by else None, unknown=_("By the system")),
            Fact(_("SHA-256"), row.sha256),
            Fact(_("Written"), written, unknown=_("Not yet")),
            Fact(_("Levels"), str(found.get("rows", 0))),
            Fact(_("New"), str(found.get("new", 0))),
            Fact(_("Changed"), str(found.get("changed", 0))),
        ]
        may_write = not row.written_at and self.request.user.has_perm(PERMISSION)
        between = {"first": found.get("first", "–"), "last": found.get("last", "–")}
        return super().get_context_data(
            row=row, facts=facts, changes=tables.steps_of(found.get("changes", [])), may_write=may_write,
            jumps=tables.steps_of(found.get("jumps", [])), lead=gettext("Levels from %(first)s to %(last)s.") % between,
            **kwargs,
        )  # fmt: skip

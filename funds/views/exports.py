"""Export templates: the list, and one with its lines."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from funds.models import ExportTemplate
from funds.models.visibility import sees_funds
from funds.reports.exported import CODE, section_of
from funds.views.policies import source_status
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageView, TableView


class ExportTemplates(TableView):
    """Every revision of every template."""

    title = _("Export templates")
    lead = _("Which figure of the product stands in which line of a template that investors read.")
    allowed = staticmethod(sees_funds)
    default_sort = "code"
    empty_title = _("No export template is recorded")
    empty_text = _("Fund officers record templates in the administration.")
    columns = (
        TableColumn(_("Template"), "text", key="template", heading=True, link=ExportTemplate.get_absolute_url),
        TableColumn(_("Edition"), "edition", key="edition"),
        TableColumn(_("Revision"), "revision", Kind.INTEGER, key="revision", order_by=("code", "revision")),
        TableColumn(_("Lines"), "line_count", Kind.INTEGER, key="lines"),
        TableColumn(_("Lines that the product fills"), "filled", Kind.INTEGER, key="filled"),
        TableColumn(
            _("Status"), lambda row: row.get_status_display(), key="status",
            cell=lambda row: status_html(source_status(row.status)),
        ),
        TableColumn(_("Published"), "published_at", Kind.DATETIME, key="code", order_by=("code", "-revision"),
                    unknown=_("Draft")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ExportTemplate]:
        filled = Count("lines", filter=~Q(lines__figure=""))
        return ExportTemplate.objects.visible_to(self.request.user).annotate(line_count=Count("lines"), filled=filled)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class ExportTemplatePage(PageView):
    """One revision with its lines, and the way to an export."""

    template_name = "funds/export_template.html"
    allowed = staticmethod(sees_funds)

    @cached_property
    def template(self) -> ExportTemplate:
        rows = ExportTemplate.objects.visible_to(self.request.user).select_related("published_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.template.text

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ExportTemplates.title, reverse("funds:export_templates")), (self.get_title(), None)]

    @cached_property
    def lines(self) -> Table:
        columns = (
            TableColumn(_("No."), "position", Kind.INTEGER, key="position", order_by=("position",)),
            TableColumn(_("Section"), section_of, key="section"),
            TableColumn(_("Line"), "text", key="line", heading=True),
            TableColumn(
                _("Figure"), lambda row: row.get_figure_display() or None, key="figure",
                unknown=_("The product does not know it."),
            ),
            TableColumn(_("Sign"), lambda row: row.get_sign_display(), key="sign"),
            TableColumn(
                _("Status"), lambda row: row.get_status_display(), key="status",
                cell=lambda row: status_html(source_status(row.status)),
            ),
        )  # fmt: skip
        rows = self.template.lines.all()
        return Table(self.request, columns, rows, _("Lines"), name="lines", default_sort="position")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.lines.export() if self.lines.export_format else super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.template
        facts = [
            Fact(_("Edition"), row.edition),
            Fact(_("Revision"), str(row.revision)),
            Fact(_("Source"), row.source),
            Fact(_("Status"), row.get_status_display()),
            Fact(_("Published"), row.published_at and row.published_at.date().isoformat(), unknown=_("Draft")),
        ]
        ask = f"{reverse('reports:ask', args=[CODE])}?template={row.pk}" if row.is_published else ""
        return super().get_context_data(lines=self.lines, facts=facts, ask=ask, record=row, **kwargs)

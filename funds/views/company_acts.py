"""What people record about companies: quarters by the office or the company itself, files, the export."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.actions.companies import record_quarter, reports_for
from funds.choices.deals import PaperKind
from funds.choices.files import CompanyFileKind
from funds.forms.companies import CapTableFileForm, QuarterForm, QuartersFileForm
from funds.imports.companies import confirm_file, send_cap_table, send_quarters
from funds.imports.ocf_example import VERSION, example_package, zipped
from funds.imports.quarter_rows import template_csv
from funds.models import CompanyFile, CompanyQuarter
from funds.models.visibility import sees_funds
from funds.queries.companies import cap_records, portfolio_companies
from funds.rules.ocf import write_package
from funds.views.companies import company_trail
from funds.views.deal_base import ActPage, holds, paper_of
from funds.views.moments import MomentPage
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.forms import OneTimeToken
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmForm, Crumb, FormPage, PageMixin, TableView, signed_in
from innovation.organisations.models import Organisation


class CompanyAct(ActPage):
    """An act upon one company."""

    @cached_property
    def company(self) -> Organisation:
        company = portfolio_companies().filter(pk=self.kwargs["pk"]).first()
        if company is None:
            raise Http404
        return company

    @property
    def cancel_url(self) -> str:
        return reverse("funds:company", args=[self.company.pk])

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*company_trail(self.company), (self.get_title(), None)]


class ReportQuarter(CompanyAct):
    """The office enters a quarter, or corrects one."""

    title = _("Report a quarter")
    form_class = QuarterForm
    submit_label = _("Record quarter")
    done_message = _("The quarter is recorded.")
    allowed = holds("funds.add_companyquarter", "funds.add_paper")
    by_company = False

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"by_company": self.by_company}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("quarter", "")
        rows = CompanyQuarter.objects.filter(company=self.company, superseded_at=None)
        standing = rows.filter(pk=asked).first() if asked.isdecimal() else None
        return QuarterForm.initial_of(standing) if standing else {}

    def act(self, form: QuarterForm) -> None:
        paper = paper_of(
            form.cleaned_data.get("file"), kind=PaperKind.REPORT, actor=self.request.user, company_id=self.company.pk
        )
        record_quarter(company_id=self.company.pk, actor=self.request.user, paper_id=paper, **form.values())


class OwnCompanies(TableView):
    """The companies that the reader may report for, with their last quarters."""

    title = _("Quarterly reports")
    lead = _("Report the figures of your company each quarter. The city's funds that hold it read them.")
    allowed = staticmethod(signed_in)
    template_name = "funds/companies/own.html"
    empty_title = _("You report for no company")
    empty_text = _("Leads and editors of a company that a fund of the city holds report here.")
    columns = (
        TableColumn(_("Company"), lambda row: row.company.name, key="company", heading=True),
        TableColumn(_("Quarter"), "label", key="quarter", order_by=("quarter_end",)),
        TableColumn(_("Revenue"), "revenue_fen", Kind.MONEY, key="revenue", unknown=_("Not reported")),
        TableColumn(_("Headcount"), "headcount", Kind.INTEGER, key="headcount", unknown=_("Not reported")),
        TableColumn(_("R&D spend"), "rd_spend_fen", Kind.MONEY, key="rd_spend", unknown=_("Not reported")),
        TableColumn(_("Patents"), "patents", Kind.INTEGER, key="patents", unknown=_("Not reported")),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
    )
    default_sort = "-quarter"

    def get_queryset(self) -> Any:
        own = reports_for(self.request.user)
        return CompanyQuarter.objects.filter(company__in=own, superseded_at=None).select_related("company")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(companies=list(reports_for(self.request.user)), **kwargs)


class OwnQuarter(ReportQuarter):
    """A member reports for the company."""

    allowed = staticmethod(signed_in)
    by_company = True
    submit_label = _("Send the figures")
    done_message = _("Thank you. The figures are recorded.")

    @cached_property
    def company(self) -> Organisation:
        company = reports_for(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if company is None:
            raise Http404
        return company

    @property
    def cancel_url(self) -> str:
        return reverse("funds:own_companies")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(OwnCompanies.title, self.cancel_url), (self.company.name, None)]


class SendQuarters(FormPage):
    """Send a table of quarters; what was read is shown before anything is written."""

    title = _("Send quarterly figures")
    form_class = QuartersFileForm
    template_name = "funds/companies/send.html"
    submit_label = _("Check the file")
    allowed = holds("funds.add_companyquarter")
    row: CompanyFile

    def act(self, form: QuartersFileForm) -> None:
        data = form.cleaned_data
        self.row = send_quarters(
            upload=data["file"], source=data["source"], reason=data["reason"], actor=self.request.user
        )

    def get_success_url(self) -> str:
        return self.row.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Companies"), reverse("funds:companies")), (self.title, None)]


class SendCapTable(CompanyAct):
    """Send an Open Cap Format package of one company."""

    title = _("Send a cap table")
    form_class = CapTableFileForm
    template_name = "funds/companies/send_cap_table.html"
    submit_label = _("Check the package")
    allowed = holds("funds.add_caprecord")
    row: CompanyFile

    def act(self, form: CapTableFileForm) -> None:
        self.row = send_cap_table(upload=form.cleaned_data["file"], company_id=self.company.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return self.row.get_absolute_url()


class FileDetail(FormPage):
    """What a file says, what is wrong with it, and the button that writes it."""

    template_name = "funds/companies/file.html"
    form_class = ConfirmForm
    done_message = _("The file is written.")
    allowed = staticmethod(sees_funds)

    @cached_property
    def row(self) -> CompanyFile:
        rows = CompanyFile.objects.visible_to(self.request.user).select_related("company", "created_by")
        row = rows.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def get_title(self) -> str:
        return self.row.file_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Companies"), reverse("funds:companies")), (self.row.file_name, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for table in (self.problems(), self.lines()):
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def act(self, form: OneTimeToken) -> None:
        confirm_file(file_id=self.row.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("funds:company", args=[self.row.company_id]) if self.row.company_id else self.request.path

    def problems(self) -> Table:
        columns = (
            TableColumn(_("Row"), lambda one: one["row"], key="row"),
            TableColumn(_("Column"), lambda one: one["column"], key="column"),
            TableColumn(_("Cell"), lambda one: one["value"], key="cell", unknown=_("empty")),
            TableColumn(_("What is wrong"), lambda one: one["message"], key="message"),
        )
        return Table(self.request, columns, self.row.problems, gettext("What is to be mended"), name="problems")

    def lines(self) -> Table:
        what = {"new": _("New"), "corrected": _("Correction"), "same": _("As it stands")}
        figures = (
            ("revenue_fen", _("Revenue"), Kind.MONEY), ("headcount", _("Headcount"), Kind.INTEGER),
            ("rd_staff", _("R&D staff"), Kind.INTEGER), ("rd_spend_fen", _("R&D spend"), Kind.MONEY),
            ("patents", _("Patents"), Kind.INTEGER), ("tax_fen", _("Tax paid"), Kind.MONEY),
        )  # fmt: skip
        columns = (
            TableColumn(_("Company"), lambda line: line["company"], key="company", heading=True),
            TableColumn(_("Quarter"), lambda line: line["quarter_end"], key="quarter"),
            TableColumn(_("What it is"), lambda line: str(what[line["what"]]), key="what"),
            *(
                TableColumn(label, lambda line, key=name: line["figures"].get(key), kind, key=name,
                            unknown=_("Not reported"))
                for name, label, kind in figures
            ),
        )  # fmt: skip
        rows = self.row.report.get("lines", [])
        return Table(
            self.request, columns, rows, gettext("What the file says"), name="lines",
            totals=lambda _rows: self.row.report["totals"],
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        permission = "funds.add_caprecord" if row.kind == CompanyFileKind.OCF else "funds.add_companyquarter"
        return super().get_context_data(
            row=row,
            facts=file_facts(row),
            problems=self.problems(),
            lines=self.lines() if row.kind == CompanyFileKind.QUARTERS else None,
            unknown=row.report.get("unknown", []),
            may_write=self.request.user.has_perm(permission) and not row.written_at and not row.problems,
            **kwargs,
        )


def file_facts(row: CompanyFile) -> list[Fact]:
    """What was sent and what it holds."""
    report = row.report
    common = [
        Fact(_("Kind"), row.get_kind_display()),
        Fact(_("Sent by"), str(row.created_by)),
        Fact(_("SHA-256"), row.sha256),
        Fact(_("Written"), row.written_at and timezone.localtime(row.written_at).strftime("%Y-%m-%d %H:%M"),
             unknown=_("Not yet")),
        Fact(_("New"), str(report.get("new", 0))),
        Fact(_("As it stands"), str(report.get("same", 0))),
    ]  # fmt: skip
    if row.kind == CompanyFileKind.QUARTERS:
        return [*common, Fact(_("Corrections"), str(report.get("corrected", 0)))]
    counts = ", ".join(f"{name} {count}" for name, count in sorted(report.get("objects", {}).items()))
    return [
        *common,
        Fact(_("Company"), row.company.name if row.company else None),
        Fact(_("Issuer in the package"), report.get("issuer") or None, unknown=_("None named")),
        Fact(_("Version of the format"), report.get("version") or None, unknown=_("None named")),
        Fact(_("As of"), report.get("as_of") or None, unknown=_("None named")),
        Fact(_("Objects"), counts),
        Fact(_("Changed"), str(report.get("changed", 0))),
        Fact(_("No longer in it"), str(report.get("gone", 0))),
    ]


class CapTableExport(MomentPage):
    """The cap table as an Open Cap Format package, as of and as known at a moment."""

    title = _("Open Cap Format package")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        company = portfolio_companies().filter(pk=self.kwargs["pk"]).first()
        if company is None:
            raise Http404
        objects = list(cap_records(company, self.moment).values_list("data", flat=True))
        if not objects:
            return HttpResponseRedirect(reverse("funds:company", args=[company.pk]))
        files = write_package(
            objects, as_of=self.as_of, generated_at=self.known_at.isoformat(timespec="seconds"), version=VERSION
        )
        name = f"cap-table-{company.code}-{self.as_of:%Y%m%d}.zip"
        return zip_response(zipped(files), name)


class CapTableExample(PageMixin, View):
    """The example package of a cap table."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return zip_response(example_package(), "cap-table-example.zip")


def zip_response(content: bytes, name: str) -> HttpResponse:
    """A .zip to keep under ``name``."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


class QuartersTemplate(PageMixin, View):
    """The example file of quarterly figures."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="quarters-template.csv"'}
        return HttpResponse(template_csv(), content_type="text/csv; charset=utf-8", headers=headers)

"""Companies of the funds: the list, and one company across all funds with everything that is known of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.filters.companies import CompanyFilters
from funds.models.visibility import sees_funds
from funds.queries import companies
from funds.queries.events import counted
from funds.reports.results import at_moment
from funds.rules.company_figures import growth
from funds.views import cap_tables
from funds.views import company_tables as tables
from funds.views.cap_links import entry_links
from funds.views.deals import decision_moment
from funds.views.moments import MomentPage
from funds.views.papers import paper_facts
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, TableView
from innovation.organisations.models import Organisation


class CompanyList(TableView):
    """Every company that a fund holds or looks at."""

    title = _("Companies")
    lead = _("Companies that a fund holds or looks at, across all funds.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/companies/list.html"
    filterset_class = CompanyFilters
    default_sort = "name"
    empty_title = _("No fund holds a company yet")
    empty_text = _("Open a proposal, or import a portfolio.")
    columns = (
        TableColumn(
            _("Company"), "name", key="name", order_by=("pinyin",), heading=True,
            link=lambda row: reverse("funds:company", args=[row.pk]),
        ),
        TableColumn(_("Code"), "code", key="code", order_by=("uscc",), unknown=_("Not recorded")),
        TableColumn(_("Holdings"), "holding_count", Kind.INTEGER, key="holdings", order_by=("holding_count",)),
        TableColumn(_("Funds"), "fund_count", Kind.INTEGER, key="funds", order_by=("fund_count",)),
        TableColumn(_("Proposals"), "deal_count", Kind.INTEGER, key="deals", order_by=("deal_count",)),
        TableColumn(
            _("Last reported quarter"), "last_quarter", Kind.DATE, key="quarter", order_by=("last_quarter",),
            unknown=_("Nothing reported"),
        ),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Organisation]:
        return companies.portfolio_companies()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_send = self.request.user.has_perm("funds.add_companyquarter")
        return super().get_context_data(may_send=may_send, **kwargs)


class CompanyPage(MomentPage):
    """One company at a moment: holdings, rounds, cap table, valuations, decisions, papers, quarters, ledger lines."""

    template_name = "funds/companies/detail.html"

    @cached_property
    def company(self) -> Organisation:
        company = companies.portfolio_companies().filter(pk=self.kwargs["pk"]).first()
        if company is None:
            raise Http404
        return company

    def get_title(self) -> str:
        return self.company.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        trail: list[Crumb] = [(_("Funds"), reverse("funds:funds")), (CompanyList.title, reverse("funds:companies"))]
        return [*trail, (self.company.name, None)]

    @cached_property
    def holdings(self) -> list[companies.CompanyHolding]:
        return companies.holdings_of(self.company, self.moment)

    @cached_property
    def quarters(self) -> list[Any]:
        return list(companies.quarters_of([self.company.pk], self.moment).select_related("paper"))

    @cached_property
    def cap(self) -> companies.NamedCapTable:
        return companies.cap_table_of(self.company, self.moment)

    @cached_property
    def tables(self) -> dict[str, Table]:
        times = {"as_of": self.as_of, "known_at": self.known_at}
        events = counted(self.moment).filter(investment__company=self.company).select_related("reverses", "fund")
        values = companies.valuations_of(self.company, self.moment)
        return {
            "holdings": tables.holdings_table(self.request, self.holdings, times),
            "rounds": tables.rounds_table(self.request, list(companies.rounds_of(self.company)), times),
            "cap": cap_tables.cap_lines(self.request, self.cap, times),
            "grants": cap_tables.grants_table(self.request, self.cap, times),
            "cap_events": cap_tables.cap_events_table(
                self.request, self.cap, times, may_take_back=self.request.user.has_perm("funds.add_capreversal")
            ),
            "taken_back": cap_tables.taken_back_table(
                self.request, companies.taken_back(self.company, self.moment), self.cap, times
            ),
            "values": tables.values_table(self.request, list(values), times),
            "quarters": tables.quarters_table(self.request, self.quarters, times),
            "events": tables.events_table(self.request, list(events.order_by("value_date", "pk")), times),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for table in self.tables.values():
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unit, user = unit_of(self.request), self.request.user
        now = growth(companies.plain(row) for row in self.quarters)
        return super().get_context_data(
            company=self.company,
            facts=self.facts(),
            figures=tables.company_figures(self.holdings, now, unit),
            charts=tables.quarter_charts(self.quarters, unit),
            tables=self.tables,
            loans=cap_tables.loan_facts(self.cap),
            cap_acts=entry_links(self.company, self.cap) if user.has_perm("funds.add_caprecord") else [],
            decisions=[decision_moment(decision, unit) for decision in companies.decisions_of(self.company)],
            deals=list(companies.deals_of(self.company)),
            papers=[paper_facts(paper) for paper in companies.papers_of(self.company)],
            acts=self.acts(user),
            export_url=self.export_url(),
            **kwargs,
        )

    def export_url(self) -> str:
        """The cap table as a package of files; empty where there is none."""
        if not self.cap.objects:
            return ""
        return at_moment(reverse("funds:company_ocf", args=[self.company.pk]), self.moment)

    def facts(self) -> list[Fact]:
        company = self.company
        return [
            Fact(_("Code"), company.code or None, company.get_absolute_url(), unknown=_("Not recorded")),
            Fact(_("Founded"), company.founded and company.founded.isoformat(), unknown=_("Not recorded")),
            Fact(_("Status"), company.get_status_display()),
        ]

    def acts(self, user: Any) -> list[tuple[Any, str]]:
        """Label and address of what the reader may record about the company."""
        key = [self.company.pk]
        pages = (
            ("funds.add_companyquarter", _("Report a quarter"), reverse("funds:company_quarter", args=key)),
            ("funds.add_caprecord", _("Send a cap table"), reverse("funds:company_cap_table", args=key)),
            ("funds.add_deal", _("Open a proposal"), f"{reverse('funds:deal_new')}?company={self.company.code}"),
        )
        return [(label, href) for permission, label, href in pages if user.has_perm(permission)]


def company_trail(company: Organisation) -> list[Crumb]:
    """The way to a company's page."""
    return [
        (gettext("Funds"), reverse("funds:funds")),
        (gettext("Companies"), reverse("funds:companies")),
        (company.name, reverse("funds:company", args=[company.pk])),
    ]

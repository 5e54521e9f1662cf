"""Funds: the list, and one fund with its terms, performance, policies and neighbours."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.records import FundClass
from funds.filters.portfolio import FundFilters
from funds.models import Alert, Fund, FundPolicyBinding, Threshold
from funds.models.visibility import sees_funds
from funds.queries.interests import shares_below
from funds.queries.portfolio import Portfolio
from funds.queries.tolerance import Target, evaluated
from funds.reports import words
from funds.reports.grants import grants_section
from funds.reports.performance import performance_section
from funds.reports.quarterly import CODE as QUARTER
from funds.reports.rates import fund_link
from funds.reports.results import at_moment, tolerance_link
from funds.reports.sections import Result, result_of
from funds.reports.tables import binding_title
from funds.reports.workbook import CODE as WORKBOOK
from funds.views.alerts import level_status, open_alerts_of
from funds.views.moments import MomentPage
from funds.views.ticks import ticked_name
from innovation.core.components import Fact, Moment, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.figures import unit_behind
from innovation.core.money import format_fen
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown


class FundList(TableView):
    """All funds with their terms."""

    title = _("Funds")
    lead = _("Government investment funds, their terms and managers.")
    template_name = "funds/list.html"
    allowed = staticmethod(sees_funds)
    filterset_class = FundFilters
    default_sort = "code"
    empty_title = _("No fund is recorded yet")
    empty_text = _("Fund officers record funds in the administration, or import a portfolio from a file.")
    columns = (
        TableColumn(_("Code"), "code", key="code", order_by=("code",)),
        TableColumn(
            _("Name"),
            "name",
            key="name",
            order_by=("name_zh",),
            heading=True,
            cell=lambda row: ticked_name(reverse("funds:fund", args=[row.pk]), row.pk, row.name),
        ),
        TableColumn(_("Kind"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",)),
        TableColumn(_("Class"), lambda row: row.get_fund_class_display(), key="class", order_by=("fund_class",)),
        TableColumn(_("State"), lambda row: row.get_state_display(), key="state", order_by=("state",)),
        TableColumn(_("Stage"), lambda row: row.get_stage_display() or _("Mixed"), key="stage", order_by=("stage",)),
        TableColumn(
            _("Manager"), lambda row: row.manager and row.manager.name, key="manager", unknown=_("Not recorded")
        ),
        TableColumn(_("Committed"), "committed_fen", Kind.MONEY, key="committed", order_by=("committed_fen",)),
        TableColumn(_("Government share"), "government_share", Kind.PERCENT, key="government"),
        TableColumn(_("Start of life"), "starts_on", Kind.DATE, key="start", order_by=("starts_on",)),
        TableColumn(
            _("End of life"), "ends_on", Kind.DATE, key="end", order_by=("ends_on",), unknown=_("No end is set")
        ),
    )

    def get_queryset(self) -> QuerySet[Fund]:
        return Fund.objects.visible_to(self.request.user).select_related("manager")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class FundPage(MomentPage):
    """Terms, performance and loss tolerance of one fund, with the way to its books."""

    template_name = "funds/fund.html"
    report_code = QUARTER

    @cached_property
    def fund(self) -> Fund:
        bindings = FundPolicyBinding.objects.select_related("document").order_by("-valid_from", "-recorded_at")
        rows = (
            Fund.objects.visible_to(self.request.user)
            .select_related("manager", "organisation", "parent")
            .prefetch_related(Prefetch("policy_bindings", bindings), "groups")
        )
        fund = rows.filter(pk=self.kwargs["pk"]).first()
        if fund is None:
            raise Http404
        return fund

    @cached_property
    def result(self) -> Result:
        view = evaluated(Target.of_fund(self.fund), self.moment)[0]
        return result_of(Portfolio(view, {}))

    def get_title(self) -> str:
        return self.fund.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(FundList.title, reverse("funds:funds")), (self.fund.name, None)]

    def sub_funds(self) -> list[Fact]:
        """The funds below this one on the day, at every level, with the exact share."""
        shares = shares_below(self.fund.pk, self.moment)
        below = Fund.objects.filter(pk__in=shares).order_by("code") if shares else []
        return [
            Fact(
                _("Sub-fund"), f"{one.name}: {words.share_words(shares[one.pk])}",
                self.at_same_times(reverse("funds:fund", args=[one.pk])),
            )
            for one in below
        ]  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        result, unit = self.result, unit_of(self.request)
        is_grant = self.fund.fund_class == FundClass.GRANT
        parts = (
            grants_section(self.fund, self.moment) if is_grant else performance_section(result.view),
            Section(gettext("Loss tolerance"), gauges=result.gauges),
        )
        performance, gauges = shown(ReportData("", parts), unit, links=True).sections
        return super().get_context_data(
            fund=self.fund,
            result=result,
            facts=[*fund_facts(self.fund, unit), *self.sub_funds()],
            performance=performance,
            gauges=gauges,
            alerts=alert_banners(self.fund),
            bindings=[binding_moment(binding) for binding in self.fund.policy_bindings.all()],
            quarter_url=self.report_url(fund=self.fund.pk),
            workbook_url=self.report_url(WORKBOOK, fund=self.fund.pk),
            tolerance_url=tolerance_link(result.view.target, result.view.moment),
            performance_url="" if is_grant else fund_link(self.fund.pk, self.moment),
            awards_url=self.at_same_times(reverse("funds:awards", args=[self.fund.pk])) if is_grant else "",
            ledger_url=at_moment(reverse("funds:ledger", args=[self.fund.pk]), self.moment),
            **kwargs,
        )


def alert_banners(fund: Fund) -> list[dict[str, Any]]:
    """The alerts of the fund that nobody has closed, as banners."""
    return [
        {
            "tone": level_status(alert).tone, "title": alert.get_level_display(), "text": alert_words(alert),
            "href": alert.get_absolute_url(), "action": gettext("Open the alert"),
        }
        for alert in open_alerts_of(fund)
    ]  # fmt: skip


def alert_words(alert: Alert) -> str:
    """What the alert is about; of several on the progress of money, which."""
    key = alert.facts.get("progress")
    return f"{alert.get_kind_display()}: {Threshold.Key(key).label}" if key else alert.get_kind_display()


def fund_facts(fund: Fund, unit: Any) -> list[Fact]:
    """The terms of a fund."""
    not_recorded, behind = _("Not recorded"), unit_behind(unit)
    manager, entity = fund.manager, fund.organisation
    first_loss = f"{format_fen(fund.others_first_loss_fen, unit)} {behind}" if fund.others_first_loss_fen else _("None")
    return [
        Fact(_("Code"), fund.code),
        Fact(_("Kind"), fund.get_kind_display()),
        Fact(_("Class"), fund.get_fund_class_display()),
        Fact(_("State"), fund.get_state_display()),
        Fact(_("Stage"), fund.get_stage_display() or _("Mixed")),
        Fact(_("Mode"), fund.get_mode_display() or _("Any")),
        Fact(
            _("Policy categories"),
            ", ".join(fund.categories) or None,
            unknown=_("None: rules for a kind of fund do not apply"),
        ),
        Fact(
            _("Manager"),
            manager.name if manager else None,
            manager.get_absolute_url() if manager else "",
            unknown=not_recorded,
        ),
        Fact(
            _("Legal entity"),
            entity.name if entity else None,
            entity.get_absolute_url() if entity else "",
            unknown=not_recorded,
        ),
        Fact(
            _("Mother fund"),
            fund.parent.name if fund.parent else None,
            reverse("funds:fund", args=[fund.parent_id]) if fund.parent_id else "",
            unknown=_("None"),
        ),
        Fact(_("Committed"), f"{format_fen(fund.committed_fen, unit)} {behind}"),
        Fact(_("Government share"), words.share_words(fund.government_share)),
        Fact(_("First loss of the other investors"), first_loss),
        Fact(_("Life"), f"{fund.starts_on} – {fund.ends_on or gettext('open')}"),
        Fact(
            _("Investment period until"),
            fund.investment_ends_on and str(fund.investment_ends_on),
            unknown=_("No end is set"),
        ),
    ]


def binding_moment(binding: FundPolicyBinding) -> Moment:
    """One line of the time line of policies that bound a fund."""
    until = binding.valid_to.isoformat() if binding.valid_to else gettext("open")
    text = gettext("In force %(since)s – %(until)s") % {"since": binding.valid_from, "until": until}
    if binding.superseded_at:
        text = gettext("%(text)s; replaced by a later entry") % {"text": text}
    return Moment(
        when=binding.valid_from,
        title=binding_title(binding.document),
        text=text,
        tone=Tone.IDLE if binding.superseded_at else Tone.INFO,
        href=reverse("funds:policy", args=[binding.document_id]),
    )

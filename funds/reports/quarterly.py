"""Report kind "quarterly fund report" (基金季度报告): one fund from the first day of a quarter to the as-of day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Fund, IndexSeries
from funds.models.visibility import SEES_FUNDS
from funds.queries.quarterly import FundQuarter, active_funds, fund_quarter
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.reports import exemption, progress, quarterly_tables, terms
from funds.reports.fund_performance import default_index
from funds.reports.fund_returns import FundReturns
from funds.reports.grants import grants_section
from funds.reports.history import history_chart
from funds.reports.sections import Result, result_of
from funds.rules.ledger import COST_KINDS
from innovation.core.money import Unit
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import Figure, Money, ReportData, Section, Source
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind, Spread

CODE = "fund_quarter"
TITLE = gettext_lazy("Quarterly fund report")


class QuarterParameters(ParametersForm):
    """The fund, what it is compared with, and who answers for the report."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"),
        help_text=gettext_lazy("The report covers the quarter of the as-of day, up to that day."),
    )  # fmt: skip
    index = forms.ModelChoiceField(
        IndexSeries.objects.all(), label=gettext_lazy("Market index"), required=False,
        empty_label=gettext_lazy("The first total-return index"),
    )  # fmt: skip
    preparer = forms.CharField(
        label=gettext_lazy("Prepared by"), required=False, max_length=100,
        help_text=gettext_lazy("Empty: the manager of the fund."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)


@dataclass(frozen=True)
class QuarterReport:
    """The parts of the report; what other reports and pages say too is made by their own modules."""

    found: FundQuarter
    unit: Unit
    preparer: str = ""

    @cached_property
    def result(self) -> Result:
        view = self.found.portfolio.view
        target = Target.of_fund(self.found.fund)
        return result_of(self.found.portfolio, time_line=history_chart(target, view.funds, view.moment))

    @cached_property
    def returns(self) -> FundReturns | None:
        return FundReturns(self.found.performance) if self.found.performance else None

    @property
    def sentence(self) -> str:
        said = [self.result.sentence]
        if self.returns is not None:
            said.append(self.returns.sentence)
        return "; ".join(said)

    def fund(self) -> Section:
        found = self.found
        return Section(
            _("Fund and terms"),
            tables=(
                quarterly_tables.fact_table(found), terms.phases_table(found.phases),
                terms.fee_terms_table(found.fee_terms), terms.tiers_table(found.tiers),
            ),
        )  # fmt: skip

    def money(self) -> Section:
        return Section(
            _("Money of the fund"),
            figures=quarterly_tables.money_figures(self.found),
            tables=(quarterly_tables.money_table(self.found), progress.warnings_table([self.found.progress])),
        )

    def performance(self) -> Iterator[Section]:
        """Rates, multiples and market equivalents; J-curve; the bridge of the quarter."""
        if self.returns is None:
            return
        yield replace(self.returns.headline(), title=_("Performance"))
        if curve := self.returns.curve():
            yield curve
        yield replace(self.returns.bridge(), title=_("Net asset value over the quarter"))

    def books(self) -> Iterator[Section]:
        found = self.found
        if found.performance is not None:
            yield Section(_("Portfolio"), tables=(quarterly_tables.portfolio_table(found),))
        yield Section(_("Entries of the quarter"), tables=(quarterly_tables.entries_table(found),))
        quarter = found.periods["qtd"]
        yield Section(
            _("Fees"),
            figures=(Figure(_("Fees and expenses of the quarter"), Money(quarter.of(*COST_KINDS))),),
            tables=(quarterly_tables.charges_table(found.charges),),
        )

    def limits(self) -> Section:
        table = terms.limits_table(self.found.limits)
        title = _("Concentration and limits")
        if self.returns is None:
            return Section(title, tables=(table,))
        section = self.returns.concentration()
        return replace(section, title=title, tables=(*section.tables, table))

    def tolerance(self) -> Iterator[Section]:
        """Status, headroom and the policy that binds, with the time line of the rate."""
        yield replace(self.result.headline(), title=_("Loss tolerance"))
        for part in (self.result.over_time(), self.result.by_stage()):
            if part is not None:
                yield part
        yield self.result.rules()

    def watch(self) -> Iterator[Section]:
        found, moment = self.found, self.found.moment
        cases = exemption.lines(
            as_of=moment.as_of, known_at=moment.known_at, since=exemption.EARLIEST, fund=found.fund
        )  # fmt: skip
        yield Section(_("Alerts"), tables=(quarterly_tables.alerts_table(found),))
        yield Section(_("Exemption cases"), tables=(exemption.register_table(cases),))

    def effect(self) -> Iterator[Section]:
        """Landing and reinvestment: what the money brought here."""
        yield Section(_("Landing"), tables=(quarterly_tables.landing_table(self.found.projects, self.unit),))
        yield progress.reinvestment_section([self.found.progress])

    def notes(self) -> Section:
        return Section(_("Notes"), notes=self.returns.made().notes if self.returns else ())

    @property
    def prepared_by(self) -> str:
        """Who answers for the report: the named person, else the fund's manager."""
        manager = self.found.fund.manager
        return self.preparer or (manager.name if manager else _("Not recorded"))

    def sections(self) -> tuple[Section, ...]:
        """All parts in the order of the report; grant money has neither a return nor a loss rate."""
        if self.returns is None:
            grants = grants_section(self.found.fund, self.found.moment)
            return (self.fund(), self.money(), grants, *self.books(), *self.watch())
        return (
            self.fund(), self.money(), *self.performance(), *self.books(), self.limits(), *self.tolerance(),
            *self.watch(), *self.effect(), self.notes(),
        )  # fmt: skip

    def sources(self) -> tuple[Source, ...]:
        return (*self.result.sources(), *(self.returns.sources() if self.returns else ()))


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The quarter of one fund at the two times."""
    fund, unit = params["fund"], params.get("unit") or Unit.WAN.value
    index = params.get("index") or default_index()
    found = fund_quarter(fund, Moment(as_of, known_at), index=index)
    report = QuarterReport(found, Unit(unit), params.get("preparer") or "")
    return ReportData(
        title=_("Quarterly report %(quarter)s: %(name)s") % {"quarter": found.label, "name": fund.name},
        sections=report.sections(),
        summary=report.sentence,
        sources=report.sources(),
        unit=unit,
        scope=(
            (_("Scope"), fund.name),
            (_("Quarter"), f"{found.label} ({found.first} – {as_of})"),
            (_("Market index"), index.name if index else _("None")),
            (_("Prepared by"), report.prepared_by),
        ),
    )


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "One fund and one quarter: terms, money, performance, portfolio, entries, fees, limits, loss tolerance, "
        "alerts, cases, landing and reinvestment."
    ),
    parameters=QuarterParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.QUARTER, day=15, day_rule=DayRule.WORKING),
    spread=Spread("fund", active_funds, gettext_lazy("Every active fund")),
)

"""The tables that only the quarterly fund report has: money by period, portfolio, entries, fees, alerts, landing."""

from collections.abc import Iterable
from fractions import Fraction

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from funds.choices.records import FeeBasis, FundClass, Phase
from funds.choices.tolerance import AlertState
from funds.models import Alert, FeeCharge, LedgerEvent, Valuation
from funds.queries.landing import ProjectLine
from funds.queries.quarterly import FundQuarter
from funds.reports.amounts import fen
from funds.reports.words import stage_label
from funds.rules.landing import DutyStatus
from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Money,
    Row,
    Table,
    Text,
    Unknown,
    Value,
)

DUTY_STATUS = {
    DutyStatus.MET: pgettext_lazy("landing", "Met"),
    DutyStatus.RUNNING: gettext_lazy("Running"),
    DutyStatus.PARTLY: gettext_lazy("Missed in part"),
    DutyStatus.MISSED: gettext_lazy("Missed"),
}
MONEY, DAY, COUNT = ColumnKind.MONEY, ColumnKind.DAY, ColumnKind.COUNT


def fact_table(found: FundQuarter) -> Table:
    """Who and what the fund is."""
    fund, none = found.fund, _("Not recorded")

    def known(text: str | None, otherwise: str = none) -> Value:
        return Text(text) if text else Unknown(otherwise)

    life = f"{fund.starts_on} – {fund.ends_on or _('open')}"
    facts: list[tuple[str, Value]] = [
        (_("Code"), Text(fund.code)),
        (_("Kind"), Text(fund.get_kind_display())),
        (_("Class"), Text(fund.get_fund_class_display())),
        (_("State"), Text(fund.get_state_display())),
        (_("Stage"), Text(fund.get_stage_display() or _("Mixed"))),
        (_("Policy categories"), known(", ".join(fund.categories))),
        (_("Manager"), known(fund.manager and fund.manager.name)),
        (_("Mother fund"), known(fund.parent and fund.parent.name, _("None"))),
        (_("Government share, stated"), Text(percent_text(fund.government_share))),
        (_("Life"), Text(life)),
    ]
    rows = tuple(Row((Text(label), value)) for label, value in facts)
    return Table(_("Fund"), (Column(_("Fact")), Column(_("Value"))), rows)


def money_figures(found: FundQuarter) -> tuple[Figure, ...]:
    """Committed, called, distributed, what is left to call, and cash."""
    progress, whole = found.progress, found.periods["itd"]
    return (
        Figure(_("Committed"), Money(progress.committed)),
        Figure(_("Called"), Money(whole.called), note=_("paid in, recalled money counted again")),
        Figure(_("Distributed"), Money(whole.distributed)),
        Figure(_("Uncalled"), Money(found.uncalled), note=_("committed less new money called")),
        Figure(_("Recallable"), Money(found.recallable - found.recalled), note=_("distributed, may be called again")),
        Figure(_("Cash"), Money(fen(progress.cash))),
    )


def money_table(found: FundQuarter) -> Table:
    """The same flows in the quarter, in the year, and since the beginning."""
    names = ("qtd", "ytd", "itd")
    moved = (
        ((_("Grants paid out"), "granted"), (_("Grants returned"), "grants_returned"))
        if found.fund.fund_class == FundClass.GRANT
        else ((_("Invested"), "invested"), (_("Proceeds and income of holdings"), "proceeds"))
    )
    flows = (
        (_("Called"), "called"), (_("Distributed"), "distributed"), *moved, (_("Management fee"), "management_fee"),
        (_("Fund expenses"), "expenses"), (_("The fund's own income"), "own_income"),
    )  # fmt: skip
    rows = tuple(
        Row((Text(label), *(Money(getattr(found.periods[name], flow)) for name in names))) for label, flow in flows
    )
    return Table(
        _("Money by period"),
        (
            Column(_("Flow")), Column(_("Quarter to date"), MONEY), Column(_("Year to date"), MONEY),
            Column(_("Since inception"), MONEY),
        ),
        rows,
        note=_("By value date, as known at the moment of the report."),
    )  # fmt: skip


def portfolio_table(found: FundQuarter) -> Table:
    """Every holding with cost, value, how it is valued, and what moved its value in the quarter."""
    moved = {part.holding: part for part in found.performance.bridge.holdings} if found.performance else {}
    rows, totals = [], [0, 0, 0, 0, 0]
    for row in found.portfolio.rows(found.portfolio.view.main.rate):
        part = moved.get(row.investment.pk)
        change = part.closing - part.opening if part else 0
        figures = row.figures
        amounts = [fen(figures.cost), fen(figures.relieved), fen(figures.remaining), fen(figures.fair_value), change]
        totals = [total + amount for total, amount in zip(totals, amounts, strict=True)]
        rows.append(
            Row(
                (
                    Text(row.investment.company.name), Text(stage_label(row.investment.stage)),
                    *(Money(amount) for amount in amounts),
                    *_how_valued(found.values.get(row.investment.pk), held=figures.remaining > 0),
                ),
                reverse("funds:holding", args=[row.investment.pk]),
            )
        )  # fmt: skip
    columns = (
        Column(_("Company")), Column(_("Stage")), Column(_("Cost"), MONEY), Column(_("Relieved"), MONEY),
        Column(_("Remaining"), MONEY), Column(_("Fair value"), MONEY), Column(_("Movement in the quarter"), MONEY),
        Column(_("Fair-value level")), Column(_("Method")), Column(_("Valued at"), DAY),
    )  # fmt: skip
    total = (Text(_("Total")), Text(""), *(Money(amount) for amount in totals), *(Text("") for _place in range(3)))
    return Table(
        _("Portfolio"), columns, tuple(rows), empty=_("Nothing was invested by this day."),
        note=_("Movement: fair value at the end less fair value before the quarter, purchases and sales included."),
        total=Row(total) if rows else None,
    )  # fmt: skip


def _how_valued(value: Valuation | None, *, held: bool) -> tuple[Value, Value, Value]:
    """Level, method and day of the value that counts."""
    if value is None or not held:
        reason = _("Nothing is held any more.") if not held else _("Not valued yet: it stands at its remaining cost.")
        return Unknown(reason), Unknown(reason), Unknown(reason)
    paper = getattr(value, "paper", None)
    level = Text(paper.level) if paper else Unknown(_("Recorded without a paper that states the level."))
    return level, Text(value.get_method_display()), Day(value.valid_at)


def entries_table(found: FundQuarter) -> Table:
    """What was booked with a value date in the quarter."""
    rows = tuple(_entry(event) for event in found.entries)
    note = _("Value dates of the quarter, as known at the moment of the report.")
    if found.entry_count > len(found.entries):
        note = _("The first %(shown)s of %(all)s entries; the ledger has them all.") % {
            "shown": len(found.entries), "all": found.entry_count,
        }  # fmt: skip
    return Table(
        _("Entries of the quarter"),
        (
            Column(_("Number"), COUNT), Column(_("Value date"), DAY), Column(_("Kind")), Column(_("Holding")),
            Column(_("Amount"), MONEY), Column(_("Cost relieved"), MONEY), Column(_("Source document")),
        ),
        rows,
        note=note,
        empty=_("Nothing was booked in the quarter."),
    )  # fmt: skip


def _entry(event: LedgerEvent) -> Row:
    kind = event.get_kind_display()
    if event.kind != event.effect:
        kind = f"{kind} · {event.get_effect_display()}"
    of = event.investment.company.name if event.investment else event.award and event.award.recipient.name
    of = of or _("Event of the fund itself")
    cells = (
        Count(event.seq), Day(event.value_date), Text(kind), Text(of), Money(event.amount_fen),
        Money(event.cost_relieved_fen), Text(event.document.partition(" sha256:")[0] or "–"),
    )  # fmt: skip
    return Row(cells, reverse("funds:entry", args=[event.pk]))


def charges_table(charges: Iterable[FeeCharge]) -> Table:
    """Management fees that were computed by the terms and booked in the quarter, part by part."""
    rows = []
    for charge in charges:
        for part in charge.parts:
            cells = (
                Text(f"{part['since']} – {part['until']}"), Text(Phase(part["phase"]).label),
                Text(FeeBasis(part["basis"]).label), Money(int(part["basis_fen"])),
                Text(percent_text(Fraction(part["rate"]), 2)), Money(int(part["fee_fen"])),
            )  # fmt: skip
            rows.append(Row(cells))
    return Table(
        _("Fees computed by the terms"),
        (
            Column(_("Period")), Column(_("Phase")), Column(_("Basis")), Column(_("Amount of the basis"), MONEY),
            Column(_("Rate per year")), Column(_("Fee"), MONEY),
        ),
        tuple(rows),
        empty=_("No fee that was computed by the terms was booked in the quarter."),
    )  # fmt: skip


def alerts_table(found: FundQuarter) -> Table:
    """Alerts that stood in the quarter, as they stood then."""
    rows = tuple(
        Row(
            (
                Text(alert.get_level_display()), Text(alert.get_kind_display()),
                Day(timezone.localdate(alert.opened_at)), Text(_state(alert, found)),
            ),
            alert.get_absolute_url(),
        )
        for alert in found.alerts
    )  # fmt: skip
    return Table(
        _("Alerts"),
        (Column(_("Level")), Column(_("Kind")), Column(_("Opened"), DAY), Column(_("State"))),
        rows,
        empty=_("No alert stood in the quarter."),
    )


def _state(alert: Alert, found: FundQuarter) -> str:
    known_at = found.moment.known_at
    if alert.closed_at and alert.closed_at <= known_at:
        return f"{AlertState.CLOSED.label}: {alert.close_reason}"
    if alert.acknowledged_at and alert.acknowledged_at <= known_at:
        return str(AlertState.ACKNOWLEDGED.label)
    return str(AlertState.OPEN.label)


def landing_table(projects: Iterable[ProjectLine], unit: Unit) -> Table:
    """Each duty of the landing agreements with what was reached by the day."""
    rows = []
    for project in projects:
        for line in project.duties:
            cells = (
                Text(project.project.name), Text(line.duty.get_kind_display()), Day(line.duty.due_on),
                _amount(line.duty.target, unit, is_money=line.duty.is_money),
                _amount(line.reached, unit, is_money=line.duty.is_money), Text(DUTY_STATUS[line.status]),
                Money(line.owed),
            )  # fmt: skip
            rows.append(Row(cells, project.project.get_absolute_url()))
    return Table(
        _("Landed projects"),
        (
            Column(_("Project")), Column(pgettext("landing", "Duty")), Column(_("Due"), DAY), Column(_("Target")),
            Column(_("Reached")),
            Column(_("Status")), Column(_("Owed back"), MONEY),
        ),
        tuple(rows),
        empty=_("No landing agreement is recorded"),
    )  # fmt: skip


def _amount(number: int | None, unit: Unit, *, is_money: bool) -> Value:
    if number is None:
        return Unknown(_("Nothing was told by this day."))
    return Text(format_fen(number, unit, with_unit=True) if is_money else f"{number:,}")

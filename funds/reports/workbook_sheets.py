"""The sheets of the portfolio workbook: columns over the rows of ``funds.queries.workbook``."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from funds.choices.tolerance import WarningLevel
from funds.models import Fund
from funds.queries.performance import Line
from funds.queries.workbook import HoldingLine, PortfolioBook, level_of, streamed
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.rates import rate_status, rate_value
from funds.reports.tables import binding_title, scope_of_rule
from innovation.core.exports import Column, Kind, Table
from innovation.core.money import Unit
from innovation.reports.content import Percent
from innovation.reports.rendering.base import moment_text

MONEY, DATE, PERCENT, NUMBER = Kind.MONEY, Kind.DATE, Kind.PERCENT, Kind.NUMBER


def sheets(book: PortfolioBook, unit: Unit) -> list[Table]:
    """All sheets in their order; rows are read when they are written."""
    made = (
        funds_sheet, commitments_sheet, ledger_sheet, holdings_sheet, values_sheet, flows_sheet, figures_sheet,
        tolerance_sheet, below_sheet,
    )  # fmt: skip
    tables = [make(book) for make in made]
    times = {"as_of": book.moment.as_of, "known_at": book.moment.known_at, "unit": unit}
    return [
        Table(title, columns, rows, notes=notes, **times)
        for title, columns, rows, notes in (*tables, notes_sheet(book, unit))
    ]


Sheet = tuple[str, Sequence[Column], Any, Sequence[str]]


def funds_sheet(book: PortfolioBook) -> Sheet:
    columns = (
        Column(_("Code"), "code"), Column(_("Name"), "name"), Column(_("Kind"), Fund.get_kind_display),
        Column(_("Class"), Fund.get_fund_class_display), Column(_("State"), Fund.get_state_display),
        Column(_("Manager"), lambda fund: fund.manager and fund.manager.name),
        Column(_("Mother fund"), lambda fund: fund.parent and fund.parent.code),
        Column(_("Start of life"), "starts_on", DATE), Column(_("End of life"), "ends_on", DATE),
        Column(_("Committed"), "committed_fen", MONEY), Column(_("Government share"), "government_share", PERCENT),
    )  # fmt: skip
    return _("Funds"), columns, book.funds, ()


def commitments_sheet(book: PortfolioBook) -> Sheet:
    columns = (
        Column(_("Fund"), "fund.code"), Column(_("Investor"), "investor.name"),
        Column(_("Unified social credit code"), "investor.uscc"),
        Column(_("Source of the money"), lambda row: row.get_source_display()),
        Column(_("Committed"), "amount_fen", MONEY), Column(_("Valid from"), "valid_from", DATE),
        Column(_("Valid to"), "valid_to", DATE), Column(_("Source document"), "document"),
    )  # fmt: skip
    return _("Investors and commitments"), columns, streamed(book.commitments()), ()


def ledger_sheet(book: PortfolioBook) -> Sheet:
    columns = (
        Column(_("Fund"), "fund.code"), Column(_("Number"), "seq", Kind.INTEGER),
        Column(_("Value date"), "value_date", DATE), Column(_("Recorded"), "recorded_at", Kind.DATETIME),
        Column(_("Kind"), lambda row: row.get_kind_display()),
        Column(_("Effect"), lambda row: row.get_effect_display()),
        Column(_("Holding"), lambda row: row.investment and row.investment.code),
        Column(_("Company"), lambda row: row.investment and row.investment.company.name),
        Column(_("Award"), lambda row: row.award and row.award.code),
        Column(_("Recipient"), lambda row: row.award and row.award.recipient.name),
        Column(_("Amount"), "amount_fen", MONEY), Column(_("Cost relieved"), "cost_relieved_fen", MONEY),
        Column(_("Source document"), "document"), Column(_("Reason"), "reason"),
        Column(_("Hash"), lambda row: bytes(row.hash).hex()),
    )  # fmt: skip
    note = _("A reversal carries opposite amounts and the effect of the entry that it takes back: every sum is plain.")
    return _("Ledger"), columns, streamed(book.entries()), (note,)


def _figure(name: str) -> Any:
    return lambda line: fen(getattr(line.figures, name))


def _unrealised(line: HoldingLine) -> int:
    return fen(line.figures.fair_value - line.figures.remaining)


def holdings_sheet(book: PortfolioBook) -> Sheet:
    amounts = (
        (_("Cost"), "cost"), (_("Relieved"), "relieved"), (_("Remaining"), "remaining"),
        (_("Fair value"), "fair_value"), (_("Proceeds"), "proceeds"), (_("Realised loss"), "realised_loss"),
        (_("Realised gain"), "realised_gain"), (_("Income"), "income"), (_("Impairment"), "impairment"),
    )  # fmt: skip
    columns = (
        Column(_("Fund"), "investment.fund.code"), Column(_("Code"), "investment.code"),
        Column(_("Company"), "investment.company.name"),
        Column(_("Unified social credit code"), "investment.company.uscc"),
        Column(_("Stage"), lambda line: words.stage_label(line.investment.stage)),
        Column(_("Mode"), lambda line: line.investment.get_mode_display()),
        Column(_("Decided on"), "investment.decided_on", DATE),
        *(Column(label, _figure(name), MONEY) for label, name in amounts),
        Column(_("Unrealised result"), _unrealised, MONEY),
    )  # fmt: skip
    return _("Holdings"), columns, book.holdings(), ()


def values_sheet(book: PortfolioBook) -> Sheet:
    columns = (
        Column(_("Fund"), "investment.fund.code"), Column(_("Holding"), "investment.code"),
        Column(_("Company"), "investment.company.name"), Column(_("Valued at"), "valid_at", DATE),
        Column(_("Recorded"), "recorded_at", Kind.DATETIME), Column(_("Fair value"), "fair_value_fen", MONEY),
        Column(_("Method"), lambda row: row.get_method_display()), Column(_("Fair-value level"), level_of),
        Column(_("Latest by the day"), lambda row: not row.is_followed, Kind.BOOLEAN),
        Column(_("Source document"), "document"),
        Column(_("Approved by"), lambda row: row.approved_by and (row.approved_by.name or row.approved_by.email)),
    )  # fmt: skip
    return _("Valuations"), columns, streamed(book.values()), ()


def flows_sheet(book: PortfolioBook) -> Sheet:
    def paid(name: str) -> Any:
        return lambda row: -row[name]

    columns = (
        Column(_("Fund"), "fund__code"), Column(_("Date"), "value_date", DATE),
        Column(_("Contributions of investors"), paid("called"), MONEY),
        Column(_("Distributions to investors"), "distributed", MONEY),
        Column(_("Net to investors"), lambda row: row["distributed"] - row["called"], MONEY),
        Column(_("Investments"), paid("invested"), MONEY),
        Column(_("Proceeds of exits"), "exited", MONEY), Column(_("Dividends and interest"), "income", MONEY),
        Column(_("Management fee"), paid("fees"), MONEY), Column(_("Fund expenses"), paid("expenses"), MONEY),
        Column(_("Grants paid"), paid("granted"), MONEY), Column(_("Grants returned"), "given_back", MONEY),
        Column(
            _("Net of the investments"), lambda row: row["exited"] + row["income"] - row["invested"], MONEY
        ),
    )  # fmt: skip
    note = _("One row a fund and day, transaction types in columns; paid is negative, received positive.")
    return _("Cash flows by day"), columns, streamed(book.flows()), (note,)


def _rate(side: str) -> Any:
    def read(line: Line) -> Fraction | None:
        irr = getattr(line, side)
        value = rate_value(irr) if irr is not None else None
        return value.value if isinstance(value, Percent) else None

    return read


def _multiple(name: str) -> Any:
    return lambda line: getattr(line.multiples, name) if line.multiples else None


def figures_sheet(book: PortfolioBook) -> Sheet:
    codes = {fund.pk: fund.code for fund in book.funds}
    columns = (
        Column(_("Fund"), lambda line: codes[int(line.key)]), Column(_("Name"), "name"),
        Column(_("First drawdown"), "first_call", DATE), Column(_("Committed"), "committed", MONEY),
        Column(_("Paid-in"), "paid_in", MONEY), Column(_("Distributions"), "distributions", MONEY),
        Column(_("Net asset value"), "nav", MONEY), Column(_("Fair value"), "fair_value", MONEY),
        Column(_("PIC"), _multiple("pic"), NUMBER), Column(_("DPI"), _multiple("dpi"), NUMBER),
        Column(_("RVPI"), _multiple("rvpi"), NUMBER), Column(_("TVPI"), _multiple("tvpi"), NUMBER),
        Column(_("Net IRR"), _rate("net"), PERCENT),
        Column(_("Status of the net IRR"), lambda line: line.net and rate_status(line.net).label),
        Column(_("Gross IRR"), _rate("gross"), PERCENT),
        Column(_("Status of the gross IRR"), lambda line: rate_status(line.gross).label),
    )  # fmt: skip
    note = _("Multiples and rates after GIPS 2020; under one year the return of the period, not annualised.")
    return _("Figures"), columns, book.figures(), (note,)


def tolerance_sheet(book: PortfolioBook) -> Sheet:
    def headroom(one: Any) -> int | None:
        left = one.answer.tolerance.headroom
        return None if left is None else fen(left)

    columns = (
        Column(_("Fund"), "subject.code"),
        Column(_("Stage"), lambda one: words.stage_label(one.stage) if one.stage else _("Whole")),
        Column(_("Policy"), lambda one: binding_title(one.answer.document) if one.answer.document else None),
        Column(_("Rule"), lambda one: scope_of_rule(one.answer)),
        Column(_("Loss that counts"), lambda one: max(0, fen(one.answer.rate.numerator_signed)), MONEY),
        Column(_("Base"), lambda one: fen(one.answer.rate.denominator), MONEY),
        Column(_("Loss rate"), "answer.rate.rate", PERCENT),
        Column(_("Cap in effect"), "answer.tolerance.effective_cap", PERCENT),
        Column(_("Share of the cap used"), "answer.tolerance.utilisation", PERCENT),
        Column(_("Headroom"), headroom, MONEY),
        Column(_("Status"), lambda one: one.answer.tolerance.status.label),
        Column(_("Level"), lambda one: WarningLevel(one.answer.tolerance.level).label),
        Column(_("Force"), lambda one: _("binding") if one.answer.binds else _("indicative")),
        Column(_("Unverified"), "answer.unverified", Kind.BOOLEAN),
    )  # fmt: skip
    return _("Tolerance"), columns, book.tolerance(), ()


def below_sheet(book: PortfolioBook) -> Sheet:
    columns = (
        Column(_("Fund"), "mother.code"), Column(_("Fund below"), "fund.code"), Column(_("Name"), "fund.name"),
        Column(_("Share through all levels"), "share", PERCENT), Column(_("Exact"), lambda row: str(row.share)),
    )  # fmt: skip
    return _("Look-through"), columns, book.below(), ()


def notes_sheet(book: PortfolioBook, unit: Unit) -> Sheet:
    """What a reader of the figures has to know, and where each formula comes from."""
    moment = book.moment
    rows = (
        (_("As of"), moment.as_of.isoformat()),
        (_("Known at"), moment_text(moment.known_at)),
        (_("Unit"), _("Amounts in %(unit)s; the books are kept in whole fen.") % {"unit": unit.label}),
        (_("Ledger"), _("Entries with value date by the day and recorded by the moment; a reversal is a row.")),
        (_("Fair value"), _("The last value that counts, moved by purchases and exits since; else remaining cost.")),
        (_("Net asset value"), _("cash + fair value of holdings")),
        (_("PIC, DPI, RVPI, TVPI"), _("GIPS 2020; recalled distributions count as paid in each time.")),
        (_("Net and gross IRR"), _("Σ flow × (1 + r) ^ −(days / 365) = 0 (ACT/365F)")),
        (_("Cash flows by day"), _("Layout after the ILPA Performance Template: transaction types by date.")),
        (_("Loss rate"), _("Definition of the policy in force; where it states none, the product's default.")),
        (_("Look-through"), _("Product of the exact shares along each way, summed over the ways.")),
    )  # fmt: skip
    columns = (Column(_("Item"), lambda row: row[0]), Column(_("Explanation"), lambda row: row[1]))
    return _("Notes"), columns, rows, ()

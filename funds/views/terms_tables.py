"""The tables of a fund's terms: one a kind of fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from funds.models import Commitment, FeeTerm, Fund, FundLimit, FundTerm, SubFundInterest, WaterfallTier
from funds.models.dated import DatedRecord
from funds.queries.limits import LimitCheck
from funds.queries.sums import Moment
from funds.reports.terms import actual_text, concession_text, first_loss_text, interest_text, kept_status, limit_text
from innovation.core.components import Status, Tone
from innovation.core.exports import Kind
from innovation.core.figures import percent_text
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn

Columns = Sequence[TableColumn]
NO_END = _("No end is set")


@dataclass(frozen=True)
class FactTable:
    """How facts of one kind are read and listed."""

    title: str | Promise
    empty: str | Promise
    rows: Callable[[Fund], QuerySet[Any]]
    columns: Columns

    def table(self, request: HttpRequest, rows: Sequence[Any], moment: Moment, *, may_change: bool) -> Table:
        """The rows with the days on which they hold; ``may_change`` adds the ways to end and withdraw."""
        word = next(word for word, (_model, each) in TABLES.items() if each is self)
        columns = [
            *self.columns,
            TableColumn(_("Valid from"), "valid_from", Kind.DATE, key="from", order_by=("valid_from",)),
            TableColumn(_("Valid to"), "valid_to", Kind.DATE, key="to", order_by=("valid_to",), unknown=NO_END),
            TableColumn(
                _("On this day"), lambda row: str(_holds(row, moment).label), key="holds",
                cell=lambda row: status_html(_holds(row, moment)),
            ),
        ]  # fmt: skip
        if may_change and any(row.is_current for row in rows):
            columns.append(TableColumn(_("Change"), lambda row: "", key="change", cell=lambda row: _acts(word, row)))
        return Table(
            request, columns, rows, self.title, name=word, as_of=moment.as_of, known_at=moment.known_at,
            empty_title=self.empty,
        )  # fmt: skip


def _holds(row: DatedRecord, moment: Moment) -> Status:
    if moment.as_of < row.valid_from:
        return Status(_("Later"), Tone.INFO)
    if row.valid_to is not None and row.valid_to < moment.as_of:
        return Status(_("Past"), Tone.IDLE)
    return Status(_("Holds"), Tone.OK)


def _acts(word: str, row: DatedRecord) -> SafeString | str:
    if not row.is_current:
        return ""
    return format_html(
        '<a href="{}">{}</a> · <a href="{}">{}</a>',
        reverse("funds:fact_end", args=[word, row.pk]), _now("End"),
        reverse("funds:fact_withdraw", args=[word, row.pk]), _now("Withdraw"),
    )  # fmt: skip


def _exact(row: SubFundInterest) -> str:
    return f"{percent_text(row.share)} ({row.share})"


DOCUMENT = TableColumn(_("Source document"), "document", key="document", unknown=_("Not recorded"))
NOT_STATED = _("A step of this kind does not state it")
TABLES: Mapping[str, tuple[type[DatedRecord], FactTable]] = {
    "commitment": (
        Commitment,
        FactTable(
            _("Commitments"), _("No commitment is recorded; the share stated with the fund is used."),
            lambda fund: fund.commitments.select_related("investor"),
            (
                TableColumn(
                    _("Investor"), lambda row: row.investor.name, key="investor", heading=True,
                    link=lambda row: row.investor.get_absolute_url(),
                ),
                TableColumn(_("Source of the money"), lambda row: row.get_source_display(), key="source"),
                TableColumn(_("Committed"), "amount_fen", Kind.MONEY, key="amount"),
                DOCUMENT,
            ),
        ),
    ),
    "period": (
        FundTerm,
        FactTable(
            _("Periods of the term"), _("No period is recorded; the end dates typed with the fund are used."),
            lambda fund: fund.terms.all(),
            (
                TableColumn(_("Phase"), lambda row: row.get_phase_display(), key="phase", heading=True),
                TableColumn(_("Approved by"), "approved_by", key="by"),
                TableColumn(_("Approved on"), "approved_on", Kind.DATE, key="on"),
            ),
        ),
    ),
    "fee": (
        FeeTerm,
        FactTable(
            _("Management fee"), _("No management fee is recorded."),
            lambda fund: fund.fee_terms.all(),
            (
                TableColumn(_("Phase"), lambda row: row.get_phase_display(), key="phase", heading=True),
                TableColumn(_("Rate per year"), "rate", Kind.PERCENT, key="rate"),
                TableColumn(_("Basis"), lambda row: row.get_basis_display(), key="basis"),
                DOCUMENT,
            ),
        ),
    ),
    "tier": (
        WaterfallTier,
        FactTable(
            _("Waterfall, first loss and profit concession"),
            _("No step is recorded; the government shares pro rata, but for the first loss stated with the fund."),
            lambda fund: fund.waterfall_tiers.all(),
            (
                TableColumn(_("Order"), "position", Kind.INTEGER, key="position"),
                TableColumn(_("Kind"), lambda row: row.get_kind_display(), key="kind", heading=True),
                TableColumn(_("First loss"), first_loss_text, key="loss", unknown=NOT_STATED),
                TableColumn(_("Interest a year"), interest_text, key="hurdle", unknown=NOT_STATED),
                TableColumn(_("Share of the manager"), "manager", Kind.PERCENT, key="manager", unknown=NOT_STATED),
                TableColumn(_("Profit concession"), concession_text, key="concession", unknown=_("None")),
            ),
        ),
    ),
    "limit": (
        FundLimit,
        FactTable(
            _("Limits"), _("No limit is recorded."),
            lambda fund: fund.limits.all(),
            (
                TableColumn(_("Limit"), lambda row: row.get_kind_display(), key="kind", heading=True),
                TableColumn(_("Value"), limit_text, key="value"),
                TableColumn(_("Where it is written"), "source", key="source"),
                TableColumn(_("Source"), lambda row: row.get_status_display(), key="status"),
            ),
        ),
    ),
    "interest": (
        SubFundInterest,
        FactTable(
            _("Interests in sub-funds"), _("The fund holds no share in a sub-fund."),
            lambda fund: SubFundInterest.objects.filter(investment__fund=fund).select_related(
                "sub_fund", "investment__company"
            ),
            (
                TableColumn(
                    _("Sub-fund"), lambda row: row.sub_fund.name, key="sub", heading=True,
                    link=lambda row: reverse("funds:fund", args=[row.sub_fund_id]),
                ),
                TableColumn(
                    _("Investment"), lambda row: str(row.investment), key="investment",
                    link=lambda row: reverse("funds:holding", args=[row.investment_id]),
                ),
                TableColumn(_("Share"), _exact, key="share"),
            ),
        ),
    ),
}  # fmt: skip
"""By the word that stands in addresses."""


def limits_table(request: HttpRequest, checks: Sequence[LimitCheck]) -> Table:
    """Whether each limit is kept."""
    columns = (
        TableColumn(_("Limit"), lambda one: one.limit.get_kind_display(), heading=True),
        TableColumn(_("Stated"), lambda one: limit_text(one.limit)),
        TableColumn(_("Actual"), actual_text, unknown=_("Nothing to measure yet")),
        TableColumn(_("Kept"), lambda one: str(kept_status(one).label), cell=lambda one: status_html(_kept(one))),
        TableColumn(_("Where it is written"), lambda one: one.limit.source),
    )
    return Table(request, columns, list(checks), _("Are the limits kept?"), name="checks")


def _kept(check: LimitCheck) -> Status:
    told = kept_status(check)
    return Status(told.label, Tone(told.tone))


def below_table(request: HttpRequest, shares: Sequence[tuple[Fund, Fraction]]) -> Table:
    """The exact share in every fund below, through all levels."""
    columns = (
        TableColumn(
            _("Fund"), lambda row: row[0].name, heading=True, link=lambda row: reverse("funds:fund", args=[row[0].pk])
        ),
        TableColumn(_("Share through all levels"), lambda row: row[1], Kind.PERCENT),
        TableColumn(_("Exact"), lambda row: str(row[1])),
    )
    rows = sorted(shares, key=lambda row: row[0].code)
    return Table(request, columns, rows, _("Funds below, looked through"), name="below")

"""The cap table of a company on its page: who owns how much, the transactions, what was taken back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.companies import CapEntryKind
from funds.models import CapRecord, CapReversal
from funds.queries.companies import NamedCapTable
from funds.views.cap_links import ISSUANCES
from innovation.core.components import Fact
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn


def cap_lines(request: HttpRequest, cap: NamedCapTable, times: dict[str, Any]) -> Table:
    """Who owns how much on the day."""

    def paid(line: Any) -> str:
        return ", ".join(f"{amount.normalize() + Decimal(0):,f} {currency}" for currency, amount in line.paid.items())

    columns = (
        TableColumn(
            _("Holder"), lambda line: cap.holders.get(line.stakeholder, line.stakeholder), key="holder", heading=True
        ),
        TableColumn(
            _("Class of shares"), lambda line: cap.classes.get(line.stock_class, line.stock_class), key="class"
        ),
        TableColumn(_("Shares"), lambda line: line.quantity, Kind.NUMBER, key="shares", decimals=0),
        TableColumn(_("Share of the company"), lambda line: line.share, Kind.PERCENT, key="part"),
        TableColumn(_("Paid for them"), paid, key="paid", unknown=_("Not recorded")),
    )
    return Table(
        request, columns, cap.table.lines, gettext("Cap table"), name="cap",
        empty_title=_("No cap table is recorded"),
        empty_text=_("Send one as an Open Cap Format package, or record issuances one by one."), **times,
    )  # fmt: skip


def grants_table(request: HttpRequest, cap: NamedCapTable, times: dict[str, Any]) -> Table:
    """Shares that plans promise, and their part of all shares once these are counted too."""

    def price(grant: Any) -> str:
        return f"{grant.price['amount']} {grant.price['currency']}" if grant.price else ""

    columns = (
        TableColumn(
            _("Holder"), lambda grant: cap.holders.get(grant.stakeholder, grant.stakeholder), key="holder", heading=True
        ),
        TableColumn(_("Plan"), lambda grant: cap.plans.get(grant.plan, ""), key="plan", unknown=_("None named")),
        TableColumn(_("Shares promised"), lambda grant: grant.quantity, Kind.NUMBER, key="shares", decimals=0),
        TableColumn(
            _("Part, all grants exercised"), lambda grant: grant.quantity / cap.table.diluted, Kind.PERCENT, key="part"
        ),
        TableColumn(_("Price of exercise"), price, key="price", unknown=_("Not recorded")),
        TableColumn(_("Until"), "expires_on", key="until", unknown=_("No day is set")),
    )
    return Table(request, columns, cap.table.grants, gettext("Grants under plans"), name="grants", **times)


class CapWords:
    """A transaction of a cap table in words: what it is, whose shares, of which class, how many."""

    def __init__(self, cap: NamedCapTable, more: Iterable[Mapping[str, Any]] = ()) -> None:
        self.cap = cap
        self.objects = [*cap.objects, *more]

    @cached_property
    def _issued(self) -> dict[Any, Mapping[str, Any]]:
        return {item.get("security_id"): item for item in self.objects if item["object_type"] in ISSUANCES}

    @cached_property
    def _left_over(self) -> set[str]:
        return {item["balance_security_id"] for item in self.objects if item.get("balance_security_id")}

    def what(self, row: CapRecord) -> str:
        if row.kind in ISSUANCES and row.data.get("security_id") in self._left_over:
            return gettext("What is left over, issued anew")
        return str(dict(CapEntryKind.choices).get(row.kind, row.kind))

    def holder(self, row: CapRecord) -> str:
        return self.cap.holders.get(str(self._security(row).get("stakeholder_id")), "")

    def new_holder(self, row: CapRecord) -> str:
        """To whom a transfer goes; empty for everything else."""
        keys = row.data.get("resulting_security_ids") or [""]
        name = self.cap.holders.get(str(self._issued.get(keys[0], {}).get("stakeholder_id")), "")
        return "" if name == self.holder(row) else name

    def stock_class(self, row: CapRecord) -> str:
        return self.cap.classes.get(str(self._security(row).get("stock_class_id")), "")

    def number(self, row: CapRecord) -> Fraction | None:
        """Shares, or yuan of convertible money."""
        data = row.data
        money = data.get("investment_amount") or data.get("amount")
        text = data.get("quantity") or data.get("quantity_converted") or (money and money["amount"])
        return Fraction(text) if text else None

    def _security(self, row: CapRecord) -> Mapping[str, Any]:
        return self._issued.get(row.data.get("security_id"), {})


def entry_ends(records: Iterable[CapRecord]) -> set[int]:
    """The transactions that were entered by hand: of the objects of each entry the last."""
    last = {(row.recorded_at, row.recorded_by_id): row.pk for row in records if row.is_entry}
    return set(last.values())


def cap_events_table(
    request: HttpRequest, cap: NamedCapTable, times: dict[str, Any], *, may_take_back: bool = False
) -> Table:
    """Every transaction of the cap table, the latest first; those entered by hand with the way to take them back."""
    words, by_hand = CapWords(cap), entry_ends(cap.records) if may_take_back else set()

    columns = [
        TableColumn(_("Day"), "effective_on", Kind.DATE, key="day", order_by=("effective_on",)),
        TableColumn(_("Transaction"), words.what, key="what", heading=True),
        TableColumn(_("Holder"), words.holder, key="holder", unknown=_("None named")),
        TableColumn(_("Class of shares"), words.stock_class, key="class", unknown=_("None named")),
        TableColumn(
            _("Shares or yuan"), words.number, Kind.NUMBER, key="number", decimals=0, unknown=_("Not stated")
        ),
        TableColumn(
            _("Reason"), lambda row: row.data.get("reason_text") or row.data.get("consideration_text"), key="reason",
            unknown=_("Not stated"),
        ),
        TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        TableColumn(_("Entered by"), lambda row: str(row.recorded_by or ""), key="by", unknown=_("By the system")),
    ]  # fmt: skip
    if by_hand:
        columns.append(
            TableColumn(
                _("Wrong?"), lambda row: gettext("Take it back") if row.pk in by_hand else "", key="take_back",
                link=lambda row: reverse("funds:cap_take_back", args=[row.pk]) if row.pk in by_hand else "",
                unknown=_("Came with a package, or with the entry beside it"),
            )
        )  # fmt: skip
    dated = [row for row in cap.records if row.kind.startswith("TX_") and row.effective_on]
    rows = sorted(
        (row for row in dated if row.effective_on <= cap.as_of),
        key=lambda row: (row.effective_on, row.pk),
        reverse=True,
    )
    return Table(request, columns, rows, gettext("Transactions of the cap table"), name="cap_events", **times)


def taken_back_table(
    request: HttpRequest, rows: Iterable[CapReversal], cap: NamedCapTable, times: dict[str, Any]
) -> Table:
    """The entries by hand that were taken back, with who said why."""
    found = list(rows)
    words = CapWords(cap, [row.record.data for row in found])
    columns = (
        TableColumn(_("Day"), lambda row: row.record.effective_on, Kind.DATE, key="day"),
        TableColumn(_("Transaction"), lambda row: words.what(row.record), key="what", heading=True),
        TableColumn(
            _("Shares or yuan"), lambda row: words.number(row.record), Kind.NUMBER, key="number", decimals=0,
            unknown=_("Not stated"),
        ),
        TableColumn(_("Recorded"), lambda row: row.record.recorded_at, Kind.DATETIME, key="recorded"),
        TableColumn(_("Taken back at"), "reversed_at", Kind.DATETIME, key="back", order_by=("reversed_at",)),
        TableColumn(_("Taken back by whom"), lambda row: str(row.reversed_by), key="by"),
        TableColumn(_("Reason"), "reason", key="reason"),
    )  # fmt: skip
    return Table(request, columns, found, gettext("Entries taken back"), name="taken_back", **times)


def entry_facts(record: CapRecord, words: CapWords) -> list[Fact]:
    """What is about to be taken back."""
    number = words.number(record)
    return [
        Fact(_("Transaction"), words.what(record)),
        Fact(_("Day"), str(record.effective_on)),
        Fact(_("Holder"), words.holder(record) or None, unknown=_("None named")),
        *([Fact(_("New holder"), receiver)] if (receiver := words.new_holder(record)) else []),
        Fact(_("Class of shares"), words.stock_class(record) or None, unknown=_("None named")),
        Fact(_("Shares or yuan"), None if number is None else f"{Decimal(number.numerator) / number.denominator:,f}",
             unknown=_("Not stated")),
        Fact(_("Recorded"), f"{timezone.localtime(record.recorded_at):%Y-%m-%d %H:%M}"),
        Fact(_("Entered by"), str(record.recorded_by or "") or None, unknown=_("By the system")),
    ]  # fmt: skip


def loan_facts(cap: NamedCapTable) -> list[Fact]:
    """Convertible money that stands beside the shares."""
    return [
        Fact(cap.holders.get(loan.stakeholder, loan.stakeholder), f"{loan.amount:,f} {loan.currency}")
        for loan in cap.table.loans
    ]

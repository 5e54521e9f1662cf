"""What companies report, and cap tables entered by hand."""

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from funds.actions.cap_entries import record_entry
from funds.actions.companies import record_quarter
from funds.choices.companies import CapEntryKind
from funds.imports.companies import send_quarters
from funds.queries.sums import Moment
from funds.rules.cap_securities import Entry
from tests.factories import deals
from tests.factories.deals import WAN

Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30)
HEAD = "统一社会信用代码,季度,单位,收入,从业人数,研发人员,税收\n"


def report(company, actor=None, end=Q1, **figures):
    given = {"revenue_fen": 100 * WAN, "headcount": 50} | figures
    return record_quarter(company_id=company.pk, quarter_end=end, actor=actor or deals.officer(), **given)


def now():
    return Moment(timezone.localdate(), timezone.now())


def issue(company, actor=None, **facts):
    """Shares issued; returns their security."""
    given = {
        "stakeholder": "Fund A", "stock_class": "Series A", "is_preferred": True, "quantity": Decimal(100),
        "price": Decimal("1.5"),
    } | facts  # fmt: skip
    entry = Entry(CapEntryKind.ISSUANCE, date(2025, 1, 1), **given)
    return record_entry(company_id=company.pk, entry=entry, actor=actor or deals.officer())[-1].data["security_id"]


def sent(text, reason="", **facts):
    upload = SimpleUploadedFile("q.csv", text.encode())
    return send_quarters(upload=upload, source="MANAGER", reason=reason, actor=deals.officer(), **facts)

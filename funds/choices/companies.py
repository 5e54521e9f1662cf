"""Kinds and sources of what companies report."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from innovation.organisations.choices import MembershipRole

REPORTING_ROLES = (MembershipRole.LEAD, MembershipRole.EDITOR)
"""Members of a company who may report for it."""


class QuarterSource(TextChoices):
    """Who stands behind a company's figures."""

    COMPANY = "COMPANY", _("Reported by the company")
    MANAGER = "MANAGER", _("Report of the manager")
    AUDITED = "AUDITED", _("Audited accounts")
    OFFICE = "OFFICE", _("Collected by the office")


class CapEntryKind(TextChoices):
    """What is entered by hand into a cap table; the values are the object types of the Open Cap Format."""

    ISSUANCE = "TX_STOCK_ISSUANCE", _("Issuance of shares")
    CONVERTIBLE = "TX_CONVERTIBLE_ISSUANCE", _("Convertible money taken up")
    GRANT = "TX_EQUITY_COMPENSATION_ISSUANCE", _("Grant under a plan")
    TRANSFER = "TX_STOCK_TRANSFER", _("Transfer of shares")
    REPURCHASE = "TX_STOCK_REPURCHASE", _("Repurchase of shares")
    CONVERSION = "TX_STOCK_CONVERSION", _("Conversion into another class")
    CONVERTIBLE_CONVERSION = "TX_CONVERTIBLE_CONVERSION", _("Conversion of money into shares")
    EXERCISE = "TX_EQUITY_COMPENSATION_EXERCISE", _("Exercise of a grant")
    CANCELLATION = "TX_STOCK_CANCELLATION", _("Cancellation of shares")
    CONVERTIBLE_CANCELLATION = "TX_CONVERTIBLE_CANCELLATION", _("Repayment of convertible money")
    GRANT_CANCELLATION = "TX_EQUITY_COMPENSATION_CANCELLATION", _("Lapse of a grant")


CAP_ENTRY_FIELDS: dict[CapEntryKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    CapEntryKind.ISSUANCE: (("stakeholder", "stock_class", "quantity", "price"), ("number",)),
    CapEntryKind.CONVERTIBLE: (("stakeholder", "amount"), ("number",)),
    CapEntryKind.GRANT: (
        ("stakeholder", "plan", "stock_class", "quantity", "price", "expires_on"), ("reserved", "number"),
    ),
    CapEntryKind.TRANSFER: (("security_id", "stakeholder"), ("quantity", "price", "number")),
    CapEntryKind.REPURCHASE: (("security_id", "price"), ("quantity", "reason")),
    CapEntryKind.CONVERSION: (("security_id", "stock_class", "new_shares"), ("quantity", "number")),
    CapEntryKind.CONVERTIBLE_CONVERSION: (
        ("security_id", "stock_class", "new_shares", "reason"), ("amount", "number"),
    ),
    CapEntryKind.EXERCISE: (("security_id",), ("quantity", "number")),
    CapEntryKind.CANCELLATION: (("security_id", "reason"), ("quantity",)),
    CapEntryKind.CONVERTIBLE_CANCELLATION: (("security_id", "reason"), ("amount",)),
    CapEntryKind.GRANT_CANCELLATION: (("security_id", "reason"), ("quantity",)),
}  # fmt: skip
"""Kind → what it must state and what it may; where a quantity or an amount may be left out, all of it is meant."""

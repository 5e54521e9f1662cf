"""What files hold, and how they write dates."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Layout(TextChoices):
    """How a portfolio file is kept."""

    LEDGER = "LEDGER", _("One event of the books a row")
    HOLDINGS = "HOLDINGS", _("One holding a row")
    VALUATIONS = "VALUATIONS", _("One valuation paper a row")


class DateOrder(TextChoices):
    """The order in which a file writes its dates; year first is always understood."""

    YMD = "YMD", _("year-month-day")
    MDY = "MDY", _("month-day-year")
    DMY = "DMY", _("day-month-year")


class RecordFile(TextChoices):
    """What a file of records holds."""

    FUNDS = "FUNDS", _("Funds")
    COMMITMENTS = "COMMITMENTS", _("Commitments")
    NOTICES = "NOTICES", _("Capital calls and distributions (ILPA)")


class CompanyFileKind(TextChoices):
    """What a file of companies holds."""

    QUARTERS = "QUARTERS", _("Quarterly figures")
    OCF = "OCF", _("Cap table (Open Cap Format)")


class NoticeKind(TextChoices):
    """What a row of a file of notices speaks of."""

    CALL = "CALL", _("Capital call")
    DISTRIBUTION = "DISTRIBUTION", _("Distribution")


class FieldKind(TextChoices):
    """What the value of a field of the national register is; amounts in fen, shares and ratios as exact fractions."""

    TEXT = "TEXT", _("Text")
    FUND_CLASS = "FUND_CLASS", _("Class of the fund")
    FUND_STATE = "FUND_STATE", _("State of the fund")
    DAY = "DAY", _("Day")
    MONEY = "MONEY", _("Amount in fen")
    SHARE = "SHARE", _("Share as a fraction")
    RATIO = "RATIO", _("Ratio as a fraction")
    COUNT = "COUNT", _("Number")
    POINTS = "POINTS", _("Points as a fraction")

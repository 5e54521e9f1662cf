"""Conventions and outcomes of performance figures and of stress."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DayCount(TextChoices):
    """How a year fraction is counted between two days."""

    ACT_365F = "ACT/365F", _("Actual days / 365")
    ACT_360 = "ACT/360", _("Actual days / 360")
    ACT_ACT_ISDA = "ACT/ACT ISDA", _("Actual / actual (ISDA)")
    THIRTY_360_ISDA = "30/360 ISDA", _("30/360 (ISDA)")
    THIRTY_E_360 = "30E/360", _("30E/360 (European)")


class IrrStatus(TextChoices):
    """What the search for an internal rate of return found. It stands beside every rate."""

    OK = "OK", _("One rate")
    MULTIPLE = "MULTIPLE", _("Several rates solve it")
    NO_ROOT = "NO_ROOT", _("No rate solves it")
    NOT_MEANINGFUL = "NOT_MEANINGFUL", _("The rate is outside all meaning")
    TOTAL_LOSS = "TOTAL_LOSS", _("Total loss")
    SAME_SIGN = "SAME_SIGN", _("Money moved one way only")
    SINGLE_DATE = "SINGLE_DATE", _("All money moved on one day")


class IndexMoneyStatus(TextChoices):
    """Whether the money put into an index instead (Long and Nickels) still has a value at the end."""

    OK = "OK", _("Value above zero")
    NEGATIVE_INDEX_NAV = "NEGATIVE_INDEX_NAV", _("The index account would be overdrawn")


class CallTiming(TextChoices):
    """When within a year a pacing model calls money: after the growth of that year, or before it."""

    END = "END", _("Calls at the end of the year (they do not grow in it)")
    START = "START", _("Calls at the start of the year (they grow in it)")


class IndexKind(TextChoices):
    """What an index counts. Only a total-return index is a fair peer of a fund: a price index leaves dividends out."""

    TOTAL_RETURN = "TOTAL_RETURN", _("Total-return index")
    PRICE = "PRICE", _("Price index (dividends left out)")


class StressKind(TextChoices):
    """What a stress run supposes about the positions that a fund still holds."""

    BY_FUND_END = "BY_FUND_END", _("Failures by the end of the fund")
    TOTAL_LOSS = "TOTAL_LOSS", _("Failures of today's portfolio")
    OUTCOMES = "OUTCOMES", _("Outcomes of today's portfolio")


class OutcomeMeasure(TextChoices):
    """What a row of outcome data says."""

    SHARE = "SHARE", _("Share of investments that end between two multiples")
    TOTAL_LOSS = "TOTAL_LOSS", _("Share of investments lost wholly")
    BELOW_COST = "BELOW_COST", _("Share of investments below their cost")
    HAZARD = "HAZARD", _("Failure rate a year")
    CORRELATION = "CORRELATION", _("Correlation of failures")
    TAIL_ALPHA = "TAIL_ALPHA", _("Exponent of the tail")
    TAIL_CAP = "TAIL_CAP", _("Largest multiple counted")


class Counted(TextChoices):
    """What the shares of an outcome table count."""

    INVESTMENTS = "INVESTMENTS", _("Investments")
    CAPITAL = "CAPITAL", _("Capital")
    ASSUMPTION = "ASSUMPTION", _("An assumption")

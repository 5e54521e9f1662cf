"""The fields of a loss-rate definition, of caps, and how a scope stands against them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(TextChoices):
    """Which losses a loss rate counts."""

    REALISED = "REALISED", _("Realised losses")
    REALISED_PLUS_IMPAIRMENT = "REALISED_PLUS_IMPAIRMENT", _("Realised losses and impairment")
    REALISED_PLUS_UNREALISED = "REALISED_PLUS_UNREALISED", _("Realised and unrealised losses")
    NAV_SHORTFALL = "NAV_SHORTFALL", _("Shortfall of net asset value")


class Netting(TextChoices):
    """Which gains are set against the losses."""

    NONE = "NONE", _("No gains set off")
    WITHIN_PROJECT = "WITHIN_PROJECT", _("Gains of the same project set off")
    REALISED_GAINS = "REALISED_GAINS", _("Realised gains set off")
    ALL_GAINS = "ALL_GAINS", _("All gains set off")


class Denominator(TextChoices):
    """What the loss is divided by."""

    INVESTED_COST = "INVESTED_COST", _("Invested cost")
    EXITED_COST = "EXITED_COST", _("Cost of exited investments")
    CATEGORY_INVESTED_COST = "CATEGORY_INVESTED_COST", _("Invested cost of the category")
    PAID_IN = "PAID_IN", _("Paid-in capital")
    COMMITTED = "COMMITTED", _("Committed capital")


class MoneyView(TextChoices):
    """Whose money the rate speaks of."""

    FUND_TOTAL = "FUND_TOTAL", _("Whole fund")
    GOVERNMENT_SHARE = "GOVERNMENT_SHARE", _("Government share")


class ScopeLevel(TextChoices):
    """The set of holdings that a rule or a rate is about."""

    PROJECT = "PROJECT", _("One project")
    STAGE_IN_FUND = "STAGE_IN_FUND", _("One stage within a fund")
    FUND = "FUND", _("Whole fund")
    FUND_GROUP = "FUND_GROUP", _("Group of funds")


class CapState(TextChoices):
    """What a text says about a ceiling. NO_DATA is an answer of a calculation and is never stored with a rule."""

    LIMIT = "LIMIT", _("Ceiling set")
    NOT_LIMITED = "NOT_LIMITED", _("No ceiling")
    UNKNOWN = "UNKNOWN", _("Ceiling not known")
    NO_DATA = "NO_DATA", _("Nothing invested")


STORED_CAP_STATES = frozenset({CapState.LIMIT, CapState.NOT_LIMITED, CapState.UNKNOWN})
"""The states that a stored tolerance rule may have."""


class RuleType(TextChoices):
    """A ceiling on the loss rate, or a share of a loss that one party bears (never tested as a ceiling)."""

    CAP = "CAP", _("Ceiling on the loss rate")
    LOSS_SHARE = "LOSS_SHARE", _("Share of a loss borne")


class CapTest(TextChoices):
    """Whether exactly the ceiling is still within it."""

    LE = "LE", _("At most (≤)")
    LT = "LT", _("Less than (<)")


class MeasuredAt(TextChoices):
    """The moment of a fund's life at which a rate is measured."""

    ANY_DATE = "ANY_DATE", _("Any date")
    YEAR_END = "YEAR_END", _("Year end")
    PROJECT_EXIT = "PROJECT_EXIT", _("Exit of the project")
    END_OF_EXIT_PERIOD = "END_OF_EXIT_PERIOD", _("End of the exit period")
    END_OF_LIFE = "END_OF_LIFE", _("End of the fund's life")
    MILESTONE = "MILESTONE", _("Milestone")
    LIQUIDATION = "LIQUIDATION", _("Liquidation")


class ToleranceStatus(TextChoices):
    """The answer of a cap test. No answer says that anybody is exempt or guilty."""

    NO_RULE = "NO_RULE", _("No rule to test")
    NOT_LIMITED = "NOT_LIMITED", _("Not limited")
    NO_DATA = "NO_DATA", _("No data")
    WITHIN = "WITHIN", _("Within the cap")
    WITHIN_SPECIAL_TIER = "WITHIN_SPECIAL_TIER", _("Within the special tier")
    EXCEEDED = "EXCEEDED", _("Cap exceeded")
    TOLERABLE_SUBJECT_TO_DUTY = "TOLERABLE_SUBJECT_TO_DUTY", _("Tolerable if duty is proven")
    NOT_TOLERABLE = "NOT_TOLERABLE", _("Not tolerable")
    NOT_APPLICABLE = "NOT_APPLICABLE", _("Not applicable")


class StatusReason(TextChoices):
    """Why a cap test answered as it did."""

    NO_RULE_ROW = "NO_RULE_ROW", _("No rule applies to this scope")
    CAP_UNKNOWN = "CAP_UNKNOWN", _("The value of the cap is not known")
    ABOVE_CAP = "ABOVE_CAP", _("Above the cap")
    SPECIAL_TIER_CONDITION_NOT_MET = "SPECIAL_TIER_CONDITION_NOT_MET", _("Condition of the special tier not met")
    SPECIAL_TIER_NOT_APPROVED = "SPECIAL_TIER_NOT_APPROVED", _("Special tier not approved")
    GRANT_MONEY = "GRANT_MONEY", _("Grant money has no loss rate")


class WarningLevel(TextChoices):
    """How near a rate is to its cap, in rising order."""

    NONE = "NONE", _("Not evaluated")
    GREEN = "GREEN", _("Green")
    YELLOW = "YELLOW", _("Yellow")
    ORANGE = "ORANGE", _("Orange")
    RED = "RED", _("Red")


class SourceStatus(TextChoices):
    """Whether the clause with its figures stands in a public text that names the document."""

    VERIFIED = "verified", _("Verified")
    UNVERIFIED = "unverified", _("Unverified")


class AlertKind(TextChoices):
    """What an alert is about."""

    LEVEL = "LEVEL", _("Share of a cap used")
    SINGLE_POSITION = "SINGLE_POSITION", _("One position above the headroom")
    SPEED = "SPEED", _("Fast rise of the loss rate")
    POLICY_ENDING = "POLICY_ENDING", _("Policy about to end")
    TIER_ENDING = "TIER_ENDING", _("Special tier about to end")
    IDLE_MONEY = "IDLE_MONEY", _("Idle money")
    PROGRESS = "PROGRESS", _("Money progress beyond a threshold")


class AlertState(TextChoices):
    """Where an alert stands."""

    OPEN = "OPEN", pgettext_lazy("alert", "Open")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    CLOSED = "CLOSED", _("Closed")

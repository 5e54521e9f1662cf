"""Kinds and states of funds and holdings, their terms, calls and distributions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(TextChoices):
    """Stage of an investment at entry; policies set ceilings by it."""

    SEED = "seed", _("Seed")
    ANGEL = "angel", _("Angel")
    VENTURE = "venture", _("Venture")
    GROWTH = "growth", _("Growth")
    INDUSTRY = "industry", _("Industry")
    INDUSTRY_DIRECT = "industry_direct", _("Direct industry investment")
    BUYOUT = "buyout", _("Buyout")
    TECH_TRANSFER = "tech_transfer", _("Technology transfer")
    FUND_INTEREST = "fund_interest", _("Interest in a sub-fund")
    OTHER = "other", _("Other stage")


class InvestmentMode(TextChoices):
    """Whether money goes into a company at once or through a sub-fund."""

    DIRECT = "DIRECT", _("Direct investment")
    SUB_FUND = "SUB_FUND", _("Through a sub-fund")


class FundClass(TextChoices):
    """Class of a government fund. Grant money has no loss rate."""

    VENTURE = "VENTURE", _("Venture class")
    INDUSTRY = "INDUSTRY", _("Industry class")
    SPECIAL = "SPECIAL", _("Special-purpose fund")
    GRANT = "GRANT", _("Grant ledger")


class FundState(TextChoices):
    """Where a fund stands in its life."""

    PREPARING = "PREPARING", _("In preparation")
    INVESTING = "INVESTING", _("Investment period")
    EXITING = "EXITING", _("Exit period")
    EXTENDED = "EXTENDED", _("Extension period")
    LIQUIDATING = "LIQUIDATING", _("In liquidation")
    CLOSED = "CLOSED", _("Closed")


class InvestmentState(TextChoices):
    """Where an investment stands; derived from the ledger after INVESTED."""

    PROPOSED = "PROPOSED", _("Proposed")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    INVESTED = "INVESTED", _("Invested")
    PARTLY_EXITED = "PARTLY_EXITED", _("Partly exited")
    EXITED = "EXITED", _("Exited")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    RECOVERED = "RECOVERED", _("Recovered after write-off")


class ValuationMethod(TextChoices):
    """The five methods of the AMAC guideline on unlisted equity (2018-07-01)."""

    RECENT_ROUND = "RECENT_ROUND", _("Price of the latest financing")
    MARKET_MULTIPLES = "MARKET_MULTIPLES", _("Market multiples")
    INDUSTRY_INDICATORS = "INDUSTRY_INDICATORS", _("Industry indicators")
    DISCOUNTED_CASH_FLOW = "DISCOUNTED_CASH_FLOW", _("Discounted cash flow")
    NET_ASSETS = "NET_ASSETS", _("Net assets")


class FundKind(TextChoices):
    """What a fund is among the city's funds. Grant money is a ledger kind of its own and has no loss rate."""

    GUIDANCE = "GUIDANCE", _("Guidance (mother) fund")
    SUB_FUND = "SUB_FUND", _("Sub-fund")
    DIRECT = "DIRECT", _("Direct-investment programme")
    SPECIAL = "SPECIAL", _("Special fund")
    GRANT = "GRANT", _("Grant money")


class MoneySource(TextChoices):
    """Whose money an investor brings."""

    GOVERNMENT = "GOVERNMENT", _("Government money")
    PUBLIC = "PUBLIC", _("Other public money")
    SOCIAL = "SOCIAL", _("Social money")


class Phase(TextChoices):
    """A period of a fund's term."""

    INVESTMENT = "INVESTMENT", _("Investment period")
    EXIT = "EXIT", _("Exit period")
    EXTENSION = "EXTENSION", _("Extension period")


class FeeBasis(TextChoices):
    """What a management fee is a share of."""

    COMMITTED = "COMMITTED", _("Committed capital")
    PAID_IN = "PAID_IN", _("Paid-in capital")
    INVESTED_COST = "INVESTED_COST", _("Invested cost")
    UNEXITED_COST = "UNEXITED_COST", _("Cost not yet exited")


class TierKind(TextChoices):
    """A step of a waterfall."""

    FIRST_LOSS = "FIRST_LOSS", _("First loss")
    RETURN_OF_CAPITAL = "RETURN_OF_CAPITAL", _("Return of capital")
    PREFERRED_RETURN = "PREFERRED_RETURN", _("Preferred return")
    CATCH_UP = "CATCH_UP", _("Catch-up of the manager")
    PROFIT_SPLIT = "PROFIT_SPLIT", _("Profit split")
    BUYOUT = "BUYOUT", _("Government leaves at cost plus interest")


class ConcessionTo(TextChoices):
    """Who gets what the government gives up of its gain."""

    OTHERS = "OTHERS", _("Other investors")
    MANAGER = "MANAGER", _("Manager")


class LossBearer(TextChoices):
    """Who bears a first loss, before all others."""

    OTHERS = "OTHERS", _("All other investors")
    MANAGER = "MANAGER", _("The manager, with its own money in the fund")
    GOVERNMENT = "GOVERNMENT", _("The government")


class Compounding(TextChoices):
    """Whether unpaid interest bears interest."""

    SIMPLE = "SIMPLE", _("Simple: interest bears no interest")
    YEARLY = "YEARLY", _("Compounded yearly: unpaid interest is added on each anniversary of the first call")


class LineSource(TextChoices):
    """What a line of a notice moves: money of a source, or the manager's share of the profit."""

    GOVERNMENT = "GOVERNMENT", _("Government money")
    PUBLIC = "PUBLIC", _("Other public money")
    SOCIAL = "SOCIAL", _("Social money")
    CARRY = "CARRY", _("Carried interest of the manager")


class LimitKind(TextChoices):
    """What a limit of a fund is about; MAX kinds are ceilings, MIN kinds floors."""

    MAX_ONE_PROJECT = "MAX_ONE_PROJECT", _("One project at most")
    MAX_TICKET = "MAX_TICKET", _("One ticket at most")
    MIN_PROJECTS = "MIN_PROJECTS", _("Number of projects at least")
    MIN_EARLY_SHARE = "MIN_EARLY_SHARE", _("Early projects (seed and angel) at least")
    MAX_GOVERNMENT_SHARE = "MAX_GOVERNMENT_SHARE", _("Government money at most")
    MAX_PUBLIC_SHARE = "MAX_PUBLIC_SHARE", _("All public money at most")


class LimitBasis(TextChoices):
    """What the share of a limit is measured against."""

    COMMITTED = "COMMITTED", _("Committed capital")
    PAID_IN = "PAID_IN", _("Paid-in capital")
    INVESTED_COST = "INVESTED_COST", _("Invested cost")


class NoticeState(TextChoices):
    """Whether a capital call or distribution stands; how much of it is paid follows from the ledger."""

    ISSUED = "ISSUED", _("Issued")
    CANCELLED = "CANCELLED", _("Cancelled")


class LineStanding(TextChoices):
    """How much of one investor's line is paid, by the entries that stand."""

    OPEN = "OPEN", pgettext_lazy("payment", "Open")
    PART = "PART", _("Paid in part")
    PAID = "PAID", _("Paid")
    OVERDUE = "OVERDUE", _("Overdue")

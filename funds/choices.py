"""Every enumeration of the funds part: kinds of event, the fields of a loss-rate definition, states, statuses.

Values are stable codes (policy data, imports and the API carry them); labels are for people. Terms follow the
fund domain's glossary.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    """What a row of the ledger says happened."""

    CALL = "CALL", _("Capital call")
    DISTRIBUTION = "DISTRIBUTION", _("Distribution")
    INVEST = "INVEST", _("Investment")
    FOLLOW_ON = "FOLLOW_ON", _("Follow-on investment")
    EXIT_PARTIAL = "EXIT_PARTIAL", _("Partial exit")
    EXIT_FULL = "EXIT_FULL", _("Full exit")
    WRITE_OFF = "WRITE_OFF", _("Write-off")
    RECOVERY_AFTER_WRITE_OFF = "RECOVERY_AFTER_WRITE_OFF", _("Recovery after write-off")
    DIVIDEND = "DIVIDEND", _("Dividend")
    INTEREST = "INTEREST", _("Interest")
    FEE = "FEE", _("Management fee")
    EXPENSE = "EXPENSE", _("Fund expense")
    IMPAIRMENT = "IMPAIRMENT", _("Impairment")
    FX = "FX", _("Exchange restatement")
    REVERSAL = "REVERSAL", _("Reversal")


INVESTING_KINDS = frozenset({EventKind.INVEST, EventKind.FOLLOW_ON})
"""Kinds that add cost to a holding."""

EXIT_KINDS = frozenset(
    {EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.WRITE_OFF, EventKind.RECOVERY_AFTER_WRITE_OFF}
)
"""Kinds that relieve cost of a holding or bring exit proceeds."""

ENTERED_KINDS = [(kind.value, kind.label) for kind in EventKind if kind != EventKind.REVERSAL]
"""What people enter; a reversal follows from the entry that it takes back."""

INCOME_KINDS = frozenset({EventKind.DIVIDEND, EventKind.INTEREST})
"""Kinds that bring income of a holding without touching its cost."""

HOLDING_KINDS = INVESTING_KINDS | EXIT_KINDS | INCOME_KINDS | {EventKind.IMPAIRMENT, EventKind.FX}
"""Kinds that belong to one investment; the others belong to the fund (a reversal follows the event it reverses)."""


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


class StatusReason(TextChoices):
    """Why a cap test answered as it did."""

    NO_RULE_ROW = "NO_RULE_ROW", _("No rule applies to this scope")
    CAP_UNKNOWN = "CAP_UNKNOWN", _("The value of the cap is not known")
    ABOVE_CAP = "ABOVE_CAP", _("Above the cap")
    SPECIAL_TIER_CONDITION_NOT_MET = "SPECIAL_TIER_CONDITION_NOT_MET", _("Condition of the special tier not met")
    SPECIAL_TIER_NOT_APPROVED = "SPECIAL_TIER_NOT_APPROVED", _("Special tier not approved")


class WarningLevel(TextChoices):
    """How near a rate is to its cap, in rising order."""

    NONE = "NONE", _("Not evaluated")
    GREEN = "GREEN", _("Green")
    YELLOW = "YELLOW", _("Yellow")
    ORANGE = "ORANGE", _("Orange")
    RED = "RED", _("Red")


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


class SourceStatus(TextChoices):
    """Whether the clause with its figures stands in a public text that names the document."""

    VERIFIED = "verified", _("Verified")
    UNVERIFIED = "unverified", _("Unverified")


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


# ── Fund records ─────────────────────────────────────────────────────────────────────────────────
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

    FIRST_LOSS = "FIRST_LOSS", _("First loss of the other investors")
    RETURN_OF_CAPITAL = "RETURN_OF_CAPITAL", _("Return of capital")
    PREFERRED_RETURN = "PREFERRED_RETURN", _("Preferred return")
    CATCH_UP = "CATCH_UP", _("Catch-up of the manager")
    PROFIT_SPLIT = "PROFIT_SPLIT", _("Profit split")


class ConcessionTo(TextChoices):
    """Who gets what the government gives up of its gain."""

    OTHERS = "OTHERS", _("Other investors")
    MANAGER = "MANAGER", _("Manager")


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


class ProposalState(TextChoices):
    """Where an entry above its fund's limit stands while a second person has to look at it."""

    WAITING = "WAITING", _("Waiting for a second person")
    APPROVED = "APPROVED", _("Approved and booked")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class ProofOccasion(TextChoices):
    """Why the books were proved."""

    NIGHTLY = "NIGHTLY", _("Every night")
    ON_DEMAND = "ON_DEMAND", _("On demand")
    COMMAND = "COMMAND", _("From the command line")


class ProofFinding(TextChoices):
    """What a proof of the books found wrong with a row or a fund."""

    LINK_BROKEN = "LINK_BROKEN", _("The entry was changed, or does not continue the one before")
    ANCHOR_LOST = "ANCHOR_LOST", _("The entry that was kept as a day's head is gone or another")
    COST_BELOW_ZERO = "COST_BELOW_ZERO", _("A holding's remaining cost falls below zero")
    CASH_BELOW_ZERO = "CASH_BELOW_ZERO", _("The fund's cash falls below zero")
    CALLS_ABOVE_COMMITMENT = "CALLS_ABOVE_COMMITMENT", _("The calls exceed the commitment")


class AlertKind(TextChoices):
    """What an alert is about."""

    LEVEL = "LEVEL", _("Share of a cap used")
    SINGLE_POSITION = "SINGLE_POSITION", _("One position above the headroom")
    SPEED = "SPEED", _("Fast rise of the loss rate")
    POLICY_ENDING = "POLICY_ENDING", _("Policy about to end")
    TIER_ENDING = "TIER_ENDING", _("Special tier about to end")
    IDLE_MONEY = "IDLE_MONEY", _("Idle money")


class AlertState(TextChoices):
    """Where an alert stands."""

    OPEN = "OPEN", _("Open")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    CLOSED = "CLOSED", _("Closed")


class RecordFile(TextChoices):
    """What a file of records holds."""

    FUNDS = "FUNDS", _("Funds")
    COMMITMENTS = "COMMITMENTS", _("Commitments")


class NoticeState(TextChoices):
    """Whether a capital call or distribution stands; how much of it is paid follows from the ledger."""

    ISSUED = "ISSUED", _("Issued")
    CANCELLED = "CANCELLED", _("Cancelled")


class LineStanding(TextChoices):
    """How much of one investor's line is paid, by the entries that stand."""

    OPEN = "OPEN", _("Open")
    PART = "PART", _("Paid in part")
    PAID = "PAID", _("Paid")
    OVERDUE = "OVERDUE", _("Overdue")


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

"""States and kinds of the way from a proposal to an exit. Values are stable codes; labels are for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DealState(TextChoices):
    """Where a proposal stands before money flows; after that the ledger tells (``InvestmentState``)."""

    SOURCING = "SOURCING", _("Sourcing")
    DILIGENCE = "DILIGENCE", _("Due diligence")
    PROPOSED = "PROPOSED", _("Before the committee")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


OPEN_DEALS = frozenset({DealState.SOURCING, DealState.DILIGENCE, DealState.PROPOSED})
"""States in which a proposal is still being worked on."""

EDITABLE_DEALS = frozenset({DealState.SOURCING, DealState.DILIGENCE})
"""States in which a proposal may still be changed: what the committee reads stays as it was laid before it."""


class Instrument(TextChoices):
    """What the fund gets for its money."""

    COMMON = "COMMON", _("Ordinary shares")
    PREFERRED = "PREFERRED", _("Preferred shares")
    CONVERTIBLE = "CONVERTIBLE", _("Convertible debt")
    FUND_INTEREST = "FUND_INTEREST", _("Interest in a partnership")
    OTHER = "OTHER", _("Other instrument")


class DealSource(TextChoices):
    """How the fund came to know of the company."""

    OWN = "OWN", _("Found by the fund")
    MANAGER = "MANAGER", _("Brought by a manager")
    COMPANY = "COMPANY", _("Company asked")
    DEPARTMENT = "DEPARTMENT", _("Recommended by a department")
    CONTEST = "CONTEST", _("Contest or call")
    OTHER = "OTHER", _("Other way")


class DiligenceArea(TextChoices):
    """Fields of due diligence."""

    BUSINESS = "BUSINESS", _("Business and market")
    TECHNOLOGY = "TECHNOLOGY", _("Technology and patents")
    TEAM = "TEAM", _("Founders and team")
    LEGAL = "LEGAL", _("Legal")
    FINANCE = "FINANCE", _("Finance and tax")
    VALUATION = "VALUATION", _("Valuation")
    COMPLIANCE = "COMPLIANCE", _("Compliance and negative list")


class DiligenceState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("question", "Open")
    CLEAR = "CLEAR", _("Clear")
    CONCERN = "CONCERN", _("Concern, acceptable")
    BREACH = "BREACH", _("Stands against the investment")
    NOT_NEEDED = "NOT_NEEDED", _("Not needed")


class DecisionSubject(TextChoices):
    """What a committee decides about a holding."""

    INVEST = "INVEST", _("Investment")
    FOLLOW_ON = "FOLLOW_ON", _("Follow-on investment")
    EXIT = "EXIT", _("Exit")
    WRITE_OFF = "WRITE_OFF", _("Write-off")


BUYING_SUBJECTS = frozenset({DecisionSubject.INVEST, DecisionSubject.FOLLOW_ON})
"""Subjects that a proposal is decided by; the others concern a holding that is there."""


class DecisionOutcome(TextChoices):
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    POSTPONED = "POSTPONED", _("Postponed")


class VoteChoice(TextChoices):
    """How a member of the committee voted. Who recuses takes no part and says why."""

    FOR = "FOR", _("For")
    AGAINST = "AGAINST", _("Against")
    ABSTAIN = "ABSTAIN", _("Abstained")
    RECUSED = "RECUSED", _("Recused")
    ABSENT = "ABSENT", _("Absent")


class MonitoringKind(TextChoices):
    BOARD = "BOARD", _("Board or shareholders' meeting")
    VISIT = "VISIT", _("Visit")
    REPORT = "REPORT", _("Report read")
    RISK = "RISK", _("Risk event")
    OTHER = "OTHER", _("Other note")


class MonitoringRating(TextChoices):
    """How a holding does, in the judgement of who follows it."""

    AS_PLANNED = "AS_PLANNED", _("As planned")
    WATCH = "WATCH", _("To be watched")
    TROUBLE = "TROUBLE", _("In trouble")


class PaperKind(TextChoices):
    """What a stored paper is."""

    PROPOSAL = "PROPOSAL", _("Proposal")
    DILIGENCE = "DILIGENCE", _("Due diligence report")
    MINUTES = "MINUTES", _("Minutes")
    AGREEMENT = "AGREEMENT", _("Agreement")
    REPORT = "REPORT", _("Report of the company")
    OTHER = "OTHER", _("Other paper")


class TrancheState(TextChoices):
    """Whether a tranche may be paid. That it is paid follows from the ledger."""

    PLANNED = "PLANNED", _("Condition open")
    READY = "READY", _("Ready to be paid")
    CANCELLED = "CANCELLED", _("Given up")

"""Enumerations of exemption for fulfilled duties (尽职免责): regimes, grounds, states, outcomes, answers, grades."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Regime(TextChoices):
    """Whose conditions of exemption bind a person."""

    SASAC_46 = "SASAC_46", _("Central enterprise (order no. 46)")
    CENTRAL_SOE_VC_2024 = "CENTRAL_SOE_VC_2024", _("Venture fund of a central enterprise (2024)")
    LOCAL_SOE = "LOCAL_SOE", _("Local state-owned enterprise")
    FISCAL = "FISCAL", _("Fiscal authority")


class CaseGround(TextChoices):
    """What opened an exemption case."""

    WRITE_OFF = "WRITE_OFF", _("Write-off")
    EXIT_AT_LOSS = "EXIT_AT_LOSS", _("Exit at a loss")
    IMPAIRMENT = "IMPAIRMENT", _("Impairment above the threshold")
    CAP_BREACH = "CAP_BREACH", _("Breach of a loss cap")
    MANUAL = "MANUAL", _("Opened by hand")


class CaseState(TextChoices):
    """Where an exemption case stands."""

    OPENED = "OPENED", pgettext_lazy("case", "Opened")
    FROZEN = "FROZEN", _("Evidence frozen")
    CHECKLIST = "CHECKLIST", _("Duty checklist")
    SCREENING = "SCREENING", _("Negative list")
    STATEMENT = "STATEMENT", _("Statement of the manager")
    EVALUATION = "EVALUATION", _("Independent evaluation")
    PANEL = "PANEL", _("Panel")
    DECIDED = "DECIDED", _("Decided")
    APPEAL = "APPEAL", _("Appeal")
    ARCHIVED = "ARCHIVED", _("Archived")


class CaseOutcome(TextChoices):
    """What a case decided. Only a decided case says that somebody is exempt or not."""

    EXEMPT = "EXEMPT", _("Exempt")
    PARTLY_EXEMPT = "PARTLY_EXEMPT", _("Partly exempt")
    NOT_EXEMPT = "NOT_EXEMPT", _("Not exempt")
    REFERRED = "REFERRED", _("Referred to discipline or accountability")


OUTCOMES_AFTER_HIT = frozenset({CaseOutcome.NOT_EXEMPT, CaseOutcome.REFERRED})
"""What remains once one item of the negative list is found."""


class AnswerResult(TextChoices):
    """The answer to one duty or condition."""

    MET = "MET", _("Met")
    NOT_MET = "NOT_MET", _("Not met")
    NOT_SHOWN = "NOT_SHOWN", _("Not shown")


class EvidenceKind(TextChoices):
    """What a document in a case file proves."""

    MINUTES = "MINUTES", _("Minutes of the investment decision")
    DUE_DILIGENCE = "DUE_DILIGENCE", _("Due diligence")
    AGREEMENT = "AGREEMENT", _("Investment agreement")
    VALUATION = "VALUATION", _("Valuation report")
    FOLLOW_UP = "FOLLOW_UP", _("Post-investment management")
    LOSS = "LOSS", _("Proof of the loss")
    STATEMENT = "STATEMENT", _("Attachment of the statement")
    EVALUATION = "EVALUATION", _("Report of the independent evaluation")
    APPEAL = "APPEAL", _("Attachment of the appeal")
    OTHER = "OTHER", _("Other document")


class LossGrade(TextChoices):
    """Grades of asset loss of order no. 46; the bounds are catalogue rows."""

    GENERAL = "GENERAL", _("General asset loss")
    LARGER = "LARGER", _("Larger asset loss")
    MAJOR = "MAJOR", _("Major asset loss")

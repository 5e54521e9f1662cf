"""What may wait for a person in the funds part."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WorkKind(TextChoices):
    """The kinds of the work list, in the order of its filter."""

    BROKEN_BOOKS = "BROKEN_BOOKS", _("The books do not verify")
    ALERT = "ALERT", _("Alerts to acknowledge")
    CALL = "CALL", _("Capital calls to be paid")
    ENTRY = "ENTRY", _("Entries to approve")
    TRANCHE = "TRANCHE", _("Tranches to be paid")
    DILIGENCE = "DILIGENCE", _("Questions of due diligence")
    DEAL = "DEAL", _("Proposals before the committee")
    HOLDING = "HOLDING", _("Holdings to look at again")
    ROUND = "ROUND", _("Holdings to value")
    VALUE_TO_APPROVE = "VALUE_TO_APPROVE", _("Fair values to approve")
    VALUE_TO_MEND = "VALUE_TO_MEND", _("Fair values to mend")
    CLAIM = "CLAIM", _("Claims to decide")
    CLAW_BACK = "CLAW_BACK", _("Claw-backs to decide")
    TIER = "TIER", _("Special cases to decide")
    TIER_ENDING = "TIER_ENDING", _("Special tiers that end soon")
    CASE = "CASE", _("Exemption cases in work")
    CASE_VOTE = "CASE_VOTE", _("Exemption cases that wait for your vote")
    EVALUATION = "EVALUATION", _("Evaluations to confirm")
    EVALUATION_TO_MEND = "EVALUATION_TO_MEND", _("Evaluations to finish")
    FILING = "FILING", _("Filings due")

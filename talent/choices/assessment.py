"""Words about the assessment of people: states, evidence, reviews, outcomes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AssessmentState(TextChoices):
    """The way of an assessment (domain section 5)."""

    OPEN = "open", _("Evidence is gathered")
    BLIND_SCORING = "blind_scoring", _("Blind scoring")
    LOCKED = "locked", _("Scores locked")
    MODERATION = "moderation", _("Moderation")
    UNBLINDED = "unblinded", _("Unblinded")
    DECIDED = "decided", _("Decided")
    APPEAL = "appeal", _("Appeal")
    CLOSED = "closed", _("Closed")


AFTER_LOCK = (
    AssessmentState.LOCKED, AssessmentState.MODERATION, AssessmentState.UNBLINDED, AssessmentState.DECIDED,
    AssessmentState.APPEAL, AssessmentState.CLOSED,
)  # fmt: skip
AFTER_UNBLINDING = AFTER_LOCK[2:]
AFTER_DECISION = AFTER_LOCK[3:]


class AssessmentOutcome(TextChoices):
    """What was decided. Everybody assessed was eligible; awarded people were on the shortlist."""

    NOT_SELECTED = "not_selected", _("Not selected")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    AWARDED = "awarded", _("Selected")


class EvidenceForm(TextChoices):
    """What a piece of evidence is."""

    PATENT = "patent", _("Patent")
    PAPER = "paper", _("Paper")
    STANDARD = "standard", _("Standard")
    PRODUCT = "product", _("Product")
    PEER_LETTER = "peer_letter", _("Peer letter")
    CONTRACT = "contract", _("Contract or licence")
    FILING = "filing", _("Filing or reference")
    PLAN = "plan", pgettext_lazy("evidence", "Plan")
    TEAM_MATRIX = "team_matrix", _("Team matrix")
    OTHER = "other", _("Other evidence")


class BlindReviewState(TextChoices):
    """The way of one reviewer through one assessment."""

    INVITED = "invited", _("Declaration awaited")
    OPEN = "open", _("To be scored")
    SUBMITTED = "submitted", _("Handed in")
    CONFLICTED = "conflicted", _("Conflict of interest")
    DECLINED = "declined", _("Given back")


WAITING_BLIND_REVIEWS = (BlindReviewState.INVITED, BlindReviewState.OPEN)


class ChangeStage(TextChoices):
    """When a mark was changed after the lock."""

    MODERATION = "moderation", _("Moderation, still blind")
    DUE_DILIGENCE = "due_diligence", _("Due diligence, unblinded")


class RubricStatus(TextChoices):
    """Whether a rubric rests on a confirmed source or is the product's own proposal."""

    PROPOSAL = "proposal", pgettext_lazy("rubric", "Proposal")
    CONFIRMED = "confirmed", _("Confirmed")

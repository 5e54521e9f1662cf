"""Words about skills: vocabularies, levels, how far a claim is proven, kinds of evidence."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Vocabulary(TextChoices):
    """Open lists of skills. What is imported keeps its address (URI); the Chinese name is our own where none is."""

    ESCO = "esco", _("ESCO")
    RM_COMP = "rm_comp", _("RM Comp (research managers)")
    RESEARCH_COMP = "research_comp", _("ResearchComp (researchers)")
    CREDIT = "credit", _("CRediT contributor roles")
    LANGUAGES = "languages", _("Languages of transfer")
    LOCAL = "local", _("Local list")


class SkillLevel(IntegerChoices):
    """Levels of RM Comp and ResearchComp; other ladders are mapped for reference only, never as equivalence."""

    FOUNDATIONAL = 1, _("1 foundational")
    INTERMEDIATE = 2, _("2 intermediate")
    ADVANCED = 3, _("3 advanced")
    EXPERT = 4, _("4 expert")


class ProofState(TextChoices):
    """The way of a claim and of a piece of evidence. A change of content resets to claimed."""

    CLAIMED = "claimed", pgettext_lazy("skill", "Claimed")
    SUPPORTED = "supported", _("Supported by evidence")
    VERIFIED = "verified", pgettext_lazy("skill", "Verified")
    STALE = "stale", _("To be verified again")


class EvidenceKind(TextChoices):
    CERTIFICATE = "certificate", _("Certificate")
    CONTRACT = "contract", _("Contract or letter of appointment")
    PUBLICATION = "publication", _("Publication")
    IP_RIGHT = "ip_right", _("Patent, standard or product")
    REFERENCE = "reference", _("Letter of a peer or client")
    WORK = "work", _("Sample of work")
    TRAINING = "training", _("Training record")
    OTHER = "other", _("Other")

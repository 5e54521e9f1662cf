"""Words about people: what they are registered as, and how far their profile and their ORCID iD are proven."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoleKind(TextChoices):
    """What a person is registered as. Kinds on one person, never separate registers."""

    ASSISTANT = "assistant", _("Research assistant")
    TECH_MANAGER = "tech_manager", _("Technology manager")
    FOUNDER = "founder", _("Senior or compound founder")
    COMMISSIONER = "commissioner", _("Science and technology commissioner")
    SERVICE_OFFICER = "service_officer", _("Service officer")
    LONG_TERM_RESEARCHER = "long_term_researcher", _("Long-term basic researcher")


class RoleState(TextChoices):
    """The way of a role profile (domain section 5). Expired is a state, never a suffix."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_VERIFICATION = "in_verification", _("In verification")
    RETURNED = "returned", _("Returned for completion")
    REJECTED = "rejected", _("Rejected")
    ACTIVE = "active", pgettext_lazy("role profile", "Active")
    SUSPENDED = "suspended", _("Suspended")
    RENEWAL_DUE = "renewal_due", _("Renewal due")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Erased")


class OrcidState(TextChoices):
    """A right checksum is not ownership: only sign-in at ORCID verifies."""

    NONE = "none", _("None given")
    SELF_DECLARED = "self_declared", _("Self-declared")
    VERIFIED = "verified", _("Verified")


class DirectoryField(TextChoices):
    """What a person may show in the directory beside name and kinds."""

    OFFERS = "offers", _("What I offer")
    ORGANISATION = "organisation", _("Present post and organisation")
    SKILLS = "skills", _("Verified skills")
    DIVISION = "division", _("Division")
    ORCID = "orcid", _("Verified ORCID iD")


class PostClass(TextChoices):
    """Classes of posts in public institutions."""

    MANAGEMENT = "management", _("Management post")
    TECHNICAL = "technical", _("Professional technical post")
    WORKER = "worker", _("Skilled worker's post")


class ResearcherProfile(TextChoices):
    """Profiles of researchers in any sector (Council Recommendation of 18 December 2023)."""

    R1 = "R1", _("R1 first stage")
    R2 = "R2", _("R2 recognised")
    R3 = "R3", _("R3 established")
    R4 = "R4", _("R4 leading")


class FrascatiClass(TextChoices):
    """Personnel in research and development (Frascati Manual 2015, chapter 5)."""

    RESEARCHER = "researcher", _("Researcher")
    TECHNICIAN = "technician", _("Technician or equivalent")
    SUPPORT = "support", _("Other supporting staff, directly serving research")
    OUTSIDE = "outside", _("Not research and development personnel")


class PostDuty(TextChoices):
    """What a post is for: the five posts of the notice on research assistants of 2024, engineers and others."""

    RESEARCH = "research", _("Research")
    ENGINEERING = "engineering", _("Engineering")
    PROJECT_SUPPORT = "project_support", _("Project support")
    LAB_OPERATION = "lab_operation", _("Laboratory operation and experimental technique")
    TRANSFER = "transfer", _("Technology transfer")
    ACADEMIC_ASSISTANCE = "academic_assistance", _("Academic assistance")
    FINANCE_ASSISTANCE = "finance_assistance", _("Finance assistance")
    RESEARCH_ADMINISTRATION = "research_administration", _("Research administration")
    OTHER = "other", _("Other")

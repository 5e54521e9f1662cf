"""Words about credential schemes, credentials, continuing education and training."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemeKind(TextChoices):
    REGISTRATION = "registration", _("Registration")
    CERTIFICATION = "certification", _("Certification")
    TRAINING_CERTIFICATE = "training_certificate", _("Training certificate")
    PROFESSIONAL_TITLE = "professional_title", _("Professional title")
    GROUP_STANDARD = "group_standard", _("Group standard")
    ACCREDITATION = "accreditation", _("Accreditation")
    CITY_GRADING = "city_grading", _("Grading by a city or province")
    ROLE_RULES = "role_rules", _("Rules of a role")


class RuleStatus(TextChoices):
    """Rules that are known at second hand decide no case until an officer confirms them."""

    VERIFIED = "verified", pgettext_lazy("rules", "Verified")
    UNVERIFIED = "unverified", pgettext_lazy("rules", "Unverified")


class DatePrecision(TextChoices):
    DAY = "day", pgettext_lazy("precision", "To the day")
    MONTH = "month", pgettext_lazy("precision", "To the month")
    YEAR = "year", pgettext_lazy("precision", "To the year")
    UNKNOWN = "unknown", pgettext_lazy("precision", "Not known")


class ReferenceLevel(TextChoices):
    """The four levels of the reference scale; shown as a reference, never as equivalence."""

    FOUNDATIONAL = "foundational", _("Foundational")
    INTERMEDIATE = "intermediate", pgettext_lazy("level", "Intermediate")
    ADVANCED = "advanced", pgettext_lazy("level", "Advanced")
    EXPERT = "expert", pgettext_lazy("level", "Expert")


class CredentialState(TextChoices):
    """The way of a credential (domain section 5)."""

    CANDIDATE = "candidate", pgettext_lazy("credential", "Candidate")
    UNDER_ASSESSMENT = "under_assessment", pgettext_lazy("credential", "Under assessment")
    GRANTED = "granted", pgettext_lazy("state of a credential", "Granted")
    RENEWAL_OPEN = "renewal_open", pgettext_lazy("credential", "Renewal open")
    RENEWAL_SUBMITTED = "renewal_submitted", pgettext_lazy("credential", "Renewal filed")
    LAPSED = "lapsed", pgettext_lazy("credential", "Lapsed")
    REVOKED = "revoked", pgettext_lazy("credential", "Revoked")
    EMERITUS = "emeritus", pgettext_lazy("credential", "Emeritus")


LIVE_STATES = (CredentialState.GRANTED, CredentialState.RENEWAL_OPEN, CredentialState.RENEWAL_SUBMITTED)
"""A credential in one of these is in force."""
ENDED_STATES = (CredentialState.LAPSED, CredentialState.REVOKED, CredentialState.EMERITUS)
FILING_STATES = (CredentialState.CANDIDATE, *LIVE_STATES)
"""In these the holder may file entries."""


class CyclePurpose(TextChoices):
    FIRST_AWARD = "first_award", _("Points for the first award")
    RENEWAL = "renewal", _("Credits for the renewal")


class EntryState(TextChoices):
    CLAIMED = "claimed", pgettext_lazy("entry", "Waits for verification")
    VERIFIED = "verified", pgettext_lazy("entry", "Verified")
    REFUSED = "refused", pgettext_lazy("entry", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("entry", "Withdrawn")


class VerificationMethod(TextChoices):
    DOCUMENT = "document", _("Document read")
    ISSUER = "issuer", _("Asked the issuer")
    REGISTER = "register", _("Looked up in a register")
    WITNESS = "witness", _("Asked a witness")


class Verdict(TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("verdict", "Accepted")
    REFUSED = "refused", pgettext_lazy("verdict", "Refused")


class AuditVerdict(TextChoices):
    CONFIRMED = "confirmed", pgettext_lazy("audit", "Confirmed")
    WRONG = "wrong", pgettext_lazy("audit", "Found wrong")


class CohortState(TextChoices):
    PLANNED = "planned", pgettext_lazy("cohort", "Planned")
    RUNNING = "running", pgettext_lazy("cohort", "Running")
    FINISHED = "finished", pgettext_lazy("cohort", "Finished")
    CANCELLED = "cancelled", pgettext_lazy("cohort", "Cancelled")


class TrainingResult(TextChoices):
    PENDING = "pending", pgettext_lazy("training", "Not decided yet")
    PASSED = "passed", pgettext_lazy("training", "Passed")
    FAILED = "failed", pgettext_lazy("training", "Failed")
    LEFT = "left", pgettext_lazy("training", "Left early")

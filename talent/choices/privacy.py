"""Words of privacy: purposes, bases, how long what is kept, who reads it, and the ways of a person's requests."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """What a person consents to, one by one (PIPL articles 14 to 17, 23, 25 and 29)."""

    REGISTRY = "registry", _("Registry of talent")
    MATCHING = "matching", _("Matching with projects and laboratories")
    DIRECTORY = "directory", _("Public directory")
    STATISTICS = "statistics", _("Statistics and audit of fairness")
    SHARE = "share", _("Sharing with a named organisation")


class ConsentChannel(TextChoices):
    WEB = "web", _("On this site")
    API = "api", _("By a program")
    PAPER = "paper", _("On paper, entered by the office")


class ConsentEnd(TextChoices):
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RENEWED = "renewed", _("Replaced by a newer one")
    EXPIRED = "expired", _("Run out")
    ERASED = "erased", _("Ended by the erasure of the person")


class SharedField(TextChoices):
    """What a person may share with an organisation."""

    NAME = "name", _("Name")
    ROLES = "roles", _("Roles in the registry")
    POSTS = "posts", _("Posts held")
    ORCID = "orcid", _("ORCID iD")


class ReadPurpose(TextChoices):
    """Why somebody looked at a person's data."""

    CASE = "case", _("Work on the person's case")
    VERIFICATION = "verification", _("Verification")
    MATCHING = "matching", _("Matching")
    ASSESSMENT = "assessment", _("Assessment")
    UNIT = "unit", _("The unit looks after its own people")
    DIRECTORY = "directory", _("Search in the directory")
    SHARE = "share", _("The person shared it")
    RIGHTS = "rights", _("Answer to the person's request")
    EXPORT = "export", _("Export of a list")
    AUDIT = "audit", _("Audit")
    ADMINISTRATION = "administration", _("Care of the records")


class ReadDoor(TextChoices):
    """Where the data was read."""

    PAGE = "page", _("Page")
    LIST = "list", _("List or search")
    FILE = "file", _("File")
    API = "api", _("API")
    ADMIN = "admin", _("Administration")


# ── The field register ───────────────────────────────────────────────────────────────────────────
class FieldPurpose(TextChoices):
    """What a column is for."""

    REGISTRY = "registry", _("Keeping the registry")
    CREDENTIALS = "credentials", _("Credentials and training")
    RATIO = "ratio", _("Planning of support staff")
    MATCHING = "matching", _("Matching")
    ASSESSMENT = "assessment", _("Assessment")
    AUDIT = "audit", _("Audit of fairness")
    DIRECTORY = "directory", _("Public directory")
    PRIVACY = "privacy", _("Proof of lawful handling")
    RUNNING = "running", _("Running of the product, nothing personal")


class FieldBasis(TextChoices):
    """Why the column may be kept (PIPL article 13)."""

    CONSENT = "consent", _("Consent")
    SEPARATE = "separate", _("Separate consent")
    DUTY = "duty", _("Duty or power set by law")
    NONE = "none", _("Not personal")


class Retention(TextChoices):
    """How long the column is kept; ``rules.retention`` holds the days."""

    PROFILE = "profile", _("While registered, and two years after the profile expired")
    EVIDENCE = "evidence", _("One year after the decision, then its hash and the verdict")
    READS = "reads", _("Three years")
    PROOF = "proof", _("Three years after it ended")
    RECORD = "record", _("As long as the figures that rest on it; without a name after erasure")
    LASTING = "lasting", _("Lasting, nothing personal")


class Visibility(TextChoices):
    """Who reads the column, from the fewest to the most; the person reads all but the first two."""

    SEALED = "sealed", _("The audit job alone")
    INSIDE = "inside", _("The office alone")
    OFFICE = "office", _("The person and the office")
    UNIT = "unit", _("The person, the unit and the office")
    DIRECTORY = "directory", _("Everybody, where the person consented to the directory")
    PUBLIC = "public", _("Everybody, nothing personal")


class OnErasure(TextChoices):
    """What becomes of a record of an erased person."""

    KEEP = "keep", _("Stays, for the numbers, without words and files")
    DELETE = "delete", _("Deleted")


class Wipe(TextChoices):
    """What becomes of a column of a record that stays."""

    KEEP = "keep", _("Stays")
    BLANK = "blank", _("Emptied")
    DASH = "dash", _("Replaced by a dash")
    RENEW = "renew", _("Replaced by a new number")


# ── Requests of a person ─────────────────────────────────────────────────────────────────────────
class RightsKind(TextChoices):
    """What the law lets a person ask for (PIPL articles 24 and 44 to 47)."""

    ACCESS = "access", _("Access or a copy")
    CORRECTION = "correction", _("Correction")
    ERASURE = "erasure", _("Erasure")
    OBJECTION = "objection", _("Objection to an automated proposal")
    OTHER = "other", _("Another question on my data")


class RightsState(TextChoices):
    RECEIVED = "received", _("Received")
    IN_WORK = "in_work", _("Being worked on")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


RIGHTS_OPEN = (RightsState.RECEIVED, RightsState.IN_WORK)


class HoldKind(TextChoices):
    """Why a person's data is kept beyond its day."""

    LEGAL = "legal", _("Legal hold")
    WISH = "wish", _("The person asked to keep it longer")


class ExportState(TextChoices):
    WAITING = "waiting", _("Waits for a second person")
    READY = "ready", _("Ready to be taken")
    REFUSED = "refused", _("Refused")
    RUN_OUT = "run_out", _("Run out")


class AssessmentState(TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")


class BreachState(TextChoices):
    OPEN = "open", _("Open")
    REPORTED = "reported", _("Reported to the authority")
    CLOSED = "closed", _("Closed")

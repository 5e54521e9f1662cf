"""What calls, applications and their definitions can be. Values are stable codes, labels are for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DefinitionState(TextChoices):
    """A definition is written, then published and never changed again; a later version takes its place."""

    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("Published")
    RETIRED = "RETIRED", _("No longer offered")


class SourceStatus(TextChoices):
    """Whether somebody has held the rule against its published text."""

    VERIFIED = "VERIFIED", _("Verified")
    UNVERIFIED = "UNVERIFIED", _("Unverified")
    LOCAL = "LOCAL", _("Rule of this city")


class CallState(TextChoices):
    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("Published")
    CANCELLED = "CANCELLED", pgettext_lazy("call", "Cancelled")


class CallPhase(TextChoices):
    """Where a published call stands on a day; computed from its window, never stored."""

    COMING = "COMING", _("Opens soon")
    OPEN = "OPEN", pgettext_lazy("call", "Open")
    CLOSED = "CLOSED", pgettext_lazy("call", "Closed")


class ApplicationState(TextChoices):
    """The states of a case (programme specification, section 5.2); values as in the reference cases."""

    DRAFT = "draft", _("Draft")
    DELETED = "deleted", pgettext_lazy("application", "Deleted")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for answers")
    ELIGIBLE = "eligible", _("Eligible")
    INELIGIBLE = "ineligible", _("Not eligible")
    IN_REVIEW = "in_review", _("In review")
    RANKED = "ranked", _("Ranked")
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("Approved with conditions")
    REJECTED = "rejected", _("Rejected")
    RESERVE = "reserve", _("On the reserve list")
    NOTICED = "noticed", _("On public notice")
    OBJECTED = "objected", _("Objection under examination")
    ACTIVE = "active", pgettext_lazy("application", "Active")
    IN_CHANGE = "in_change", _("Change requested")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", pgettext_lazy("application", "Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NEED_COLLECTED = "need_collected", _("Need collected")
    NEED_CHECKED = "need_checked", _("Need checked")
    NEED_PUBLISHED = "need_published", _("Need published")
    COUNTY_CHECKED = "county_checked", _("Checked by the county")
    CITY_CHECKED = "city_checked", _("Checked by the city")
    ENTITLED = "entitled", pgettext_lazy("application", "In force")
    LEAVING = "leaving", _("Notice given")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    REVOKED = "revoked", _("Revoked")


ENDED_STATES = frozenset(
    {
        ApplicationState.DELETED,
        ApplicationState.INELIGIBLE,
        ApplicationState.REJECTED,
        ApplicationState.CLOSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.NEED_PUBLISHED,
        ApplicationState.EXPIRED,
        ApplicationState.RENEWED,
        ApplicationState.REVOKED,
    }
)
"""States that nothing leads out of: such a case does not stand in the way of another."""
EDITABLE_STATES = frozenset({ApplicationState.DRAFT, ApplicationState.RETURNED})


class Outcome(TextChoices):
    """How a funded project ended."""

    SUCCESS = "success", _("Success")
    PARTIAL = "partial", _("Partial success")
    FAILED_IN_GOOD_FAITH = "failed_in_good_faith", _("Failed in good faith")
    FAILED_WITH_FAULT = "failed_with_fault", _("Failed with fault")
    RECOVERED = "recovered", _("Money recovered")


class MemberRole(TextChoices):
    """What a person may do on one application."""

    LEAD = "lead", _("Leads and submits")
    EDITOR = "editor", _("Writes")
    VIEWER = "viewer", _("Reads")


class Relation(TextChoices):
    """How a reviewer stands to a party of a case; only ``none`` lets them meet."""

    NONE = "none", _("No relation")
    CONFLICT = "conflict", _("Conflict of interest")
    UNKNOWN = "unknown", _("Not known")


class RelationKind(TextChoices):
    """Why a person counts as related to an organisation."""

    EMPLOYMENT = "employment", _("Works or worked there")
    CO_APPLICANT = "co_applicant", _("Applied together")
    GROUP = "group", _("Same controlling group")
    MAIL_DOMAIN = "mail_domain", _("Same mail domain")
    FAMILY = "family", _("Family or close person")
    OTHER = "other", pgettext_lazy("relation", "Other")


class RelationSource(TextChoices):
    REVIEWER = "reviewer", _("Declared by the reviewer")
    OFFICE = "office", _("Recorded by the office")


class ReviewState(TextChoices):
    """Where one review stands. What is not open and not handed in counts neither for load nor for the score."""

    INVITED = "invited", _("Invited")
    OPEN = "open", _("Being written")
    SUBMITTED = "submitted", _("Handed in")
    CONFLICTED = "conflicted", _("Conflict declared")
    DECLINED = "declined", _("Declined")
    REPLACED = "replaced", _("Replaced")


COUNTING_REVIEWS = frozenset({ReviewState.INVITED, ReviewState.OPEN, ReviewState.SUBMITTED})
WAITING_REVIEWS = frozenset({ReviewState.INVITED, ReviewState.OPEN})


class GateOutcome(TextChoices):
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    NOT_KNOWN = "not_known", _("Not known")


class PartnerState(TextChoices):
    INVITED = "INVITED", _("Invited")
    ACCEPTED = "ACCEPTED", _("Takes part")
    DONE = "DONE", _("Own part filled in")
    DECLINED = "DECLINED", _("Declined")


class PartnerRole(TextChoices):
    PARTNER = "partner", _("Partner")
    USER = "user", _("User of the result")


class ScoreRule(TextChoices):
    """How a case's score comes from the scores of its reviewers."""

    MEAN = "mean", _("Mean")
    TRIMMED_MEAN = "trimmed_mean", _("Mean without highest and lowest, from five reviewers")
    MEDIAN = "median", _("Median")


class BoardChoice(TextChoices):
    """How a member of the board votes; the values but the last are events of the case."""

    APPROVE = "approve", _("Approve")
    APPROVE_WITH_CONDITIONS = "approve_with_conditions", _("Approve with conditions")
    REJECT = "reject", _("Reject")
    RESERVE = "reserve", _("Put on the reserve list")
    ABSTAIN = "abstain", _("Abstain")


BOARD_EVENTS = frozenset({"approve", "approve_with_conditions", "reject", "reserve"})
"""Decided in a meeting, with quorum, votes and minutes."""
AWARDING_EVENTS = frozenset({"approve", "approve_with_conditions"})


class DecidedEvent(TextChoices):
    """What one person proposes and another one decides."""

    APPROVE = "approve", _("Approve")
    APPROVE_WITH_CONDITIONS = "approve_with_conditions", _("Approve with conditions")
    REJECT = "reject", _("Reject")
    RESERVE = "reserve", _("Put on the reserve list")
    REVERT = "revert", _("Take the decision back")
    CLOSE = "close", _("Close the case")
    REVOKE = "revoke", _("Revoke")


class ObjectionState(TextChoices):
    UNCONFIRMED = "UNCONFIRMED", _("Address not confirmed")
    OPEN = "OPEN", _("Under examination")
    REJECTED = "REJECTED", pgettext_lazy("objection", "Rejected")
    UPHELD = "UPHELD", _("Upheld")


class AgreementState(TextChoices):
    """A version is written, offered with its hash to both sides, in force when both have signed it."""

    DRAFT = "DRAFT", pgettext_lazy("agreement", "Draft")
    OFFERED = "OFFERED", _("Waits for signatures")
    IN_FORCE = "IN_FORCE", pgettext_lazy("application", "In force")
    REPLACED = "REPLACED", _("Replaced")


class Side(TextChoices):
    APPLICANT = "applicant", _("Applicant")
    OFFICE = "office", _("Office")


class SignedBy(TextChoices):
    """How the signer showed who it is, right before signing."""

    PASSWORD = "password", _("Password")
    SECOND_FACTOR = "second_factor", _("Second factor")


class ReportSection(TextChoices):
    """The parts of a report on a milestone; each can be opened again alone."""

    RESULTS = "results", _("Results against the target")
    MONEY = "money", _("Use of the money")
    DEVIATIONS = "deviations", _("Deviations and their reasons")
    OUTLOOK = "outlook", _("What comes next")


class DueReason(TextChoices):
    """Why a due day moved; being overdue is no reason."""

    CHANGE = "CHANGE", _("Approved change")
    PAUSE = "PAUSE", _("Working days of a suspension")


class PaymentState(TextChoices):
    ORDERED = "ORDERED", _("Ordered")
    PAID = "PAID", pgettext_lazy("amount", "Paid")
    CANCELLED = "CANCELLED", pgettext_lazy("payment", "Cancelled")


class ChangeState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("change", "Open")
    APPROVED = "APPROVED", pgettext_lazy("change", "Approved")
    REFUSED = "REFUSED", _("Refused")
    LAPSED = "LAPSED", _("Lapsed unanswered")


class EntitlementState(TextChoices):
    VALID = "VALID", pgettext_lazy("title", "Valid")
    SUSPENDED = "SUSPENDED", pgettext_lazy("entitlement", "Suspended")
    EXPIRED = "EXPIRED", pgettext_lazy("entitlement", "Expired")
    RENEWED = "RENEWED", pgettext_lazy("entitlement", "Renewed")
    REVOKED = "REVOKED", pgettext_lazy("entitlement", "Revoked")


class Audience(TextChoices):
    """Whom of an application a message of the office is for."""

    LEADS = "leads", _("Who leads and submits")
    WRITERS = "writers", _("Who leads or writes")
    EVERYBODY = "everybody", _("Everybody on the application")


class LineState(TextChoices):
    """One person and one application of a message; what is ready leaves once it is confirmed."""

    READY = "ready", _("Will be sent")
    LEFT_OUT = "left_out", _("Left out")
    SENT = "sent", _("Handed to the mail")
    IN_DIGEST = "in_digest", _("Waits for the daily digest")


class LeftOut(TextChoices):
    """Why somebody gets no message."""

    NOBODY = "nobody", _("No person with an open account is on this application")
    MAIL_OFF = "mail_off", _("Chose no mails of this kind")
    NO_VALUE = "no_value", _("The text needs something that this application does not have")
    SAME_TODAY = "same_today", _("Got the same words about this application today")
    RELATED = "related", _("You are related to a party of this case")
    CHANGED = "changed", _("The application went on after the preview")


class AppealState(TextChoices):
    """Where an appeal of the applicant stands."""

    OPEN = "open", pgettext_lazy("appeal", "Under examination")
    UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "Dismissed")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")


APPEALABLE = frozenset({ApplicationState.INELIGIBLE, ApplicationState.REJECTED, ApplicationState.REVOKED})
"""Refusals against which the applicant may appeal."""


class LateState(TextChoices):
    """What became of a document that came after the application was submitted."""

    WAITING = "waiting", pgettext_lazy("late document", "To be examined")
    ACCEPTED = "accepted", pgettext_lazy("late document", "Accepted")
    REFUSED = "refused", pgettext_lazy("late document", "Refused")


TAKES_LATE = frozenset(
    {
        ApplicationState.SUBMITTED, ApplicationState.COUNTY_CHECKED, ApplicationState.CITY_CHECKED,
        ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW, ApplicationState.RANKED,
    }
)  # fmt: skip
"""States in which a late document is taken in: sent, and not decided yet."""


class AwardState(TextChoices):
    """Where a project stands that was funded before, or elsewhere."""

    RUNNING = "running", pgettext_lazy("earlier award", "Running")
    FINISHED = "finished", pgettext_lazy("earlier award", "Finished")
    FAILED = "failed", pgettext_lazy("earlier award", "Failed")
    STOPPED = "stopped", pgettext_lazy("earlier award", "Stopped")


class SharedKind(TextChoices):
    """What two applicants who should know nothing of each other have in common."""

    PHONE = "phone", _("Same phone number")
    BANK = "bank", _("Same bank account")
    ADDRESS = "address", _("Same address")
    EMAIL = "email", _("Same e-mail address")
    FILE = "file", _("Same file")
    PERSON = "person", _("Same person writes both")


class NeedState(TextChoices):
    """Where the need behind a challenge call stands."""

    COLLECTED = "collected", pgettext_lazy("need", "Collected")
    CHECKED = "checked", pgettext_lazy("need", "Checked")
    PUBLISHED = "published", pgettext_lazy("need", "Published")
    BIDDING = "bidding", pgettext_lazy("need", "Bids open")
    AWARDED = "awarded", pgettext_lazy("need", "Awarded")
    ACCEPTED = "accepted", pgettext_lazy("need", "Accepted by its owner")
    CLOSED = "closed", pgettext_lazy("need", "Closed")
    REFUSED = "refused", pgettext_lazy("need", "Not taken up")


PUBLIC_NEEDS = frozenset(
    {NeedState.PUBLISHED, NeedState.BIDDING, NeedState.AWARDED, NeedState.ACCEPTED, NeedState.CLOSED}
)


LADDER_TITLES = {
    "innovative_sme": ("创新型中小企业", "Innovative SME"),
    "tech_sme": ("科技型中小企业", "Technology-based SME"),
    "srdi": ("专精特新中小企业", "Specialised, refined, distinctive and innovative SME"),
    "little_giant": ("专精特新“小巨人”企业", "Little Giant enterprise"),
    "hnte": ("高新技术企业", "High and new technology enterprise"),
    "gd_enterprise_tech_centre": ("广东省企业技术中心", "Guangdong enterprise technology centre"),
}
"""Family of a rubric → the title that it stands for, in Chinese and English, as certificates name it."""
NEXT_LEVEL = {"innovative_sme": "srdi", "tech_sme": "srdi", "srdi": "little_giant"}
"""Family of a rubric → that of the next level of the ladder."""
SME_TITLE = "sme_certificate"
"""The kind of application for a title."""

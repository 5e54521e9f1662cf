"""Words about the ratio of supporting staff: definitions, what an answer says, levers of a staff plan."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RatioCode(TextChoices):
    """Who counts as support and who as professional (domain section 4.3). Figures of two codes are never compared."""

    A = "A", _("A research administration")
    B = "B", _("B Frascati Manual")
    C = "C", _("C classes of posts")


class RatioState(TextChoices):
    """Whether a ratio can be given. Unknown is never zero."""

    OK = "ok", _("Known")
    PARTIAL = "partial", _("Partly known")
    UNKNOWN = "unknown", _("Not known")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")


class BandFlag(TextChoices):
    """Where the ratio lies beside the band; too many is a flag as well."""

    BELOW = "below", _("Below the band")
    WITHIN = "within", _("Within the band")
    ABOVE = "above", _("Above the band")


class SourceState(TextChoices):
    """How far the source of a definition or target is proven."""

    VERIFIED = "verified", _("Verified")
    ARTICLE = "article", _("Figure of an article, not verified")
    UNVERIFIED = "unverified", _("Not verified")


class PlanState(TextChoices):
    """What the intake of a training plan answers."""

    OK = "ok", _("Can be trained")
    NO_GAP = "no_gap", _("No gap")
    UNREACHABLE = "unreachable", _("Cannot be reached: nobody passes or is placed")


class GrowthMode(TextChoices):
    """How the number of professionals grows each quarter."""

    BASE = "base", _("The same number each quarter, a share of today's")
    COMPOUND = "compound", _("A share of the quarter before")


class Course(TextChoices):
    """The three courses of a projection."""

    LOW = "low", _("Low course")
    BASE = "base", _("Base course")
    HIGH = "high", _("High course")


class Lever(TextChoices):
    """What can be done about a gap."""

    HIRE = "hire", _("Hire")
    TRAIN = "train", _("Train")
    SHARE = "share", _("Share staff")
    RETAIN = "retain", _("Retain")

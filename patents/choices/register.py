"""Words about patents: kinds of right, where they stand, and whether an annuity has to be paid."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Right(TextChoices):
    """Kinds of right; the last two entered China by the Patent Cooperation Treaty."""

    INVENTION = "invention", _("Invention patent")
    UTILITY_MODEL = "utility_model", _("Utility model")
    DESIGN = "design", _("Design patent")
    PCT_INVENTION = "pct_invention", _("Invention patent by PCT")
    PCT_UTILITY_MODEL = "pct_utility_model", _("Utility model by PCT")


class NumberFault(TextChoices):
    """Why a Chinese application number is refused, in the order in which it is looked at."""

    FORMAT = "format", _("This is not the form of an application number, such as 202010640272.3.")
    LENGTH = "length", _("An application number has 8 or 12 digits before the dot.")
    YEAR = "year", _("The number begins with no year of filing. Is it a publication number?")
    TYPE_DIGIT = "type_digit", _("The digit after the year says no kind of right (1, 2, 3, 8 or 9).")
    CHECK_DIGIT = "check_digit", _("The check character is wrong.")


class LegalState(TextChoices):
    """Where a right stands on a day."""

    NOT_GRANTED = "NOT_GRANTED", _("Not granted")
    IN_FORCE = "IN_FORCE", _("In force")
    CEASED = "CEASED", _("Ceased")
    VOID = "VOID", _("Declared invalid, as if never granted")


class Effect(TextChoices):
    """What a legal event does to a right."""

    START = "START", _("Begins")
    CEASE = "CEASE", _("Ends")
    RESTORE = "RESTORE", _("Is restored")
    VOID = "VOID", _("Is declared invalid")


class AnnuityStatus(TextChoices):
    """Whether the annuity of a patent year is owed at all."""

    NONE = "NONE", _("Before grant, none")
    AT_REGISTRATION = "AT_REGISTRATION", _("Paid at registration")
    DUE = "DUE", _("Due")
    OUT_OF_TERM = "OUT_OF_TERM", _("After the term")


class AnnuityPolicy(TextChoices):
    """What lowers an annuity; policies never add up."""

    NONE = "NONE", _("Full amount")
    REDUCTION = "REDUCTION", _("Fee reduction")
    OPEN_LICENCE = "OPEN_LICENCE", _("Open licence discount")


class LateStatus(TextChoices):
    """Where a payment stands against its day."""

    ON_TIME = "ON_TIME", _("On time")
    GRACE = "GRACE", _("Within the six months of grace")
    GRACE_EXPIRED = "GRACE_EXPIRED", _("After the six months of grace")

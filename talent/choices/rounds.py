"""Words about rounds of stable matching: who ranks whom, where a round stands, why somebody has no place."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from talent.choices.people import RoleKind


class RoundKind(TextChoices):
    """The two markets in which both sides rank each other."""

    LABORATORIES = "laboratories", _("Research assistants and laboratories")
    TECHNOLOGIES = "technologies", _("Founders and technologies")


ROLE_OF = {RoundKind.LABORATORIES: RoleKind.ASSISTANT, RoundKind.TECHNOLOGIES: RoleKind.FOUNDER}
"""Whose profiles in force take part in a round of each kind."""


class RoundState(TextChoices):
    PLANNED = "planned", pgettext_lazy("round", "Planned")
    RANKING = "ranking", pgettext_lazy("round", "Open for rankings")
    CLOSED = "closed", pgettext_lazy("round", "Rankings closed")
    MATCHED = "matched", pgettext_lazy("round", "Matched")
    PUBLISHED = "published", pgettext_lazy("round", "Published")
    CANCELLED = "cancelled", pgettext_lazy("round", "Cancelled")


class RankingState(TextChoices):
    """Only what is submitted counts."""

    DRAFT = "draft", pgettext_lazy("ranking", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("ranking", "Submitted")


class Unplaced(TextChoices):
    """Why a person has no place; the first that holds is named."""

    NOT_ELIGIBLE = "not_eligible", _("No profile in force, no consent to matching, or not open to proposals any more")
    BARRED = "barred", _("A conflict of interest, or silence about it, stands against every place that was ranked")
    NOT_MUTUAL = "not_mutual", _("None of the places that were ranked ranked this person")
    TAKEN = "taken", _("All places that were ranked went to people whom their side ranked higher")
    BY_HAND = "by_hand", _("Taken out by hand")

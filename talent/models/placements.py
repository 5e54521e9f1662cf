"""What a round gives each person: places, or the reason why there are none; and the mandate that follows."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.rounds import RoundState, Unplaced
from talent.models.identity import NoIdentityNumber
from talent.models.mandates import Mandate
from talent.models.matching import MatchRun
from talent.models.person import Person
from talent.models.round_triggers import WithinPlaces
from talent.models.rounds import RoundOffer
from talent.models.visibility import sees_people


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; once published each person their own, and each side who comes to it."""
        if sees_people(user):
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Q(person__user=user) | Q(offer__host__organisation__in=Organisation.objects.of_member(user))
        return self.standing().filter(mine, run__round__state=RoundState.PUBLISHED)

    def standing(self) -> Self:
        """Those of the last run of each round."""
        later = MatchRun.objects.filter(round=models.OuterRef("run__round"), pk__gt=models.OuterRef("run"))
        return self.filter(~models.Exists(later.filter(served__isnull=False)))


@track()
class Placement(models.Model):
    """Where a run puts a person who ranked. ``own_rank`` and ``their_rank``: the rank that each gave the other.

    ``by_hand`` marks what an officer decided otherwise than the run, with the reason.
    """

    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="placements", verbose_name=_("matching"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="placements", verbose_name=_("person"))
    offer = models.ForeignKey(
        RoundOffer, models.PROTECT, null=True, blank=True, related_name="placements", verbose_name=_("places")
    )
    why_not = models.CharField(_("why no place"), max_length=12, choices=Unplaced.choices, blank=True)
    own_rank = models.PositiveSmallIntegerField(_("rank given by the person"), null=True, blank=True)
    their_rank = models.PositiveSmallIntegerField(_("rank given by the other side"), null=True, blank=True)
    by_hand = models.BooleanField(_("decided by hand"), default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    mandate = models.OneToOneField(
        Mandate, models.PROTECT, null=True, blank=True, editable=False, related_name="placement",
        verbose_name=_("mandate"),
    )  # fmt: skip

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a round")
        verbose_name_plural = _("results of rounds")
        ordering = ["run_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_placement_once",
                fields=["run", "person"],
                violation_error_message=_("A round gives each person one result."),
            ),
            models.CheckConstraint(
                name="talent_placement_or_reason",
                condition=Q(offer__isnull=False, why_not="") | Q(offer=None) & ~Q(why_not=""),
                violation_error_message=_("Somebody without a place has a reason."),
            ),
            models.CheckConstraint(
                name="talent_placement_by_hand_has_reason",
                condition=Q(by_hand=False, reason="", decided_by=None)
                | Q(by_hand=True, decided_by__isnull=False) & ~Q(reason=""),
                violation_error_message=_("What is decided by hand has a name and a reason."),
            ),
        ]
        triggers = [
            WithinPlaces(name="talent_placement_within_places"),
            NoIdentityNumber(name="no_identity_number"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

"""Rounds of stable matching: what is open to whom, how many places there are, and how both sides rank each other."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.rounds import ROLE_OF, RankingState, RoundKind, RoundState
from talent.models.affiliation import Laboratory
from talent.models.demands import Technology
from talent.models.person import Person, RoleProfile
from talent.models.round_states import STATE_NAMES, TRANSITIONS
from talent.models.round_triggers import ChoicesInTime, RankingInTime
from talent.models.schemes import in_language
from talent.models.visibility import sees_people, sees_talent_figures


class MatchRoundQuerySet(models.QuerySet["MatchRound"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office and its managers; for others what they may rank in."""
        return self if sees_talent_figures(user) else self.of(user)

    def of(self, user: Any) -> Self:
        """Rounds, once open, in which ``user`` may rank: as one of its people, or for an organisation with places."""
        if not user.is_authenticated:
            return self.none()
        held = RoleProfile.objects.active().filter(person__user=user)
        mine = Q(hosts__organisation__in=Organisation.objects.of_member(user)) | Q(rankings__person__user=user)
        for kind, role in ROLE_OF.items():
            mine |= Q(kind=kind) & Q(models.Exists(held.filter(kind=role)))
        return self.filter(pk__in=MatchRound.objects.exclude(state=RoundState.PLANNED).filter(mine).values("pk"))


@track()
class MatchRound(models.Model):
    """One round: people rank places until ``people_by``, places rank who chose them until ``hosts_by``, then it is run.

    Each pair becomes a mandate of ``load`` points from ``starts_on`` to ``ends_on``. All days are included.
    """

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    kind = models.CharField(_("kind"), max_length=15, choices=RoundKind.choices)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens on"))
    people_by = models.DateField(_("people rank until"))
    hosts_by = models.DateField(_("places rank until"))
    starts_on = models.DateField(_("mandates from"))
    ends_on = models.DateField(_("mandates to"))
    load = models.PositiveSmallIntegerField(
        _("load of a mandate (points)"), default=4, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RoundState.choices, default=RoundState.PLANNED, editable=False
    )

    objects = MatchRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching round")
        verbose_name_plural = _("matching rounds")
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="talent_round_days",
                condition=Q(
                    people_by__gte=F("opens_on"), hosts_by__gte=F("people_by"), starts_on__gt=F("hosts_by"),
                    ends_on__gte=F("starts_on"),
                ),
                violation_error_message=_(
                    "The days follow each other: opening, people, places, then the first and the last day of mandates."
                ),
            ),
            models.CheckConstraint(
                name="talent_round_load",
                condition=Q(load__gte=1, load__lte=4),
                violation_error_message=_("A mandate takes one to four points."),
            ),
            models.CheckConstraint(
                name="talent_round_words_known",
                condition=Q(kind__in=RoundKind.values, state__in=RoundState.values),
                violation_error_message=_("Choose from the list."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return in_language(self.title_zh, self.title_en)

    def get_absolute_url(self) -> str:
        return reverse("talent:round", args=[self.pk])

    @property
    def role_kind(self) -> str:
        return ROLE_OF[RoundKind(self.kind)]


class PlacesQuerySet(models.QuerySet[Any]):
    """Who offers places in which round is no secret to who may rank in it."""

    def visible_to(self, user: Any) -> Self:
        path = "round" if self.model.__name__ == "RoundHost" else "host__round"
        return self.filter(**{f"{path}__in": MatchRound.objects.visible_to(user)})


@track()
class RoundHost(models.Model):
    """One side that ranks people: a laboratory, or an institute with its technologies; ``places`` in all."""

    round = models.ForeignKey(MatchRound, models.PROTECT, related_name="hosts", verbose_name=_("matching round"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="round_hosts", verbose_name=_("organisation")
    )
    laboratory = models.ForeignKey(
        Laboratory, models.PROTECT, null=True, blank=True, related_name="round_hosts", verbose_name=_("laboratory")
    )
    places = models.PositiveSmallIntegerField(_("places in all"), validators=[MinValueValidator(1)])

    objects = PlacesQuerySet.as_manager()

    class Meta:
        verbose_name = _("side with places")
        verbose_name_plural = _("sides with places")
        ordering = ["round_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_round_host_once",
                fields=["round", "organisation", "laboratory"],
                nulls_distinct=False,
                violation_error_message=_("This side has its places in the round already."),
            ),
            models.CheckConstraint(
                name="talent_round_host_places",
                condition=Q(places__gte=1),
                violation_error_message=_("At least one place."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.laboratory or self.organisation)


@track()
class RoundOffer(models.Model):
    """What people rank: the places of a laboratory, or those on one technology of an institute."""

    host = models.ForeignKey(RoundHost, models.CASCADE, related_name="offers", verbose_name=_("side with places"))
    technology = models.ForeignKey(
        Technology, models.PROTECT, null=True, blank=True, related_name="round_offers", verbose_name=_("technology")
    )
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])

    objects = PlacesQuerySet.as_manager()

    class Meta:
        verbose_name = _("places in a round")
        verbose_name_plural = _("places in rounds")
        ordering = ["host_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_round_offer_once",
                fields=["host", "technology"],
                nulls_distinct=False,
                violation_error_message=_("These places are in the round already."),
            ),
            models.CheckConstraint(
                name="talent_round_offer_places",
                condition=Q(places__gte=1),
                violation_error_message=_("At least one place."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technology}, {self.host.organisation}" if self.technology else str(self.host)


class RankingQuerySet(models.QuerySet["Ranking"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; each person their own; those of one's organisations. Nobody reads the other side's."""
        if sees_people(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person__user=user) | Q(host__organisation__in=Organisation.objects.of_member(user)))

    def submitted(self) -> Self:
        return self.filter(state=RankingState.SUBMITTED)


@track()
class Ranking(models.Model):
    """How a person ranks places, or a side with places ranks people. Who is not on it is not acceptable."""

    round = models.ForeignKey(MatchRound, models.PROTECT, related_name="rankings", verbose_name=_("matching round"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="rankings", verbose_name=_("person")
    )
    host = models.OneToOneField(
        RoundHost, models.PROTECT, null=True, blank=True, related_name="ranking", verbose_name=_("side with places")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RankingState.choices, default=RankingState.DRAFT, editable=False
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("submitted by"),
    )  # fmt: skip

    objects = RankingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        ordering = ["round_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_ranking_of_person_once",
                fields=["round", "person"],
                violation_error_message=_("This person has a ranking in the round already."),
            ),
            models.CheckConstraint(
                name="talent_ranking_of_one_side",
                condition=Q(person=None, host__isnull=False) | Q(person__isnull=False, host=None),
                violation_error_message=_("A ranking is of a person, or of a side with places."),
            ),
            models.CheckConstraint(
                name="talent_ranking_submitted",
                condition=Q(state=RankingState.DRAFT, submitted_at=None)
                | Q(state=RankingState.SUBMITTED, submitted_at__isnull=False),
                violation_error_message=_("What is submitted says when."),
            ),
        ]
        triggers = [RankingInTime(name="talent_ranking_in_time")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class RankedChoiceQuerySet(models.QuerySet["RankedChoice"]):
    def visible_to(self, user: Any) -> Self:
        """As the ranking is."""
        return self.filter(ranking__in=Ranking.objects.visible_to(user))


class RankedChoice(models.Model):
    """One line of a ranking, 1 the most wanted: places, or a person on the ranking of a side with places."""

    ranking = models.ForeignKey(Ranking, models.CASCADE, related_name="choices", verbose_name=_("ranking"))
    position = models.PositiveSmallIntegerField(_("rank"), validators=[MinValueValidator(1)])
    offer = models.ForeignKey(
        RoundOffer, models.PROTECT, null=True, blank=True, related_name="choices", verbose_name=_("places")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="ranked_in", verbose_name=_("person")
    )

    objects = RankedChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a ranking")
        verbose_name_plural = _("lines of rankings")
        ordering = ["ranking_id", "position"]
        constraints = [
            models.UniqueConstraint(
                name="talent_choice_position_once",
                fields=["ranking", "position"],
                violation_error_message=_("Two lines cannot have the same rank."),
            ),
            models.UniqueConstraint(
                name="talent_choice_once",
                fields=["ranking", "offer", "person"],
                nulls_distinct=False,
                violation_error_message=_("Nobody and nothing is ranked twice."),
            ),
            models.CheckConstraint(
                name="talent_choice_of_one_kind",
                condition=Q(person=None, offer__isnull=False) | Q(person__isnull=False, offer=None),
                violation_error_message=_("A line names places, or a person."),
            ),
        ]
        triggers = [ChoicesInTime(name="talent_choices_in_time")]

    def __str__(self) -> str:
        return f"{self.position}"

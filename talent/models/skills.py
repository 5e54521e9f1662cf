"""Skills from open vocabularies, what people claim of them, and the evidence for each claim."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.core.uploads import DOCUMENTS
from innovation.organisations.models.search import Searchable, SearchQuerySet, keep_search
from innovation.organisations.rules import pinyin_key
from talent.choices.skills import EvidenceKind, ProofState, SkillLevel, Vocabulary
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.skill_states import STATE_NAMES, TRANSITIONS
from talent.models.visibility import sees_people


class SkillQuerySet(SearchQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Vocabularies are public."""
        return self

    def claimable(self) -> Self:
        """Skills in use; areas only order them."""
        return self.filter(is_area=False, is_current=True)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list["Skill"]:
        objs = list(objs)
        for skill in objs:
            skill.pinyin = pinyin_key(skill.name_zh)
        return super().bulk_create(objs, *args, **kwargs)


@track(exclude=("search",))
class Skill(Searchable):
    """One entry of a vocabulary. ``is_area`` entries only group others; ``release`` is the vocabulary's version."""

    vocabulary = models.CharField(_("vocabulary"), max_length=20, choices=Vocabulary.choices)
    uri = models.CharField(_("address (URI)"), max_length=300, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="below", verbose_name=_("belongs to")
    )
    is_area = models.BooleanField(_("groups others"), default=False)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    name_en = models.CharField(_("English name"), max_length=300)
    release = models.CharField(_("release"), max_length=40, blank=True)
    is_verified = models.BooleanField(
        _("checked against the source"), default=False,
        help_text=_("What is not checked is shown with that mark."),
    )  # fmt: skip
    is_current = models.BooleanField(_("in use"), default=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["vocabulary", "id"]
        indexes = [GinIndex(fields=["search"], name="talent_skill_search")]
        constraints = [
            models.CheckConstraint(
                name="talent_skill_vocabulary_known",
                condition=Q(vocabulary__in=Vocabulary.values),
                violation_error_message=_("Choose a vocabulary."),
            ),
            models.CheckConstraint(
                name="talent_skill_not_below_itself",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message=_("A skill does not belong to itself."),
            ),
        ]
        triggers = [keep_search("uri")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_key(self.name_zh)
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """In the reader's language where it is known."""
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese and self.name_zh else self.name_en


class OwnQuerySet(models.QuerySet[Any]):
    """Rows of a person: for the person and the office."""

    def visible_to(self, user: Any) -> Self:
        if sees_people(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()


@track()
class SkillClaim(models.Model):
    """A skill that a person claims at a level. Another level or note is a new claim: the state falls back."""

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    person = models.ForeignKey(Person, models.PROTECT, related_name="skills", verbose_name=_("person"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="claims", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel.choices)
    note = models.CharField(_("where it was shown"), max_length=600, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ProofState.choices, default=ProofState.CLAIMED, editable=False
    )
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("verified by"),
    )  # fmt: skip
    verified_on = models.DateField(_("verified on"), null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill claim")
        verbose_name_plural = _("skill claims")
        ordering = ["person_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_skill_claimed_once",
                fields=["person", "skill"],
                violation_error_message=_("This skill stands in the profile already."),
            ),
            models.CheckConstraint(
                name="talent_claim_level",
                condition=Q(level__in=SkillLevel.values),
                violation_error_message=_("Choose a level from 1 to 4."),
            ),
            models.CheckConstraint(
                name="talent_claim_verified_since",
                condition=~Q(state=ProofState.VERIFIED) | Q(verified_on__isnull=False),
                violation_error_message=_("A verified claim says since when."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"{self.skill} – {self.get_level_display()}"


@track()
class Evidence(models.Model):
    """A paper that proves claims: its file, who issued it, when, until when. It stands for the claims it is linked to.

    Without a file after its retention: hash and verdict stay (``removed_at``).
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="evidence", verbose_name=_("person"))
    claims = models.ManyToManyField(SkillClaim, related_name="evidence", verbose_name=_("proves"), blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind.choices)
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issuing body"), max_length=200, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/", blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=120, blank=True, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, blank=True, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), null=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    removed_at = models.DateTimeField(_("taken out"), null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["person_id", "-id"]
        constraints = [
            models.CheckConstraint(
                name="talent_evidence_days",
                condition=Q(issued_on=None) | Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_evidence_file_kind",
                condition=Q(file_kind__in=["", *sorted(str(kind) for kind in DOCUMENTS)]),
                violation_error_message=_("This kind of file is not taken."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return self.title

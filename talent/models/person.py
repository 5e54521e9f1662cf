"""A person of the registry and what they are registered as."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Application
from innovation.core.history import track
from innovation.organisations.models import Division
from innovation.organisations.models.search import Searchable, SearchQuerySet, keep_search
from innovation.organisations.rules import pinyin_key
from talent.choices.people import DirectoryField, OrcidState, RoleKind, RoleState
from talent.models.identity import NoIdentityNumber
from talent.models.role_states import STATE_NAMES, TRANSITIONS
from talent.models.visibility import sees_people

# Names of one script are joined as that script joins them.
_WHOLE_NAME = r"""
    NEW.name_zh := CASE WHEN NEW.family_name ~ '^[a-zA-Z]'
        THEN concat_ws(' ', NEW.given_name, NEW.family_name) ELSE NEW.family_name || NEW.given_name END;
"""


class PersonQuerySet(SearchQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Everybody for the talent office; oneself for each person; nobody else."""
        if sees_people(user):
            return self
        return self.filter(user=user) if user.is_authenticated else self.none()

    def current(self) -> Self:
        """Without people who were erased or merged into another record."""
        return self.filter(erased_at=None, merged_into=None)

    def listed(self) -> Self:
        """Who wishes to stand in the public directory and holds a profile in force."""
        held = RoleProfile.objects.active().filter(person=OuterRef("pk"))
        return self.current().filter(Exists(held), is_listed=True)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list["Person"]:
        objs = list(objs)
        for person in objs:
            person.pinyin = pinyin_key(person.whole_name)
        return super().bulk_create(objs, *args, **kwargs)


@track(exclude=("search",))
class Person(Searchable):
    """A natural person. No birth date, sex, photo or identity number is kept here or in any record of the part.

    ``name_zh`` is made by the database from family and given name. An erased person stays as a numbered placeholder.
    """

    uuid = models.UUIDField(_("public number"), default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="talent_person",
        verbose_name=_("account"),
    )
    family_name = models.CharField(_("family name"), max_length=60, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    name_zh = models.CharField(_("name"), max_length=161, blank=True, editable=False)
    name_en = models.CharField(_("name in Latin letters"), max_length=160, blank=True)
    former_names = models.CharField(_("former names"), max_length=300, blank=True)
    home = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("division")
    )
    orcid = models.CharField(_("ORCID iD"), max_length=19, null=True, blank=True, unique=True)
    orcid_state = models.CharField(
        _("ORCID iD is"), max_length=13, choices=OrcidState.choices, default=OrcidState.NONE, editable=False
    )
    orcid_verified_at = models.DateTimeField(_("ORCID iD verified"), null=True, blank=True, editable=False)
    available_until = models.DateField(
        _("said to be available until"),
        null=True,
        blank=True,
        help_text=_("The person is asked again every 90 days."),
    )
    is_listed = models.BooleanField(
        _("in the public directory"), default=False, editable=False, help_text=_("By the person's own wish alone.")
    )
    shown_fields = ArrayField(
        models.CharField(max_length=20, choices=DirectoryField.choices), verbose_name=_("shown in the directory"),
        default=list, blank=True, editable=False,
    )  # fmt: skip
    offers = models.CharField(
        _("what I offer"), max_length=600, blank=True,
        help_text=_("In your own words, for those who look for somebody like you."),
    )  # fmt: skip
    registered_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False,
        verbose_name=_("merged into"),
    )  # fmt: skip

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["pinyin", "id"]
        indexes = [
            GinIndex(fields=["search"], name="talent_person_search"),
            models.Index(fields=["pinyin", "id"], name="talent_person_listed", condition=Q(is_listed=True)),
            models.Index(fields=["pinyin", "id"], name="talent_person_by_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="talent_person_named_or_erased",
                condition=Q(erased_at=None) & ~Q(family_name="", given_name="")
                | Q(
                    erased_at__isnull=False,
                    family_name="",
                    given_name="",
                    name_en="",
                    former_names="",
                    orcid=None,
                    offers="",
                ),
                violation_error_message=_("Give a name; an erased person has none."),
            ),
            models.CheckConstraint(
                name="talent_orcid_state_fits",
                condition=Q(orcid=None, orcid_state=OrcidState.NONE, orcid_verified_at=None)
                | Q(orcid__isnull=False, orcid_state=OrcidState.SELF_DECLARED, orcid_verified_at=None)
                | Q(orcid__isnull=False, orcid_state=OrcidState.VERIFIED, orcid_verified_at__isnull=False),
                violation_error_message=_("An ORCID iD is self-declared until sign-in at ORCID verifies it."),
            ),
            models.CheckConstraint(
                name="talent_person_not_merged_into_self",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                violation_error_message=_("A record cannot be merged into itself."),
            ),
            models.CheckConstraint(
                name="talent_listed_is_current",
                condition=Q(is_listed=False) | Q(erased_at=None, merged_into=None),
                violation_error_message=_("An erased or merged record stands in no directory."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            keep_search("name_zh", also=_WHOLE_NAME),  # names alone: see queries.people.search_registry
        ]

    def __str__(self) -> str:
        return self.shown_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_key(self.whole_name)
        super().save(*args, **kwargs)

    @property
    def whole_name(self) -> str:
        """The name in the person's own script."""
        if self.family_name[:1].isascii():
            return f"{self.given_name} {self.family_name}".strip()
        return self.family_name + self.given_name

    @property
    def shown_name(self) -> str:
        """The name in the reader's script where it is known; a number for an erased person."""
        if self.erased_at:
            return f"#{self.pk}"
        chinese = (get_language() or "").startswith("zh")
        return self.whole_name if chinese or not self.name_en else self.name_en


class RoleProfileQuerySet(models.QuerySet["RoleProfile"]):
    def visible_to(self, user: Any) -> Self:
        """As the person is."""
        if sees_people(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()

    def active(self) -> Self:
        """Profiles in force: active ones and those whose renewal is due."""
        return self.filter(state__in=(RoleState.ACTIVE, RoleState.RENEWAL_DUE))


@track()
class RoleProfile(models.Model):
    """What a person is registered as, in one state. ``application`` is the case that it came from."""

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=RoleKind.choices)
    state = models.CharField(
        _("state"), max_length=15, choices=RoleState.choices, default=RoleState.DRAFT, editable=False
    )
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("verified by"),
    )  # fmt: skip
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("application"),
    )  # fmt: skip

    objects = RoleProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("role profile")
        verbose_name_plural = _("role profiles")
        ordering = ["person_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_role_once",
                fields=["person", "kind"],
                condition=~Q(state__in=[RoleState.WITHDRAWN, RoleState.ERASED]),
                violation_error_message=_("This person has a profile of this kind already."),
            ),
            models.CheckConstraint(
                name="talent_role_kind_known",
                condition=Q(kind__in=RoleKind.values),
                violation_error_message=_("Choose a kind."),
            ),
            models.CheckConstraint(
                name="talent_role_state_known",
                condition=Q(state__in=RoleState.values),
                violation_error_message=_("Choose a state."),
            ),
            models.CheckConstraint(
                name="talent_role_period",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_role_in_force_has_term",
                condition=~Q(state__in=[RoleState.ACTIVE, RoleState.RENEWAL_DUE]) | Q(valid_from__isnull=False),
                violation_error_message=_("A profile in force says since when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.get_kind_display()}"

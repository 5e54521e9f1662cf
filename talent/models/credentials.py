"""What a person holds under a scheme's version, and the check on the day when it was granted."""

import secrets
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.transitions import StateName, Table
from talent.choices.credentials import LIVE_STATES, CredentialState, ReferenceLevel
from talent.models.credential_states import STATE_NAMES, TRANSITIONS
from talent.models.credential_triggers import CheckedOnGrant, GrantedByRule
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.schemes import SchemeVersion
from talent.models.visibility import sees_people
from talent.rules.terms import file_by

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 16


def new_code() -> str:
    """Sixteen letters and digits without those that look alike: nobody finds a certificate by trying."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(_CODE_LENGTH))


class OwnedQuerySet(models.QuerySet[Any]):
    """Records of a person: all for the office and whom the law appoints, their own for each person."""

    owner: ClassVar[str] = "person"

    def visible_to(self, user: Any) -> Self:
        if sees_people(user):
            return self
        return self.filter(**{f"{self.owner}__user": user}) if user.is_authenticated else self.none()


class CredentialQuerySet(OwnedQuerySet):
    def live(self) -> Self:
        """Those in force, whatever their renewal waits for."""
        return self.filter(state__in=LIVE_STATES)


@track()
class Credential(models.Model):
    """An award to a person under one version of a scheme, at one of its levels, in one state.

    ``expires_on`` None: it does not expire. ``code`` opens its public page; the holder's name stands there only
    ``name_shown_since`` the holder chose so.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials", verbose_name=_("person"))
    version = models.ForeignKey(
        SchemeVersion, models.PROTECT, related_name="credentials", verbose_name=_("version of the scheme")
    )
    level = models.CharField(pgettext_lazy("credential", "level"), max_length=30, blank=True)
    number = models.CharField(pgettext_lazy("credential", "number of the certificate"), max_length=60, blank=True)
    code = models.CharField(_("public code"), max_length=16, unique=True, default=new_code, editable=False)
    state = models.CharField(
        _("state"), max_length=17, choices=CredentialState.choices, default=CredentialState.CANDIDATE, editable=False
    )
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    granted_on = models.DateField(pgettext_lazy("credential", "granted"), null=True, blank=True, editable=False)
    expires_on = models.DateField(_("expires"), null=True, blank=True, editable=False)
    renewal_filed_on = models.DateField(_("renewal filed"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    end_reason = models.CharField(_("reason of the end"), max_length=500, blank=True, editable=False)
    heard_on = models.DateField(_("heard"), null=True, blank=True, editable=False)
    name_shown_since = models.DateTimeField(_("name shown publicly since"), null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = CredentialQuerySet.as_manager()
    transitions: ClassVar[Table] = TRANSITIONS
    state_names: ClassVar[dict[str, StateName]] = STATE_NAMES

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["-id"]
        permissions = [("decide_credential", "Can grant, renew and revoke credentials and verify entries")]
        indexes = [models.Index(fields=["state", "expires_on"], name="talent_credential_expiry")]
        constraints = [
            models.UniqueConstraint(
                name="talent_credential_once",
                fields=["person", "version", "level"],
                condition=~Q(state__in=[CredentialState.LAPSED, CredentialState.REVOKED]),
                violation_error_message=_("This person holds this credential already, or is a candidate for it."),
            ),
            models.UniqueConstraint(
                name="talent_credential_number_once",
                fields=["version", "number"],
                condition=~Q(number=""),
                violation_error_message=_("This number is given already."),
            ),
            models.CheckConstraint(
                name="talent_credential_state_known",
                condition=Q(state__in=CredentialState.values),
                violation_error_message=_("Choose a state."),
            ),
            models.CheckConstraint(
                name="talent_credential_dates_fit",
                condition=Q(granted_on=None, expires_on=None)
                | Q(granted_on__isnull=False, expires_on=None)
                | Q(expires_on__gte=F("granted_on")),
                violation_error_message=_("It ends after it begins."),
            ),
            models.CheckConstraint(
                name="talent_credential_revoked_after_hearing",
                condition=~Q(state=CredentialState.REVOKED) | Q(heard_on__isnull=False) & ~Q(end_reason=""),
                violation_error_message=_("A credential is revoked after a hearing and with its reason."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            GrantedByRule(name="talent_credential_granted_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.version.scheme.name} {self.level_name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("talent:credential", args=[self.pk])

    @property
    def level_name(self) -> str:
        return self.version.scheme.level_name(self.level) if self.level else ""

    @property
    def reference_level(self) -> str:
        """The level of the reference scale that this level is shown beside; empty without one."""
        return self.version.scheme.level(self.level).get("map_level") or ""

    @property
    def is_senior(self) -> bool:
        return self.reference_level == ReferenceLevel.EXPERT

    @property
    def names(self) -> StateName:
        return STATE_NAMES[CredentialState(self.state)]

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def file_renewal_by(self) -> date | None:
        """The last day for filing the renewal."""
        return file_by(self.expires_on, self.version.rules) if self.expires_on else None


class GrantCheck(models.Model):
    """The rules as they were met on the day of the grant. Rules that change later take nothing away.

    ``facts`` holds what was looked at: answers of the officer, points with their sums as exact fractions.
    """

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="checks", verbose_name=_("credential"))
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    granted_on = models.DateField(_("day of the grant"))
    facts = models.JSONField(_("what was checked"), default=dict)
    note = models.CharField(_("note"), max_length=500)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("credential", "checked by"),
    )
    checked_at = models.DateTimeField(pgettext_lazy("credential", "checked"), default=timezone.now)

    class _QuerySet(OwnedQuerySet):
        owner = "credential__person"

    objects = _QuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a grant")
        verbose_name_plural = _("checks of grants")
        ordering = ["-id"]
        triggers = [
            AppendOnly(name="talent_grantcheck_append_only"),
            CheckedOnGrant(name="talent_grantcheck_by_valid_rules"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.granted_on}"

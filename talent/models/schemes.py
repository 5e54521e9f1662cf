"""Credential schemes and their dated versions: who awards what, by which rules, and how well the rules are known."""

from datetime import date
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from talent.choices.credentials import CyclePurpose, DatePrecision, RuleStatus, SchemeKind
from talent.models.credential_triggers import VersionFrozen
from talent.rules import cpd
from talent.rules.schemes import rules_of


def in_language(chinese: str, english: str) -> str:
    """The one in the reader's language, the other where it is missing."""
    reads_chinese = (get_language() or "").startswith("zh")
    return (chinese or english) if reads_chinese else (english or chinese)


class OpenQuerySet(models.QuerySet[Any]):
    """Rules are no secret: everybody who is signed in reads them."""

    def visible_to(self, user: Any) -> Self:
        return self if user.is_authenticated else self.none()


@track()
class Scheme(models.Model):
    """Who awards which levels. ``levels`` holds ``{code, name_en, name_zh, map_level}``; recognition is not portable:
    ``recognised_by`` names who recognises the award, ``refused_by`` who is known not to.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200)
    kind = models.CharField(_("kind"), max_length=25, choices=SchemeKind.choices)
    levels = models.JSONField(pgettext_lazy("credential", "levels"), default=list, blank=True)
    recognised_by = models.JSONField(_("recognised by"), default=list, blank=True)
    refused_by = models.JSONField(_("not recognised by"), default=list, blank=True)
    recognition_scope = models.CharField(_("reach of the recognition"), max_length=300, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential scheme")
        verbose_name_plural = _("credential schemes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="talent_scheme_kind_known",
                condition=Q(kind__in=SchemeKind.values),
                violation_error_message=_("Choose a kind."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("talent:scheme", args=[self.pk])

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    def level(self, code: str) -> dict[str, Any]:
        """The level of that code; empty where the scheme has none."""
        return next((level for level in self.levels if level["code"] == code), {})

    def level_name(self, code: str) -> str:
        level = self.level(code)
        return in_language(level.get("name_zh", ""), level.get("name_en", "")) or code


class VersionQuerySet(OpenQuerySet):
    def valid_on(self, day: date) -> Self:
        """Versions in force on ``day``; an unknown beginning counts as long ago."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )  # fmt: skip


@track()
class SchemeVersion(models.Model):
    """The rules of a scheme as one authority states them, from one day to another.

    Pages of two authorities can disagree, so the authority is part of the key. ``rules["cpd"]`` and
    ``rules["points"]`` have the shape of ``talent.rules.cpd.Rules``. Once verified the rules never change: what changes
    is a new version, and nobody loses by it what the old one gave.
    """

    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="versions", verbose_name=pgettext_lazy("credential", "scheme")
    )
    version = models.CharField(_("version"), max_length=60)
    authority = models.CharField(_("authority"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    date_precision = models.CharField(
        _("dates are known"), max_length=7, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    status = models.CharField(
        _("status"), max_length=10, choices=RuleStatus.choices, default=RuleStatus.UNVERIFIED, editable=False
    )
    source = models.CharField(_("source"), max_length=300)
    open_points = models.JSONField(_("open points"), default=list, blank=True)
    rules = models.JSONField(_("rules"), default=dict, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("confirmed by"),
    )  # fmt: skip
    confirmed_on = models.DateField(_("confirmed"), null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a scheme")
        verbose_name_plural = _("versions of schemes")
        ordering = ["scheme_id", "authority", "valid_from", "version"]
        constraints = [
            models.UniqueConstraint(
                name="talent_scheme_version_once",
                fields=["scheme", "authority", "version"],
                violation_error_message=_("This authority has a version of that name already."),
            ),
            models.CheckConstraint(
                name="talent_scheme_version_period",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_scheme_version_status_known",
                condition=Q(status__in=RuleStatus.values),
                violation_error_message=_("Choose a status."),
            ),
        ]
        triggers = [VersionFrozen(name="talent_version_frozen")]

    def __str__(self) -> str:
        return " · ".join(part for part in (self.scheme.code, self.authority, self.version) if part)

    def get_absolute_url(self) -> str:
        return reverse("talent:scheme_version", args=[self.pk])

    @property
    def is_verified(self) -> bool:
        return self.status == RuleStatus.VERIFIED

    @property
    def term_months(self) -> int | None:
        months = self.rules.get("term_months")
        return None if months is None else int(months)

    @cached_property
    def credit_rules(self) -> cpd.Rules | None:
        """What a cycle before a renewal asks; None where the version has no credits or does not know their values."""
        return rules_of(self.rules, CyclePurpose.RENEWAL)

    @cached_property
    def point_rules(self) -> cpd.Rules | None:
        """What the first award asks in points; None where it asks none."""
        return rules_of(self.rules, CyclePurpose.FIRST_AWARD)

    def rules_for(self, purpose: str) -> cpd.Rules | None:
        return self.point_rules if purpose == CyclePurpose.FIRST_AWARD else self.credit_rules

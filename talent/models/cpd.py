"""Continuing education: the cycle of a credential, what a person did in it, who verified it, the audit sample."""

from fractions import Fraction
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from talent.choices.credentials import AuditVerdict, CyclePurpose, EntryState, Verdict, VerificationMethod
from talent.models.credential_triggers import (
    CreditWithinCap,
    CycleClosedOnce,
    CycleInLine,
    EntryOfOpenCycle,
    VerifiedByOther,
)
from talent.models.credentials import Credential, OwnedQuerySet
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.schemes import SchemeVersion, in_language
from talent.models.visibility import sees_people


class CycleQuerySet(OwnedQuerySet):
    owner = "credential__person"

    def open(self) -> Self:
        return self.filter(closed_on=None)


@track()
class CpdCycle(models.Model):
    """A stretch of days in which credits are collected, governed to its end by the version that held on its first day.

    Closed, it keeps what it was counted as. ``carry_in`` and ``carry_over`` are credits as exact fractions.
    """

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="cycles", verbose_name=_("credential"))
    version = models.ForeignKey(
        SchemeVersion, models.PROTECT, related_name="cycles", verbose_name=_("version of the scheme")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=CyclePurpose.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    carry_in_num = models.BigIntegerField(_("credits carried in, numerator"), default=0)
    carry_in_den = models.BigIntegerField(_("credits carried in, denominator"), default=1)
    closed_on = models.DateField(pgettext_lazy("credential", "closed"), null=True, blank=True, editable=False)
    is_met = models.BooleanField(_("met"), default=False, editable=False)
    total_num = models.BigIntegerField(_("credits counted, numerator"), default=0, editable=False)
    total_den = models.BigIntegerField(_("credits counted, denominator"), default=1, editable=False)
    carry_over_num = models.BigIntegerField(_("credits carried over, numerator"), default=0, editable=False)
    carry_over_den = models.BigIntegerField(_("credits carried over, denominator"), default=1, editable=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle of continuing education")
        verbose_name_plural = _("cycles of continuing education")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_one_open_cycle",
                fields=["credential"],
                condition=Q(closed_on=None),
                violation_error_message=_("This credential has an open cycle already."),
            ),
            models.CheckConstraint(
                name="talent_cycle_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_cycle_credits",
                condition=Q(
                    carry_in_num__gte=0,
                    carry_in_den__gt=0,
                    total_num__gte=0,
                    total_den__gt=0,
                    carry_over_num__gte=0,
                    carry_over_den__gt=0,
                ),
                violation_error_message=_("Credits are never less than nothing."),
            ),
            models.CheckConstraint(
                name="talent_cycle_met_when_closed",
                condition=Q(closed_on__isnull=False) | Q(is_met=False, carry_over_num=0),
                violation_error_message=_("A cycle is counted when it is closed."),
            ),
        ]
        triggers = [CycleInLine(name="talent_cycle_line"), CycleClosedOnce(name="talent_cycle_closed_once")]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    @property
    def carry_in(self) -> Fraction:
        return Fraction(self.carry_in_num, self.carry_in_den)

    @property
    def carry_over(self) -> Fraction:
        return Fraction(self.carry_over_num, self.carry_over_den)

    @property
    def total(self) -> Fraction:
        return Fraction(self.total_num, self.total_den)

    @property
    def rules(self) -> Any:
        """``talent.rules.cpd.Rules`` of the cycle; None where their values are not known."""
        return self.version.rules_for(self.purpose)

    def category_name(self, key: str) -> str:
        """A category in the reader's language."""
        rules = self.rules
        found = rules.categories.get(key) if rules else None
        return (in_language(found.name_zh, found.name_en) or key) if found else key


class CategoryCredit(models.Model):
    """What one category counted in a closed cycle, within its caps: an exact fraction of credits."""

    cycle = models.ForeignKey(CpdCycle, models.PROTECT, related_name="credits", verbose_name=_("cycle"))
    category = models.CharField(_("category"), max_length=60)
    credits_num = models.BigIntegerField(_("credits, numerator"))
    credits_den = models.BigIntegerField(_("credits, denominator"), default=1)

    class _QuerySet(OwnedQuerySet):
        owner = "cycle__credential__person"

    objects = _QuerySet.as_manager()

    class Meta:
        verbose_name = _("credits of a category")
        verbose_name_plural = _("credits of categories")
        ordering = ["cycle_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_category_once",
                fields=["cycle", "category"],
                violation_error_message=_("This category is counted already."),
            ),
            models.CheckConstraint(
                name="talent_category_credits",
                condition=Q(credits_num__gte=0, credits_den__gt=0),
                violation_error_message=_("Credits are never less than nothing."),
            ),
        ]
        triggers = [AppendOnly(name="talent_credit_append_only"), CreditWithinCap(name="talent_credit_cap")]

    def __str__(self) -> str:
        return self.category


class EntryQuerySet(OwnedQuerySet):
    def to_verify(self) -> Self:
        """What waits for an officer, the oldest first."""
        return self.filter(state=EntryState.CLAIMED, cycle__closed_on=None).order_by("filed_at", "pk")


@track()
class CpdEntry(models.Model):
    """Something that a person did and proves: ``quantity`` in the unit of its category, exact.

    The same proof counts once for a person, whatever category, cycle or credential it is filed under.
    """

    cycle = models.ForeignKey(CpdCycle, models.PROTECT, related_name="entries", verbose_name=_("cycle"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="cpd_entries", verbose_name=_("person"))
    category = models.CharField(_("category"), max_length=60)
    title = models.CharField(_("what was done"), max_length=200)
    day = models.DateField(_("day"))
    quantity_num = models.BigIntegerField(_("quantity, numerator"))
    quantity_den = models.BigIntegerField(_("quantity, denominator"), default=1)
    file = models.FileField(_("evidence"), upload_to="credentials/", blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=120, blank=True, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=EntryState.choices, default=EntryState.CLAIMED, editable=False
    )
    filed_at = models.DateTimeField(_("filed"), default=timezone.now, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of continuing education")
        verbose_name_plural = _("entries of continuing education")
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["state", "filed_at"], name="talent_entry_queue")]
        constraints = [
            models.UniqueConstraint(
                name="talent_evidence_counts_once",
                fields=["person", "sha256"],
                condition=Q(state=EntryState.VERIFIED) & ~Q(sha256=""),
                violation_error_message=_("This evidence was counted already."),
            ),
            models.CheckConstraint(
                name="talent_entry_quantity",
                condition=Q(quantity_num__gt=0, quantity_den__gt=0),
                violation_error_message=_("More than nothing."),
            ),
            models.CheckConstraint(
                name="talent_entry_state_known",
                condition=Q(state__in=EntryState.values),
                violation_error_message=_("Choose a state."),
            ),
            models.CheckConstraint(
                name="talent_entry_hash_form",
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A SHA-256 has 64 hexadecimal digits."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number"), EntryOfOpenCycle(name="talent_entry_cycle")]

    def __str__(self) -> str:
        return self.title or f"#{self.pk}"

    @property
    def quantity(self) -> Fraction:
        return Fraction(self.quantity_num, self.quantity_den)


class Verification(models.Model):
    """How an officer came to accept or refuse an entry; never changed, a second look is a second row."""

    entry = models.ForeignKey(
        CpdEntry, models.PROTECT, related_name="verifications", verbose_name=pgettext_lazy("credential", "entry")
    )
    method = models.CharField(pgettext_lazy("credential", "method"), max_length=8, choices=VerificationMethod.choices)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("verified by")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class _QuerySet(OwnedQuerySet):
        owner = "entry__person"

    objects = _QuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-id"]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            AppendOnly(name="talent_verification_append_only"),
            VerifiedByOther(name="talent_verification_by_other"),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()


class AuditSample(models.Model):
    """A share of the verified entries of some days, drawn by a seed, so that anybody can draw the same again."""

    seed = models.CharField(pgettext_lazy("credential", "seed"), max_length=60)
    share_num = models.PositiveIntegerField(_("share, numerator"))
    share_den = models.PositiveIntegerField(_("share, denominator"))
    verified_from = models.DateField(_("verified from"))
    verified_to = models.DateField(_("verified to"))
    population = models.PositiveIntegerField(_("entries drawn from"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("drawn by")
    )
    drawn_at = models.DateTimeField(_("drawn"), default=timezone.now)

    class _QuerySet(models.QuerySet[Any]):
        def visible_to(self, user: Any) -> Self:
            return self if sees_people(user) else self.none()

    objects = _QuerySet.as_manager()

    class Meta:
        verbose_name = _("audit sample")
        verbose_name_plural = _("audit samples")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="talent_sample_share",
                condition=Q(share_num__gt=0, share_den__gt=0, share_num__lte=F("share_den")),
                violation_error_message=_("More than nothing, at most all."),
            ),
            models.CheckConstraint(
                name="talent_sample_period",
                condition=Q(verified_to__gte=F("verified_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
        triggers = [AppendOnly(name="talent_sample_append_only")]

    def __str__(self) -> str:
        return f"{self.verified_from} – {self.verified_to}, {self.seed}"

    def get_absolute_url(self) -> str:
        return reverse("talent:audit_sample", args=[self.pk])

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_num, self.share_den)


@track()
class AuditLook(models.Model):
    """One entry of a sample and what the second look found; empty until somebody has looked."""

    sample = models.ForeignKey(AuditSample, models.PROTECT, related_name="looks", verbose_name=_("sample"))
    entry = models.ForeignKey(
        CpdEntry, models.PROTECT, related_name="looks", verbose_name=pgettext_lazy("credential", "entry")
    )
    verdict = models.CharField(_("finding"), max_length=9, choices=AuditVerdict.choices, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("looked by")
    )
    looked_at = models.DateTimeField(_("looked"), null=True, blank=True)

    class _QuerySet(models.QuerySet[Any]):
        def visible_to(self, user: Any) -> Self:
            return self if sees_people(user) else self.none()

    objects = _QuerySet.as_manager()

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        ordering = ["sample_id", "entry_id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_look_once",
                fields=["sample", "entry"],
                violation_error_message=_("This entry is in the sample already."),
            ),
            models.CheckConstraint(
                name="talent_look_by_somebody",
                condition=Q(verdict="", looked_by=None, looked_at=None)
                | ~Q(verdict="") & Q(looked_by__isnull=False, looked_at__isnull=False),
                violation_error_message=_("A finding says who looked and when."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return str(self.entry)

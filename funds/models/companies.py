"""What companies report each quarter, their cap tables, and the files that brought either."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.companies import REPORTING_ROLES, QuarterSource
from funds.choices.files import CompanyFileKind
from funds.models.papers import Paper
from funds.models.visibility import OfficeQuerySet, sees_funds
from innovation.core.append_only import AppendOnly
from innovation.organisations.models import Organisation

FIGURES = ("revenue_fen", "headcount", "rd_staff", "rd_spend_fen", "patents", "tax_fen")


class CompanyFile(models.Model):
    """A file of quarterly figures or a cap table: shown as a dry run, then written whole or not at all.

    ``report`` is what the check found, ``company`` whose cap table it is.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=CompanyFileKind)
    company = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("company"), null=True, blank=True, related_name="company_files"
    )
    file = models.FileField(_("file"), upload_to="companies/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    report = models.JSONField(_("report of the check"), default=dict, editable=False)
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("sent by"), editable=False, related_name="+"
    )
    written_at = models.DateTimeField(_("written"), null=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of companies")
        verbose_name_plural = _("files of companies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="company_file_written_once",
                fields=["kind", "company", "sha256"],
                nulls_distinct=False,
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was imported already."),
            )
        ]
        triggers = [AppendOnly(name="company_file_append_only", allow_once=("written_at",))]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("funds:company_file", args=[self.pk])

    @property
    def problems(self) -> list[dict[str, Any]]:
        return self.report.get("problems", [])


class QuarterQuerySet(OfficeQuerySet["CompanyQuarter"]):
    def visible_to(self, user: Any) -> Self:
        """All rows for the office; for others those of the companies that they report for."""
        if sees_funds(user):
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.of_member(user, *REPORTING_ROLES)
        return self.filter(company__in=mine)

    def known(self, known_at: Any) -> Self:
        """Rows that were recorded by ``known_at`` and not yet corrected then."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=known_at), recorded_at__lte=known_at)


class CompanyQuarter(models.Model):
    """What a company reported about one quarter; a correction supersedes the row. Amounts in fen.

    ``quarter_end`` is the day the figures are true for. ``patents`` counts those in force, ``rd_staff`` people in
    research and development among ``headcount``. A figure that was not reported is empty and never zero.
    """

    company = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("company"), related_name="quarters")
    quarter_end = models.DateField(_("quarter end"))
    revenue_fen = models.BigIntegerField(_("revenue (fen)"), null=True, blank=True)
    headcount = models.PositiveIntegerField(_("headcount"), null=True, blank=True)
    rd_staff = models.PositiveIntegerField(_("R&D staff"), null=True, blank=True)
    rd_spend_fen = models.BigIntegerField(_("R&D spend (fen)"), null=True, blank=True)
    patents = models.PositiveIntegerField(_("patents in force"), null=True, blank=True)
    tax_fen = models.BigIntegerField(_("tax paid (fen)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=QuarterSource)
    paper = models.ForeignKey(
        Paper, models.PROTECT, verbose_name=_("paper"), null=True, blank=True, related_name="quarters"
    )
    reason = models.CharField(_("reason of the correction"), max_length=300, blank=True)
    origin = models.ForeignKey(
        CompanyFile, models.PROTECT, verbose_name=_("file"), null=True, blank=True, related_name="quarters"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = QuarterQuerySet.as_manager()

    class Meta:
        verbose_name = _("quarter of a company")
        verbose_name_plural = _("quarters of companies")
        ordering = ["company", "-quarter_end", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                name="company_quarter_once",
                fields=["company", "quarter_end"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This quarter is reported already; correct it with a reason."),
            ),
            models.CheckConstraint(
                name="company_quarter_ends",
                condition=Q(quarter_end__month__in=[3, 12], quarter_end__day=31)
                | Q(quarter_end__month__in=[6, 9], quarter_end__day=30),
                violation_error_message=_("A quarter ends on 31 March, 30 June, 30 September or 31 December."),
            ),
            models.CheckConstraint(
                name="company_quarter_not_in_future",
                condition=Q(quarter_end__lte=F("recorded_at__date")),
                violation_error_message=_("This quarter is not over yet."),
            ),
            models.CheckConstraint(
                name="company_quarter_not_negative",
                condition=(Q(rd_spend_fen=None) | Q(rd_spend_fen__gte=0)) & (Q(tax_fen=None) | Q(tax_fen__gte=0)),
                violation_error_message=_("R&D spend and tax are zero or more."),
            ),
            models.CheckConstraint(
                name="company_quarter_says_something",
                condition=~Q(
                    revenue_fen=None, headcount=None, rd_staff=None, rd_spend_fen=None, patents=None, tax_fen=None
                ),
                violation_error_message=_("Report at least one figure."),
            ),
            models.CheckConstraint(
                name="company_quarter_rd_staff_within",
                condition=Q(rd_staff=None) | Q(headcount=None) | Q(rd_staff__lte=F("headcount")),
                violation_error_message=_("R&D staff are part of the headcount."),
            ),
            models.CheckConstraint(
                name="company_quarter_superseded_later",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                violation_error_message=_("A report is superseded after it is recorded."),
            ),
        ]
        triggers = [AppendOnly(name="company_quarter_append_only", allow_once=("superseded_at",))]

    def __str__(self) -> str:
        return f"{self.company_id} {self.label}"

    @property
    def label(self) -> str:
        """``2026 Q1``."""
        return f"{self.quarter_end.year} Q{self.quarter_end.month // 3}"


class CapRecord(models.Model):
    """One object of a company's cap table in the Open Cap Format, whole: ``data`` holds also what we do not use.

    A newer version supersedes it. ``kind`` is OCF's object_type, ``effective_on`` the date of a transaction.
    """

    company = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("company"), related_name="cap_records")
    kind = models.CharField(_("object type"), max_length=60)
    ocf_id = models.CharField(_("OCF id"), max_length=120)
    effective_on = models.DateField(_("date"), null=True, blank=True)
    data = models.JSONField(_("object"))
    origin = models.ForeignKey(
        CompanyFile, models.PROTECT, verbose_name=_("file"), null=True, blank=True, related_name="cap_records"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("cap table object")
        verbose_name_plural = _("cap table objects")
        ordering = ["company", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                name="cap_record_once",
                fields=["company", "ocf_id"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This cap table has an object of this id already."),
            ),
            models.CheckConstraint(
                name="cap_record_named_as_its_object",
                condition=Exact(KeyTextTransform("id", "data"), F("ocf_id"))
                & Exact(KeyTextTransform("object_type", "data"), F("kind")),
                violation_error_message=_("Id and type are those of the object."),
            ),
            models.CheckConstraint(
                name="cap_record_superseded_later",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                violation_error_message=_("An object is superseded after it is recorded."),
            ),
        ]
        triggers = [AppendOnly(name="cap_record_append_only", allow_once=("superseded_at",))]

    def __str__(self) -> str:
        return f"{self.kind} {self.ocf_id}"

    @property
    def is_entry(self) -> bool:
        """Whether it is a transaction that came by hand and stands, so that it can be taken back."""
        return self.origin_id is None and self.superseded_at is None and self.kind.startswith("TX_")


class CapReversal(models.Model):
    """An entry made by hand into a cap table that was taken back: its objects are superseded and stay readable.

    ``record`` is the transaction of the entry. What is right is entered anew.
    """

    record = models.OneToOneField(
        CapRecord, models.PROTECT, verbose_name=_("entry taken back"), related_name="reversal"
    )
    reason = models.CharField(_("reason"), max_length=300)
    reversed_at = models.DateTimeField(_("taken back"), default=timezone.now, editable=False)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken back by"), editable=False, related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a cap table taken back")
        verbose_name_plural = _("entries of cap tables taken back")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="cap_reversal_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the entry is taken back."),
            ),
        ]
        triggers = [AppendOnly(name="cap_reversal_append_only")]

    def __str__(self) -> str:
        return str(self.record)

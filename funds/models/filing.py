"""The extract for the national register of government funds (全国政府投资基金信用信息登记系统)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import SourceStatus
from funds.models.fund import Fund
from funds.models.policy import BilingualText
from funds.models.policy_work_triggers import CommittedStays
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.core.transitions import StateName, Table, Transition


@track()
class FilingField(BilingualText):
    """One field of the register. ``path`` names what the product knows of it; empty: the product does not know it."""

    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=40, unique=True)
    path = models.CharField(_("source in the product"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("field of the register")
        verbose_name_plural = _("fields of the register")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@track()
class FilingExtract(models.Model):
    """What is filed of one fund for one year: frozen with its hash once somebody commits to its truth."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        COMMITTED = "COMMITTED", _("Truth committed")
        FILED = "FILED", _("Filed")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="filings")
    year = models.PositiveIntegerField(_("year"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    due_on = models.DateField(_("due on"), editable=False)
    content = models.JSONField(_("content"), default=dict, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+", editable=False
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    commitment = models.TextField(_("truth commitment"), blank=True, editable=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("committed by"), null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip
    committed_at = models.DateTimeField(_("truth committed"), null=True, blank=True, editable=False)
    filed_on = models.DateField(_("filed on"), null=True, blank=True, editable=False)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True, editable=False)

    objects = OfficeQuerySet.as_manager()
    transitions: Table = {
        State.DRAFT: {
            "commit": Transition(State.COMMITTED, "funds.commit_filing", _("Commit to its truth")),
        },
        State.COMMITTED: {"file": Transition(State.FILED, "funds.add_filingextract", _("Record the filing"))},
    }
    state_names = {
        State.DRAFT: StateName(_("Draft"), _("Draft"), _("Look through it; another person commits to its truth.")),
        State.COMMITTED: StateName(_("Truth committed"), _("Truth committed"), _("File it in the national register.")),
        State.FILED: StateName(_("Filed"), _("Filed"), _("Nothing is left to do.")),
    }

    class Meta:
        verbose_name = _("filing extract")
        verbose_name_plural = _("filing extracts")
        ordering = ["-year", "fund"]
        permissions = [("commit_filing", _("Can commit to the truth of filing extracts"))]
        constraints = [
            models.UniqueConstraint(
                name="extract_once_a_year",
                fields=["fund", "year"],
                violation_error_message=_("This fund has an extract for that year."),
            ),
            models.CheckConstraint(
                name="extract_hash_length",
                condition=Exact(Length("sha256"), 64),
                violation_error_message=_("A SHA-256 has 64 digits."),
            ),
            models.CheckConstraint(
                name="extract_four_eyes",
                condition=Q(committed_by=None) | ~Q(committed_by=F("made_by")),
                violation_error_message=_("Who made the extract does not commit to its truth."),
            ),
            models.CheckConstraint(
                name="extract_committed_whole",
                condition=Q(state="DRAFT", committed_by=None, committed_at=None, commitment="")
                | Q(committed_by__isnull=False, committed_at__isnull=False) & ~Q(commitment="") & ~Q(state="DRAFT"),
                violation_error_message=_("A truth commitment has its words, its person and its time."),
            ),
            models.CheckConstraint(
                name="extract_filed_whole",
                condition=Q(state="FILED", filed_on__isnull=False) & ~Q(receipt="")
                | Q(filed_on=None, receipt="") & ~Q(state="FILED"),
                violation_error_message=_("A filing has its day and its receipt."),
            ),
        ]
        triggers = [CommittedStays(name="extract_committed_stays")]

    def __str__(self) -> str:
        return f"{self.fund.name} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("funds:filing", args=[self.pk])

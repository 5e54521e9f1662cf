"""Stored papers: evidence behind decisions, agreements and reports, known by their hash."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import PaperKind
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.uploads import DOCUMENTS
from innovation.organisations.models import Organisation


class Paper(models.Model):
    """One paper as it came in, byte for byte; never changed. ``sha256`` is the hash of its content in hexadecimal.

    Later versions are further papers. ``company`` is whom it concerns, for the list on the company's page.
    """

    company = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("company"), null=True, blank=True, related_name="papers"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PaperKind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="papers/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="paper_hash_form",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A SHA-256 has 64 hexadecimal digits."),
            ),
            models.CheckConstraint(
                name="paper_kind_of_file_known",
                condition=Q(file_kind__in=[str(kind) for kind in sorted(DOCUMENTS)]),
                violation_error_message=_("This kind of file is not taken."),
            ),
        ]
        triggers = [AppendOnly(name="paper_append_only")]

    def __str__(self) -> str:
        return f"{self.title} ({self.file_name})"

    def get_absolute_url(self) -> str:
        return reverse("funds:paper", args=[self.pk])

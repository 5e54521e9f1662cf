"""Documents that show that the condition of a special tier is met, known by the hash of their bytes."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.bindings import SpecialTierApproval
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class TierEvidence(models.Model):
    """One file handed in with a request for a special tier; it can be neither changed nor taken away."""

    approval = models.ForeignKey(
        SpecialTierApproval, models.PROTECT, verbose_name=_("special tier approval"), related_name="files"
    )
    file = models.FileField(_("file"), upload_to="special-tiers/")
    file_name = models.CharField(_("file name"), max_length=120)
    file_kind = models.CharField(_("kind of file"), max_length=8)
    size = models.BigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("added by"), related_name="+")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a special tier")
        verbose_name_plural = _("evidence of special tiers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="tier_evidence_once",
                fields=["approval", "sha256"],
                violation_error_message=_("This file is attached already."),
            ),
            models.CheckConstraint(
                name="tier_evidence_hash",
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("The hash of a file has 64 hexadecimal digits."),
            ),
        ]
        triggers = [AppendOnly(name="tier_evidence_append_only")]

    def __str__(self) -> str:
        return self.file_name

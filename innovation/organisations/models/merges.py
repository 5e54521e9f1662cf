"""The record of a merge of two duplicate organisations. Never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.organisations.models.organisation import Organisation


class OrganisationMerge(models.Model):
    """``loser`` became a signpost to ``survivor``; what moved and which value won is kept here."""

    survivor = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kept record"))
    loser = models.OneToOneField(Organisation, models.PROTECT, related_name="+", verbose_name=_("merged record"))
    values = models.JSONField(_("values"), help_text=_("Per field: before on both sides, and the value that was kept."))
    moved = models.JSONField(_("moved rows"), help_text=_("Number of rows per table."))
    reason = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,  # the row outlives the account; the label says who it was
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("by"),
    )
    actor_label = models.CharField(_("by"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("merge of organisations")
        verbose_name_plural = _("merges of organisations")
        ordering = ["-recorded_at"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"

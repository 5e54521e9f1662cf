"""Proofs of the books with their results, and each day's head of every ledger."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import ProofOccasion
from funds.models.fund import Fund
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class LedgerAnchor(models.Model):
    """The last entry of a ledger as it stood at the end of a day's proof.

    A chain that was written anew from the middle verifies in itself; it no longer holds the heads kept here, or
    wherever a copy of them was laid down.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="anchors", db_index=False)
    day = models.DateField(_("day"))
    seq = models.BigIntegerField(_("number of the last entry"))
    hash = models.BinaryField(_("hash of the last entry"), max_length=32)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("head of a ledger")
        verbose_name_plural = _("heads of ledgers")
        ordering = ["-day", "fund"]
        constraints = [
            models.UniqueConstraint(
                name="anchor_once_a_day",
                fields=["fund", "day"],
                violation_error_message=_("This day's head is kept already."),
            ),
            models.CheckConstraint(
                name="anchor_hash_length",
                condition=Exact(Length("hash"), 32),
                violation_error_message=_("A hash has 32 bytes."),
            ),
        ]
        triggers = [AppendOnly(name="anchor_append_only")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.day} #{self.seq}"


class LedgerProof(models.Model):
    """One proof of one fund's books, or of all: when, how much was read, what was found.

    ``findings``: list of {fund_id, fund (code), seq or null, finding (ProofFinding), detail}; empty when all is well.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="proofs",
        help_text=_("Empty: all funds."),
    )  # fmt: skip
    occasion = models.CharField(_("occasion"), max_length=12, choices=ProofOccasion)
    proved_at = models.DateTimeField(_("proved"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked for by"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    funds = models.PositiveIntegerField(_("ledgers read"))
    entries = models.BigIntegerField(_("entries read"))
    anchors = models.BigIntegerField(_("heads compared"))
    findings = models.JSONField(_("findings"), default=list)
    seconds = models.FloatField(_("seconds taken"))

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of the books")
        verbose_name_plural = _("proofs of the books")
        ordering = ["-id"]
        permissions = [("prove_ledger", _("Can have the books proved"))]
        triggers = [AppendOnly(name="proof_append_only")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_sound(self) -> bool:
        return not self.findings

"""What a case proves: documents by their hash, the frozen set, and the sealed file."""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import CaseState, EvidenceKind
from funds.models.case_triggers import LaterOnceFrozen, OnlyInStates
from funds.models.cases import ExemptionCase
from innovation.core.append_only import AppendOnly


def _hex_sha256(content: Func | F) -> Func:
    return Func(Func(content, function="sha256"), Value("hex"), function="encode", output_field=TextField())


def sha256_of_bytes(column: str) -> Func:
    """Hexadecimal SHA-256 of a ``bytea`` column, computed by the database."""
    return _hex_sha256(F(column))


def sha256_of_text(column: str) -> Func:
    """The same of a text in UTF-8."""
    return _hex_sha256(Func(F(column), Value("UTF8"), function="convert_to"))


class EvidenceFile(models.Model):
    """The bytes of a document under their own hash: stored once, never changed, checked by the database."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    kind = models.CharField(_("kind of file"), max_length=8)
    size = models.BigIntegerField(_("size (bytes)"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("stored document")
        verbose_name_plural = _("stored documents")
        constraints = [
            models.CheckConstraint(
                name="evidence_file_is_its_hash",
                condition=Q(sha256=sha256_of_bytes("content")),
                violation_error_message=_("The hash is not that of the content."),
            ),
        ]
        triggers = [AppendOnly(name="evidence_file_append_only")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Evidence(models.Model):
    """A document in the file of a case. ``later``: added after the freeze, never part of the frozen set."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="evidence")
    file = models.ForeignKey(EvidenceFile, models.PROTECT, verbose_name=_("document"), related_name="evidence")
    kind = models.CharField(_("kind"), max_length=16, choices=EvidenceKind)
    name = models.CharField(_("file name"), max_length=120)
    note = models.CharField(_("note"), max_length=400, blank=True)
    later = models.BooleanField(_("later"))
    at = models.DateTimeField(_("when"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("added by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="evidence_once_per_case",
                fields=["case", "file"],
                violation_error_message=_("This document is in the file of the case already."),
            ),
        ]
        triggers = [AppendOnly(name="evidence_append_only"), LaterOnceFrozen(name="evidence_later_once_frozen")]

    def __str__(self) -> str:
        return self.name


class CaseFreeze(models.Model):
    """What was known, frozen once: ``content`` is the canonical JSON, ``sha256`` its hash (``funds.queries.freezing``).

    ``ledger_seq`` and ``ledger_head`` are the last entry of the fund's books that it rests on, and that entry's hash.
    """

    case = models.OneToOneField(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="freeze")
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"))
    ledger_seq = models.BigIntegerField(_("last entry of the ledger"))
    ledger_head = models.CharField(_("hash of the ledger"), max_length=64, blank=True)
    content = models.TextField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    at = models.DateTimeField(_("when"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("frozen by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("frozen evidence")
        verbose_name_plural = _("frozen evidence")
        constraints = [
            models.CheckConstraint(
                name="freeze_is_its_hash",
                condition=Q(sha256=sha256_of_text("content")),
                violation_error_message=_("The hash is not that of the content."),
            ),
        ]
        triggers = [
            AppendOnly(name="freeze_append_only"),
            OnlyInStates(name="freeze_of_opened_case", states=(CaseState.OPENED,)),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class SealedFile(models.Model):
    """The ZIP of an archived case, made once; its hash is published with the case."""

    case = models.OneToOneField(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="sealed")
    sha256 = models.CharField("SHA-256", max_length=64)
    chain_head = models.CharField(_("hash of the last step"), max_length=64)
    size = models.BigIntegerField(_("size (bytes)"))
    content = models.BinaryField(_("content"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("sealed file")
        verbose_name_plural = _("sealed files")
        constraints = [
            models.CheckConstraint(
                name="sealed_file_is_its_hash",
                condition=Q(sha256=sha256_of_bytes("content")),
                violation_error_message=_("The hash is not that of the content."),
            ),
        ]
        triggers = [
            AppendOnly(name="sealed_append_only"),
            OnlyInStates(name="sealed_of_archived_case", states=(CaseState.ARCHIVED,)),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

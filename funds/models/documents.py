"""Papers behind entries in the books."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.fund import Fund
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class BookDocument(models.Model):
    """A file kept as evidence of entries; an entry names it by its SHA-256, which the ledger's chain then covers."""

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="book_documents")
    file = models.FileField(_("file"), upload_to="books/", editable=False)
    name = models.CharField(_("file name"), max_length=120)
    size = models.BigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the books")
        verbose_name_plural = _("documents of the books")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="book_document_once",
                fields=["fund", "sha256"],
                violation_error_message=_("This file is kept already."),
            ),
            models.CheckConstraint(
                name="book_document_hash_length",
                condition=Exact(Length("sha256"), 64),
                violation_error_message=_("A SHA-256 has 64 digits."),
            ),
        ]
        triggers = [AppendOnly(name="book_document_append_only")]

    def __str__(self) -> str:
        return self.name

    def reference_as(self, title: str) -> str:
        """How an entry names the file: ``title`` or its name, and its hash, within the ledger's 200 characters."""
        return f"{(title or self.name)[:110]} · sha256:{self.sha256}"

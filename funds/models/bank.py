"""Bank statements taken in, their movements, and the entries of the ledger that each movement is."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.bookkeeping_triggers import SIGNED_CASH
from funds.models.fund import Fund
from funds.models.ledger import LedgerEvent
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class MatchFits(pgtrigger.Trigger):
    """A matched entry is of the movement's fund and direction; what stands matched never exceeds the movement."""

    when = pgtrigger.After
    operation = pgtrigger.Insert
    declare = [("line", "RECORD"), ("entry", "RECORD"), ("total", "NUMERIC")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT l.fund_id, l.amount_fen INTO line FROM funds_bankline l WHERE l.id = NEW.line_id FOR UPDATE;
            SELECT e.fund_id, {SIGNED_CASH} AS cash INTO entry FROM funds_ledgerevent e WHERE e.id = NEW.event_id;
            SELECT COALESCE(SUM({SIGNED_CASH}), 0) INTO total
            FROM funds_bankmatch m JOIN funds_ledgerevent e ON e.id = m.event_id
            WHERE m.line_id = NEW.line_id
              AND NOT EXISTS (SELECT FROM funds_ledgerevent r WHERE r.reverses_id = e.id);
            IF entry.fund_id <> line.fund_id OR sign(entry.cash) <> sign(line.amount_fen)
               OR abs(total) > abs(line.amount_fen) THEN
                RAISE EXCEPTION 'Entry % does not fit the movement that it is matched with.', NEW.event_id
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NULL;
        """  # noqa: S608 - the kinds come from our own enumeration


@track()
class BankStatement(models.Model):
    """A statement of a fund's account: the file as it was sent, and how it was read when it was taken in."""

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="bank_statements")
    file = models.FileField(_("file"), upload_to="bank/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120)
    file_kind = models.CharField(_("kind of file"), max_length=8)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    header = models.JSONField(_("headings"), default=list)
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    taken_in_at = models.DateTimeField(_("taken in"), null=True, blank=True)
    repeated = models.PositiveIntegerField(_("rows known before"), default=0)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("funds:bank_columns", args=[self.pk])


class BankLine(models.Model):
    """One movement of a fund's account; ``amount_fen`` above zero came in. The same movement is kept once.

    It is settled by matched entries, or set aside with a reason; both are kept for ever.
    """

    statement = models.ForeignKey(BankStatement, models.PROTECT, verbose_name=_("bank statement"), related_name="lines")
    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="bank_lines")
    row = models.PositiveIntegerField(_("row"))
    day = models.DateField(_("date"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    counterparty = models.CharField(_("counterparty"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    reference = models.CharField(_("bank reference"), max_length=200, blank=True)
    key = models.CharField(_("key"), max_length=64, editable=False)
    set_aside_because = models.CharField(_("set aside because"), max_length=400, null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("set aside by"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of the account")
        verbose_name_plural = _("movements of the account")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="bank_line_once",
                fields=["fund", "key"],
                violation_error_message=_("This movement is kept already."),
            ),
            models.CheckConstraint(
                name="bank_line_moves_money",
                condition=~Q(amount_fen=0),
                violation_error_message=_("A movement is not zero."),
            ),
            models.CheckConstraint(
                name="bank_line_set_aside_whole",
                condition=Q(set_aside_because=None, set_aside_by=None)
                | Q(set_aside_because__isnull=False, set_aside_by__isnull=False) & ~Q(set_aside_because=""),
                violation_error_message=_("A movement is set aside by somebody, with a reason."),
            ),
        ]
        triggers = [AppendOnly(name="bank_line_append_only", allow_once=["set_aside_because", "set_aside_by"])]

    def __str__(self) -> str:
        return f"{self.day} {self.counterparty}"

    def get_absolute_url(self) -> str:
        return reverse("funds:bank_line", args=[self.pk])

    @property
    def words(self) -> str:
        """Counterparty, purpose and reference in one line."""
        return " · ".join(part for part in (self.counterparty, self.purpose, self.reference) if part)


class BankMatch(models.Model):
    """An entry of the ledger that is (a part of) a movement; it counts while the entry is not taken back."""

    line = models.ForeignKey(BankLine, models.PROTECT, verbose_name=_("movement"), related_name="matches")
    event = models.OneToOneField(LedgerEvent, models.PROTECT, verbose_name=_("entry"), related_name="bank_match")
    matched_at = models.DateTimeField(_("matched"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("matched movement")
        verbose_name_plural = _("matched movements")
        ordering = ["id"]
        triggers = [AppendOnly(name="bank_match_append_only"), MatchFits(name="bank_match_fits")]

    def __str__(self) -> str:
        return f"{self.pk}"

"""Management fees that were computed by the fund's terms and booked."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funds.models.fund import Fund
from funds.models.ledger import LedgerEvent
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class OncePerPeriod(pgtrigger.Trigger):
    """No day is charged twice: of one fund the periods of charges whose entry stands never overlap."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            PERFORM 1 FROM funds_fund WHERE id = NEW.fund_id FOR UPDATE;
            IF EXISTS (
                SELECT FROM funds_feecharge c
                WHERE c.fund_id = NEW.fund_id AND c.since <= NEW.until AND c.until >= NEW.since
                  AND NOT EXISTS (SELECT FROM funds_ledgerevent r WHERE r.reverses_id = c.event_id)
            ) OR (SELECT (e.fund_id, e.kind) <> (NEW.fund_id, 'FEE') OR e.amount_fen <> NEW.amount_fen
                  FROM funds_ledgerevent e WHERE e.id = NEW.event_id) THEN
                RAISE EXCEPTION 'This period of fund % is charged already, or the entry is no such fee.', NEW.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """  # noqa: S608 - the name is our own


class FeeCharge(models.Model):
    """The fee of one period as it was computed, with the entry that booked it.

    ``parts``: list of {since, until, phase, basis, rate, basis_fen, fee_fen}; their fees sum to ``amount_fen``.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="fee_charges")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    amount_fen = models.BigIntegerField(_("fee (fen)"))
    parts = models.JSONField(_("calculation"))
    event = models.OneToOneField(LedgerEvent, models.PROTECT, verbose_name=_("entry"), related_name="fee_charge")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charged management fee")
        verbose_name_plural = _("charged management fees")
        ordering = ["fund", "-since"]
        constraints = [
            models.CheckConstraint(
                name="fee_charge_in_order",
                condition=Q(until__gte=F("since")),
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                name="fee_charge_positive",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("A fee is above zero."),
            ),
        ]
        triggers = [AppendOnly(name="fee_charge_append_only"), OncePerPeriod(name="fee_charge_once")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.since} – {self.until}"

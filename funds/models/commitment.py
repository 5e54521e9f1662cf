"""Who has promised a fund how much, and whose money that is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funds.choices.records import MoneySource
from funds.models.dated import SET_ONCE, DatedRecord, in_order, no_overlap, same_text, superseded_later
from funds.models.fund import Fund, same
from innovation.core.append_only import AppendOnly
from innovation.organisations.models import Organisation


class Commitment(DatedRecord):
    """What one investor has promised to pay into one fund, by source of the money, over a period. Fen."""

    key = ("fund", "investor", "source")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="commitments")
    investor = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("investor"), related_name="fund_commitments"
    )
    source = models.CharField(_("source of the money"), max_length=12, choices=MoneySource)
    amount_fen = models.BigIntegerField(_("committed (fen)"))

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["fund", "source", "investor", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                name="commitment_above_zero",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("A commitment is above zero; end it when nothing is promised any more."),
            ),
            models.CheckConstraint(
                name="commitment_source_known",
                condition=Q(source__in=MoneySource.values),
                violation_error_message=_("Money comes from the government, other public bodies or society."),
            ),
            in_order("commitment"),
            superseded_later("commitment"),
            no_overlap(
                "commitment",
                [same("fund"), same("investor"), same_text("source")],
                _("This investor has a commitment from this source in that period already."),
            ),
        ]
        triggers = [AppendOnly(name="commitment_append_only", allow_once=SET_ONCE)]

    def __str__(self) -> str:
        investor = self.investor if Commitment.investor.is_cached(self) else self.investor_id
        return f"{investor} · {self.get_source_display()} · {self.valid_from}"

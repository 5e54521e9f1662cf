"""Interests of mother funds in sub-funds: a graph without cycles, with exact shares by date."""

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funds.models.dated import SET_ONCE, DatedRecord, in_order, no_overlap, superseded_later
from funds.models.fund import Fund, same
from funds.models.interest_triggers import InterestGuard
from funds.models.investment import Investment
from innovation.core.append_only import AppendOnly


class SubFundInterest(DatedRecord):
    """The share of a sub-fund that an investment of a mother fund is, over a period.

    The graph of mothers and sub-funds has no cycle, and the shares of all mothers in one sub-fund sum to at most 1
    on every day: the database refuses both, also under concurrent writers.
    """

    key = ("investment",)

    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment of the mother fund"), related_name="interests"
    )
    sub_fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("sub-fund"), related_name="held_by")
    share_num = models.BigIntegerField(_("share, numerator"))
    share_den = models.BigIntegerField(_("share, denominator"))

    class Meta:
        verbose_name = _("interest in a sub-fund")
        verbose_name_plural = _("interests in sub-funds")
        ordering = ["investment", "valid_from", "pk"]
        constraints = [
            in_order("sub_fund_interest"),
            superseded_later("sub_fund_interest"),
            models.CheckConstraint(
                name="sub_fund_interest_share",
                condition=Q(share_num__gt=0, share_den__gt=0, share_num__lte=F("share_den")),
                violation_error_message=_("A share in a sub-fund is above 0 and at most 100 %."),
            ),
            no_overlap(
                "sub_fund_interest",
                [same("investment")],
                _("This investment has a share in a sub-fund in that period already."),
            ),
        ]
        triggers = [
            AppendOnly(name="sub_fund_interest_append_only", allow_once=SET_ONCE),
            InterestGuard(name="sub_fund_interest_guard"),
        ]

    def __str__(self) -> str:
        return f"{self.investment_id} → {self.sub_fund_id} {self.share_num}/{self.share_den}"

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_num, self.share_den)

    @property
    def owner_id(self) -> int:
        return self.investment.fund_id

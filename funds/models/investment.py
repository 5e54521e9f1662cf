"""What a fund has put money into."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import Instrument
from funds.choices.records import FundKind, InvestmentMode, Stage
from funds.models.fund import Fund
from funds.models.grant_triggers import NoHoldings, NotIntoGrants
from funds.models.interest_triggers import HoldingStays
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.organisations.models import Organisation


@track()
class Investment(models.Model):
    """One holding of one fund in one company (or, for a sub-fund interest, in one fund vehicle).

    ``stage`` is the stage at entry and decides which stage caps apply; what was invested, exited, written off is
    never stored here: it follows from the ledger.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), related_name="investments", db_index=False,
        limit_choices_to=~Q(kind=FundKind.GRANT),
    )  # fmt: skip
    code = models.CharField(_("code"), max_length=60)
    company = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("company"), related_name="investments")
    stage = models.CharField(_("stage at entry"), max_length=20, choices=Stage)
    mode = models.CharField(_("mode"), max_length=20, choices=InvestmentMode, default=InvestmentMode.DIRECT)
    instrument = models.CharField(_("instrument"), max_length=20, choices=Instrument, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("investment")
        verbose_name_plural = _("investments")
        ordering = ["fund", "code"]
        constraints = [
            models.UniqueConstraint(
                name="investment_code_once_per_fund",
                fields=["fund", "code"],
                violation_error_message=_("This fund has an investment with this code already."),
            )
        ]
        triggers = [
            HoldingStays(name="investment_interest_stays"),
            NoHoldings(name="investment_not_of_grants"),
            NotIntoGrants(name="investment_not_into_grants"),
        ]

    def __str__(self) -> str:
        """The code, with the company's name where that is loaded: naming a row never costs a query."""
        return f"{self.code} {self.company}" if Investment.company.is_cached(self) else self.code

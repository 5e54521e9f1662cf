"""Awards: what a fund of grant money has promised to whom."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funds.choices.records import FundKind
from funds.models.fund import Fund
from funds.models.grant_triggers import AwardGuard
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.organisations.models import Organisation


@track()
class GrantAward(models.Model):
    """A grant to one recipient: given away, so that it has neither cost nor value nor loss.

    ``committed_fen`` is all that the award grants; what was paid and what came back follow from the ledger, whose
    entries name the award. ``years`` run from ``starts_on``; on ``review_on`` the office looks at the results.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), related_name="awards", db_index=False,
        limit_choices_to={"kind": FundKind.GRANT},
    )  # fmt: skip
    code = models.CharField(_("award code"), max_length=60)
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("recipient"), related_name="grant_awards"
    )
    title = models.CharField(_("title of the award"), max_length=200)
    committed_fen = models.BigIntegerField(_("granted (fen)"))
    starts_on = models.DateField(_("begins"))
    years = models.PositiveSmallIntegerField(_("years"))
    review_on = models.DateField(_("review on"), null=True, blank=True)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant award")
        verbose_name_plural = _("grant awards")
        ordering = ["fund", "code"]
        constraints = [
            models.UniqueConstraint(
                name="award_code_once_per_fund",
                fields=["fund", "code"],
                violation_error_message=_("This fund has an award with this code already."),
            ),
            models.CheckConstraint(
                name="award_committed_positive",
                condition=Q(committed_fen__gt=0),
                violation_error_message=_("An award grants more than nothing."),
            ),
            models.CheckConstraint(
                name="award_years_positive",
                condition=Q(years__gt=0),
                violation_error_message=_("An award runs for a year or more."),
            ),
            models.CheckConstraint(
                name="award_review_after_start",
                condition=Q(review_on=None) | Q(review_on__gte=models.F("starts_on")),
                violation_error_message=_("The review lies before the award begins."),
            ),
        ]
        triggers = [AwardGuard(name="award_guard")]

    def __str__(self) -> str:
        """The code, with the recipient's name where that is loaded: naming a row never costs a query."""
        return f"{self.code} {self.recipient}" if GrantAward.recipient.is_cached(self) else self.code

    def get_absolute_url(self) -> str:
        return reverse("funds:award", args=[self.pk])

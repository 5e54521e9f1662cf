"""What each rule answered about each fund at each month end: a cache and history that is always recomputable."""

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import ScopeLevel, StatusReason, ToleranceStatus, WarningLevel
from funds.models.fund import Fund, FundGroup
from funds.models.policy import PolicyDocument, ToleranceRule
from funds.models.policy_triggers import OfCapRule
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class ToleranceResult(models.Model):
    """One answer at one (as-of, known-at). Shares and money are exact fractions as text; ``*_bp`` are for sorting.

    Rows are made by the monthly run and never changed; ``funds.actions.results.prove`` computes them again from the
    books and names each that differs.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="tolerance_results"
    )
    group = models.ForeignKey(
        FundGroup, models.PROTECT, verbose_name=_("group"), null=True, blank=True, related_name="tolerance_results"
    )
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy document"), null=True, blank=True, related_name="+"
    )
    rule = models.ForeignKey(
        ToleranceRule, models.PROTECT, verbose_name=_("rule"), null=True, blank=True, related_name="+"
    )
    scope = models.CharField(_("scope"), max_length=16, choices=ScopeLevel)
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"))
    numerator = models.CharField(_("loss (fen, exact)"), max_length=200)
    denominator = models.CharField(_("base (fen, exact)"), max_length=200)
    cap = models.CharField(_("cap (exact)"), max_length=100, blank=True)
    rate_bp = models.BigIntegerField(_("rate (basis points)"), null=True, blank=True)
    used_bp = models.BigIntegerField(_("share of the cap used (basis points)"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=30, choices=ToleranceStatus)
    reason = models.CharField(_("reason"), max_length=40, choices=StatusReason, blank=True)
    level = models.CharField(_("level"), max_length=8, choices=WarningLevel)
    binding = models.BooleanField(_("binding"))
    unverified = models.BooleanField(_("unverified rule"))
    inputs_hash = models.CharField(_("hash of the inputs"), max_length=64)
    engine_version = models.CharField(_("version of the engine"), max_length=20)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("tolerance result")
        verbose_name_plural = _("tolerance results")
        ordering = ["-as_of", "-known_at", "fund", "group", "pk"]
        constraints = [
            models.CheckConstraint(
                name="tolerance_result_fund_or_group",
                condition=Q(fund=None, group__isnull=False) | Q(fund__isnull=False, group=None),
                violation_error_message=_("A result is about one fund or one group."),
            ),
            models.CheckConstraint(
                name="tolerance_result_hash",
                condition=Q(inputs_hash__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("The hash of the inputs has 64 hexadecimal digits."),
            ),
            models.UniqueConstraint(
                name="tolerance_result_once",
                fields=["fund", "group", "document", "as_of", "known_at"],
                nulls_distinct=False,
                violation_error_message=_("This result is kept already."),
            ),
        ]
        triggers = [AppendOnly(name="tolerance_result_append_only"), OfCapRule(name="tolerance_result_of_cap_rule")]

    def __str__(self) -> str:
        return f"{self.as_of} · {self.get_status_display()}"

    @property
    def rate(self) -> Fraction | None:
        base = Fraction(self.denominator)
        return max(Fraction(0), Fraction(self.numerator)) / base if base else None

    @property
    def cap_share(self) -> Fraction | None:
        return Fraction(self.cap) if self.cap else None

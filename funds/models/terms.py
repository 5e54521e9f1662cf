"""The terms of a fund: phases of its life, fees, waterfall with profit concession, limits. Every row is dated."""

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import DayCount
from funds.choices.records import (
    Compounding,
    ConcessionTo,
    FeeBasis,
    LimitBasis,
    LimitKind,
    LossBearer,
    Phase,
    TierKind,
)
from funds.choices.tolerance import SourceStatus
from funds.models.dated import SET_ONCE, DatedRecord, in_order, no_overlap, same_text, share_between, superseded_later
from funds.models.fund import Fund, same
from funds.models.policy import PolicyDocument
from innovation.core.append_only import AppendOnly


def fraction(num: int | None, den: int | None) -> Fraction | None:
    return None if num is None or den is None else Fraction(num, den)


INTEREST_KINDS = (TierKind.PREFERRED_RETURN, TierKind.BUYOUT)
"""Steps that state a yearly rate."""


class FundTerm(DatedRecord):
    """One phase of a fund's life: investment, exit or extension period, with who approved it."""

    key = ("fund",)

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="terms")
    phase = models.CharField(_("phase"), max_length=12, choices=Phase)
    approved_by = models.CharField(
        _("approved by"), max_length=200, help_text=_("The body that decided, such as the partners' meeting.")
    )
    approved_on = models.DateField(_("approved on"))

    class Meta:
        verbose_name = _("period of a fund's term")
        verbose_name_plural = _("periods of a fund's term")
        ordering = ["fund", "valid_from", "pk"]
        constraints = [
            in_order("fund_term"),
            superseded_later("fund_term"),
            models.CheckConstraint(
                name="fund_term_ends",
                condition=Q(valid_to__isnull=False),
                violation_error_message=_("A period of the term has an end."),
            ),
            models.CheckConstraint(
                name="fund_term_approved",
                condition=~Q(approved_by=""),
                violation_error_message=_("Name who approved the period."),
            ),
            no_overlap("fund_term", [same("fund")], _("The periods of a fund's term do not overlap.")),
        ]
        triggers = [AppendOnly(name="fund_term_append_only", allow_once=SET_ONCE)]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.valid_from} – {self.valid_to}"


class FeeTerm(DatedRecord):
    """The management fee of one phase: rate per year × basis (domain 4.13)."""

    key = ("fund", "phase")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="fee_terms")
    phase = models.CharField(_("phase"), max_length=12, choices=Phase)
    rate_num = models.BigIntegerField(_("rate per year, numerator"))
    rate_den = models.BigIntegerField(_("rate per year, denominator"))
    basis = models.CharField(_("basis"), max_length=16, choices=FeeBasis)

    class Meta:
        verbose_name = _("management-fee term")
        verbose_name_plural = _("management-fee terms")
        ordering = ["fund", "phase", "valid_from", "pk"]
        constraints = [
            in_order("fee_term"),
            superseded_later("fee_term"),
            share_between("fee_term_rate", "rate", _("A yearly rate lies between 0 and 100 %.")),
            no_overlap(
                "fee_term",
                [same("fund"), same_text("phase")],
                _("This phase has a management fee in that period already."),
            ),
        ]
        triggers = [AppendOnly(name="fee_term_append_only", allow_once=SET_ONCE)]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} · {self.get_basis_display()}"

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rate_num, self.rate_den)


class WaterfallTier(DatedRecord):
    """One step in which distributions (or, for a first loss, losses) are shared.

    FIRST_LOSS: ``bearer`` (empty: the other investors) bears losses up to ``amount_fen``, or up to
    ``first_loss_num/den`` of the paid-in capital, before all others. PREFERRED_RETURN: interest of ``hurdle`` a year on
    capital not yet returned, counted by ``compounding`` and ``day_count`` (empty: simple, actual days / 365). CATCH_UP
    and PROFIT_SPLIT give ``manager`` of the step to the manager and the rest to the investors by paid-in capital.
    BUYOUT: the government's gain ends at interest of ``hurdle`` on its own capital. ``concession`` (让利) is the share
    that the government gives up of its part of the step (BUYOUT: of what lies above that interest), to whom
    ``concession_to`` says. How they work together: ``funds.rules.waterfall``.
    """

    key = ("fund", "position")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="waterfall_tiers")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=TierKind)
    amount_fen = models.BigIntegerField(_("first loss (fen)"), null=True, blank=True)
    first_loss_num = models.BigIntegerField(_("first loss ÷ paid-in, numerator"), null=True, blank=True)
    first_loss_den = models.BigIntegerField(_("first loss ÷ paid-in, denominator"), null=True, blank=True)
    hurdle_num = models.BigIntegerField(_("preferred return per year, numerator"), null=True, blank=True)
    hurdle_den = models.BigIntegerField(_("preferred return per year, denominator"), null=True, blank=True)
    compounding = models.CharField(_("compounding"), max_length=8, choices=Compounding, blank=True)
    day_count = models.CharField(_("day count"), max_length=12, choices=DayCount, blank=True)
    bearer = models.CharField(_("borne by"), max_length=12, choices=LossBearer, blank=True)
    manager_num = models.BigIntegerField(_("share of the manager, numerator"), null=True, blank=True)
    manager_den = models.BigIntegerField(_("share of the manager, denominator"), null=True, blank=True)
    concession_num = models.BigIntegerField(_("profit concession, numerator"), null=True, blank=True)
    concession_den = models.BigIntegerField(_("profit concession, denominator"), null=True, blank=True)
    concession_to = models.CharField(_("concession to"), max_length=12, choices=ConcessionTo, blank=True)
    condition = models.CharField(_("condition"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("waterfall tier")
        verbose_name_plural = _("waterfall tiers")
        ordering = ["fund", "position", "valid_from", "pk"]
        constraints = [
            in_order("waterfall_tier"),
            superseded_later("waterfall_tier"),
            share_between("waterfall_tier_first_loss", "first_loss", _("A share lies between 0 and 100 %.")),
            share_between("waterfall_tier_hurdle", "hurdle", _("A yearly rate lies between 0 and 100 %.")),
            share_between("waterfall_tier_manager", "manager", _("A share lies between 0 and 100 %.")),
            share_between("waterfall_tier_concession", "concession", _("A share lies between 0 and 100 %.")),
            models.CheckConstraint(
                name="waterfall_tier_first_loss_stated",
                condition=Q(kind=TierKind.FIRST_LOSS)
                & (
                    Q(amount_fen__isnull=False, amount_fen__gt=0, first_loss_num=None)
                    | Q(amount_fen=None, first_loss_num__isnull=False, first_loss_num__gt=0)
                )
                | ~Q(kind=TierKind.FIRST_LOSS) & Q(amount_fen=None, first_loss_num=None),
                violation_error_message=_("A first loss is an amount or a share of paid-in capital; others have none."),
            ),
            models.CheckConstraint(
                name="waterfall_tier_hurdle_stated",
                condition=Q(kind__in=INTEREST_KINDS, hurdle_num__isnull=False)
                | ~Q(kind__in=INTEREST_KINDS) & Q(hurdle_num=None, compounding="", day_count=""),
                violation_error_message=_(
                    "A preferred return or a way out at cost plus interest has its yearly rate; other steps have none."
                ),
            ),
            models.CheckConstraint(
                name="waterfall_tier_bearer_of_loss",
                condition=Q(kind=TierKind.FIRST_LOSS) | Q(bearer=""),
                violation_error_message=_("Only a first loss says who bears it."),
            ),
            models.CheckConstraint(
                name="waterfall_tier_manager_stated",
                condition=Q(kind__in=[TierKind.CATCH_UP, TierKind.PROFIT_SPLIT], manager_num__isnull=False)
                | ~Q(kind__in=[TierKind.CATCH_UP, TierKind.PROFIT_SPLIT]) & Q(manager_num=None),
                violation_error_message=_("Catch-up and profit split say what the manager gets; other steps do not."),
            ),
            models.CheckConstraint(
                name="waterfall_tier_concession_whole",
                condition=Q(concession_num=None, concession_to="")
                | Q(concession_num__isnull=False, kind__in=[*INTEREST_KINDS, TierKind.PROFIT_SPLIT])
                & ~Q(concession_to=""),
                violation_error_message=_("A concession belongs to a step of gains and says to whom it goes."),
            ),
            models.CheckConstraint(
                name="waterfall_tier_buyout_concedes",
                condition=~Q(kind=TierKind.BUYOUT) | Q(concession_num__isnull=False),
                violation_error_message=_("A way out at cost plus interest says what the government gives up."),
            ),
            no_overlap(
                "waterfall_tier",
                [same("fund"), same("position")],
                _("This position of the waterfall is taken in that period already."),
            ),
        ]
        triggers = [AppendOnly(name="waterfall_tier_append_only", allow_once=SET_ONCE)]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"

    @property
    def first_loss(self) -> Fraction | None:
        return fraction(self.first_loss_num, self.first_loss_den)

    @property
    def hurdle(self) -> Fraction | None:
        return fraction(self.hurdle_num, self.hurdle_den)

    @property
    def manager(self) -> Fraction | None:
        return fraction(self.manager_num, self.manager_den)

    @property
    def concession(self) -> Fraction | None:
        return fraction(self.concession_num, self.concession_den)


class FundLimit(DatedRecord):
    """A limit on what the fund may do, as its agreement or a policy states it, with the source."""

    key = ("fund", "kind")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="limits")
    kind = models.CharField(_("limit"), max_length=24, choices=LimitKind)
    share_num = models.BigIntegerField(_("share, numerator"), null=True, blank=True)
    share_den = models.BigIntegerField(_("share, denominator"), null=True, blank=True)
    basis = models.CharField(_("of"), max_length=16, choices=LimitBasis, blank=True)
    amount_fen = models.BigIntegerField(_("amount (fen)"), null=True, blank=True)
    count = models.PositiveIntegerField(_("number"), null=True, blank=True)
    policy = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy document"), null=True, blank=True,
        related_name="fund_limits",
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    class Meta:
        verbose_name = _("limit of a fund")
        verbose_name_plural = _("limits of a fund")
        ordering = ["fund", "kind", "valid_from", "pk"]
        constraints = [
            in_order("fund_limit"),
            superseded_later("fund_limit"),
            share_between("fund_limit_share", "share", _("A share lies between 0 and 100 %.")),
            models.CheckConstraint(
                name="fund_limit_one_value",
                condition=Q(share_num__isnull=False, amount_fen=None, count=None) & ~Q(basis="")
                | Q(share_num=None, amount_fen__isnull=False, count=None, basis="")
                | Q(share_num=None, amount_fen=None, count__isnull=False, basis=""),
                violation_error_message=_("A limit is a share of something, an amount, or a number."),
            ),
            models.CheckConstraint(
                name="fund_limit_amount",
                condition=Q(amount_fen=None) | Q(amount_fen__gt=0),
                violation_error_message=_("A limit in money is above zero."),
            ),
            models.CheckConstraint(
                name="fund_limit_sourced",
                condition=~Q(source=""),
                violation_error_message=_("Say where the limit is written."),
            ),
            no_overlap("fund_limit", [same("fund"), same_text("kind")], _("This limit is set in that period already.")),
        ]
        triggers = [AppendOnly(name="fund_limit_append_only", allow_once=SET_ONCE)]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def share(self) -> Fraction | None:
        return fraction(self.share_num, self.share_den)

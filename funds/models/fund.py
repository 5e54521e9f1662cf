"""Funds and groups of funds."""

from fractions import Fraction

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from funds.choices.records import FundClass, FundKind, FundState, InvestmentMode, Stage
from funds.models.grant_triggers import GrantFundStays
from funds.models.interest_triggers import ParentGuard
from funds.models.states import FUND_STATE_NAMES, FUND_TRANSITIONS
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.organisations.models import Organisation


class Int8Range(Func):
    """The range ``[id, id]``: lets plain GiST compare a key for equality, with no extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"


class DateRange(Func):
    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = DateRangeField()


def same(column: str) -> tuple[Func, str]:
    """One line of an exclusion constraint: rows clash only when ``column`` is equal."""
    return (Int8Range(F(column), F(column)), "&&")


@track()
class Fund(models.Model):
    """A government investment fund: the aggregate root of its investments and its ledger.

    ``government_num/government_den`` is the government's exact share of paid-in capital;
    ``others_first_loss_fen`` is the loss that the other investors bear first (0 = pro rata).
    ``categories`` are the labels that policies filter by, such as 创业投资类.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    amac_code = models.CharField(_("AMAC code"), max_length=10, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    fund_class = models.CharField(_("class"), max_length=20, choices=FundClass)
    kind = models.CharField(_("kind"), max_length=12, choices=FundKind, default=FundKind.DIRECT)
    state = models.CharField(_("state"), max_length=20, choices=FundState, default=FundState.INVESTING)
    stage = models.CharField(
        _("stage of the fund"), max_length=20, choices=Stage, blank=True, help_text=_("Empty for a mixed fund.")
    )
    mode = models.CharField(_("mode"), max_length=20, choices=InvestmentMode, blank=True)
    categories = ArrayField(
        models.CharField(max_length=40), verbose_name=_("policy categories"), default=list, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("legal entity"), null=True, blank=True, related_name="funds"
    )
    manager = models.ForeignKey(
        Organisation,
        models.PROTECT,
        verbose_name=_("manager (GP)"),
        null=True,
        blank=True,
        related_name="managed_funds",
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("mother fund"), null=True, blank=True, related_name="sub_funds"
    )
    starts_on = models.DateField(_("start of life"))
    investment_ends_on = models.DateField(_("end of the investment period"), null=True, blank=True)
    ends_on = models.DateField(_("end of life"), null=True, blank=True)
    committed_fen = models.BigIntegerField(_("committed capital (fen)"))
    government_num = models.BigIntegerField(_("government share, numerator"), default=1)
    government_den = models.BigIntegerField(_("government share, denominator"), default=1)
    others_first_loss_fen = models.BigIntegerField(_("first loss of the other investors (fen)"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfficeQuerySet.as_manager()
    transitions = FUND_TRANSITIONS
    state_names = FUND_STATE_NAMES

    class Meta:
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["code"]
        permissions = [
            ("view_portfolio", _("Can read portfolio and loss tolerance")),
            ("move_fund", _("Can move a fund to its next state")),
        ]
        constraints = [
            models.CheckConstraint(
                name="fund_committed_positive",
                condition=Q(committed_fen__gt=0),
                violation_error_message=_("Committed capital is above zero."),
            ),
            models.CheckConstraint(
                name="fund_government_share",
                condition=Q(government_num__gte=0, government_den__gt=0, government_num__lte=F("government_den")),
                violation_error_message=_("The government share lies between 0 and 1."),
            ),
            models.CheckConstraint(
                name="fund_first_loss",
                condition=Q(others_first_loss_fen__gte=0),
                violation_error_message=_("First loss is zero or more."),
            ),
            models.CheckConstraint(
                name="fund_life_in_order",
                condition=(Q(ends_on=None) | Q(ends_on__gte=F("starts_on")))
                & (Q(investment_ends_on=None) | Q(investment_ends_on__gte=F("starts_on"))),
                violation_error_message=_("A fund ends after it starts."),
            ),
            models.CheckConstraint(
                name="fund_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message=_("A fund cannot be its own mother fund."),
            ),
            models.CheckConstraint(
                name="fund_grant_is_grant",
                condition=Q(kind=FundKind.GRANT, fund_class=FundClass.GRANT)
                | ~Q(kind=FundKind.GRANT) & ~Q(fund_class=FundClass.GRANT),
                violation_error_message=_("Grant money is a kind and a class of its own: choose both or neither."),
            ),
        ]
        triggers = [ParentGuard(name="fund_parent_guard"), GrantFundStays(name="fund_grant_stays")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, the other where one is missing."""
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en

    @property
    def government_share(self) -> Fraction:
        return Fraction(self.government_num, self.government_den)


@track()
class FundGroup(models.Model):
    """Funds that a policy judges together (FUND_GROUP scope), or that managers read together."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    funds = models.ManyToManyField(Fund, through="FundGroupMember", verbose_name=_("funds"), related_name="groups")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("fund group")
        verbose_name_plural = _("fund groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


@track()
class FundGroupMember(models.Model):
    """A fund in a group over a period; ``valid_to`` None is open."""

    group = models.ForeignKey(FundGroup, models.CASCADE, verbose_name=_("group"), related_name="members")
    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="group_memberships")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("group membership")
        verbose_name_plural = _("group memberships")
        constraints = [
            models.CheckConstraint(
                name="group_membership_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The end lies before the start."),
            ),
            ExclusionConstraint(
                name="group_membership_once",
                expressions=[same("group"), same("fund"), (DateRange("valid_from", "valid_to"), "&&")],
                violation_error_message=_("This fund is in the group already in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group.code} / {self.fund.code}"

"""Which policy binds which fund or group, and which special cases are approved."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.fund import DateRange, Fund, FundGroup, same
from funds.models.policy import PolicyDocument, ToleranceRule
from funds.models.policy_triggers import OfCapRule
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track


@track()
class FundPolicyBinding(models.Model):
    """A policy document in force for one fund or one group over a period, known from ``recorded_at``.

    A binding is never edited or deleted: it is superseded, so that "which policy did we see then" stays a query.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="policy_bindings"
    )
    group = models.ForeignKey(
        FundGroup, models.PROTECT, verbose_name=_("group"), null=True, blank=True, related_name="policy_bindings"
    )
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy document"), related_name="bindings"
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, blank=True, related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy binding")
        verbose_name_plural = _("policy bindings")
        ordering = ["fund", "group", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="binding_fund_or_group",
                condition=Q(fund=None, group__isnull=False) | Q(fund__isnull=False, group=None),
                violation_error_message=_("A policy binds one fund or one group."),
            ),
            models.CheckConstraint(
                name="binding_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The binding ends before it begins."),
            ),
            ExclusionConstraint(
                name="binding_once_per_fund",
                expressions=[same("fund"), same("document"), (DateRange("valid_from", "valid_to"), "&&")],
                condition=Q(superseded_at=None, fund__isnull=False),
                violation_error_message=_("This policy binds this fund in that period already."),
            ),
            ExclusionConstraint(
                name="binding_once_per_group",
                expressions=[same("group"), same("document"), (DateRange("valid_from", "valid_to"), "&&")],
                condition=Q(superseded_at=None, group__isnull=False),
                violation_error_message=_("This policy binds this group in that period already."),
            ),
        ]

    def __str__(self) -> str:
        bound = self.fund or self.group
        return f"{self.document} → {bound.code if bound else ''}"


@track()
class SpecialTierApproval(models.Model):
    """The special case of one rule for one binding: asked for with evidence, approved by another person."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Refused")
        EXPIRED = "EXPIRED", _("Expired")

    binding = models.ForeignKey(
        FundPolicyBinding, models.PROTECT, verbose_name=_("binding"), related_name="special_approvals"
    )
    rule = models.ForeignKey(ToleranceRule, models.PROTECT, verbose_name=_("rule"), related_name="special_approvals")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.REQUESTED)
    evidence = models.TextField(_("evidence that the condition is met"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("requested by"), related_name="+"
    )
    requested_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    expired_at = models.DateTimeField(_("expired"), null=True, blank=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("special tier approval")
        verbose_name_plural = _("special tier approvals")
        permissions = [("decide_special_tier", _("Can approve or refuse special cases"))]
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                name="special_tier_decided_whole",
                condition=Q(state="REQUESTED", decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="REQUESTED"),
                violation_error_message=_("A decision needs its person and its time."),
            ),
            models.CheckConstraint(
                name="special_tier_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                violation_error_message=_("Who asks for the special case does not approve it."),
            ),
            models.CheckConstraint(
                name="special_tier_expires_by_its_end",
                condition=Q(state="EXPIRED", expired_at__isnull=False, valid_to__isnull=False)
                | ~Q(state="EXPIRED") & Q(expired_at=None),
                violation_error_message=_("Only a special tier with an end expires."),
            ),
            models.CheckConstraint(
                name="special_tier_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The end lies before the start."),
            ),
        ]
        triggers = [OfCapRule(name="special_tier_of_cap_rule")]

    def __str__(self) -> str:
        return f"{self.rule} · {self.binding} · {self.get_state_display()}"

"""Titles, memberships and permits with a term, and who outside is told of public steps."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import EntitlementState
from innovation.calls.models.agreement_triggers import EntitledCase
from innovation.calls.models.applications import Application
from innovation.calls.models.calls import Call
from innovation.calls.models.entitlement_states import TRANSITIONS
from innovation.calls.models.following import FollowingQuerySet, StaffQuerySet, works_here
from innovation.core.history import track
from innovation.core.transitions import Table
from innovation.organisations.models import Organisation


class EntitlementQuerySet(FollowingQuerySet["Entitlement"]):
    def visible_to(self, user: Any) -> "EntitlementQuerySet":
        """All for the staff; for others those of their cases and of the organisations that they belong to."""
        if not user.is_authenticated:
            return self.none()
        return self if works_here(user) else self.of_holder(user)

    def of_holder(self, user: Any) -> "EntitlementQuerySet":
        """What ``user`` holds, alone or as one of an organisation's people."""
        mine = Organisation.objects.filter(memberships__user=user).values("pk")
        return self.filter(Q(application__in=Application.objects.of_writer(user)) | Q(organisation__in=mine))

    def in_force(self) -> "EntitlementQuerySet":
        """Titles that nothing has ended, suspended ones too."""
        return self.filter(state__in=[EntitlementState.VALID, EntitlementState.SUSPENDED])


@track()
class Entitlement(models.Model):
    """What an approved case grants, from ``valid_from`` to ``valid_to`` (None: without end). Renewal is a new one."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name=_("application"), related_name="entitlement"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), null=True, blank=True,
        related_name="entitlements",
    )  # fmt: skip
    holder = models.CharField(_("holder"), max_length=200)
    kind = models.SlugField(_("kind of application"), max_length=40)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=EntitlementState, default=EntitlementState.VALID, editable=False
    )
    renewed_from = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("renews"), null=True, blank=True, related_name="renewed_by"
    )
    suspended_on = models.DateField(_("suspended since"), null=True, editable=False)
    ended_on = models.DateField(_("ended"), null=True, editable=False)
    end_reason = models.TextField(_("reason of the end"), blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("issued by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = EntitlementQuerySet.as_manager()
    transitions: ClassVar[Table] = TRANSITIONS

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        ordering = ["-id"]
        indexes = [models.Index(name="entitlement_expiry", fields=["state", "valid_to"])]
        constraints = [
            models.CheckConstraint(
                name="entitlement_days_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("It ends after it begins."),
            ),
            models.CheckConstraint(
                name="entitlement_revoked_with_reason",
                condition=~Q(state=EntitlementState.REVOKED) | ~Q(end_reason=""),
                violation_error_message=_("A revocation has its reason."),
            ),
            models.CheckConstraint(
                name="entitlement_suspended_since",
                condition=Q(state=EntitlementState.SUSPENDED, suspended_on__isnull=False)
                | (~Q(state=EntitlementState.SUSPENDED) & Q(suspended_on=None)),
                violation_error_message=_("A suspended title says since when, and no other does."),
            ),
        ]
        triggers = [EntitledCase(name="entitlement_of_approved_case")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("calls:certificate", args=[self.number])

    @property
    def title(self) -> str:
        """In the reader's language."""
        chinese = (get_language() or "").startswith("zh") or not self.title_en
        return self.title_zh if chinese else self.title_en

    @property
    def is_in_force(self) -> bool:
        return self.state in {EntitlementState.VALID, EntitlementState.SUSPENDED}


@track()
class WebhookSubscription(models.Model):
    """An address that gets a signed message for each public step of the cases of a call, a kind, or all.

    With ``project_steps`` also for agreements, reports, checks, payments and changes, which the public does not read.
    """

    url = models.CharField(_("address"), max_length=500)
    call = models.ForeignKey(
        Call, models.CASCADE, verbose_name=_("call"), null=True, blank=True, related_name="webhooks"
    )
    kind = models.SlugField(_("kind of application"), max_length=40, blank=True)
    project_steps = models.BooleanField(
        _("also agreements, reports, checks and payments"), default=False,
        help_text=_("For the city's own systems: these steps are not public."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url

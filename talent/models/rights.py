"""What people ask for on their data, what stands in the way of forgetting, and what was erased."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from talent.choices.privacy import RIGHTS_OPEN, HoldKind, RightsKind, RightsState
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.rights_states import RIGHTS_STATES, RIGHTS_TRANSITIONS

SEES_REQUESTS = (Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


def sees_requests(user: Any) -> bool:
    """Whether ``user`` reads the requests of all people."""
    return bool(user.is_authenticated and user.has_role(*SEES_REQUESTS))


class OwnOrPrivacyQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """All for the privacy officer and the audit; the own ones for each person."""
        if sees_requests(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()


class RightsRequestQuerySet(OwnOrPrivacyQuerySet):
    def open(self) -> Self:
        """Requests that still wait for an answer."""
        return self.filter(state__in=RIGHTS_OPEN)


@track()
class RightsRequest(models.Model):
    """A request of a person on the own data, answered by ``due_on`` (15 working days).

    ``changes`` of a correction: by the name of the field, what stands there and what should. ``subject`` names what an
    objection is about, such as a proposal's number.
    """

    transitions = RIGHTS_TRANSITIONS
    state_names = RIGHTS_STATES

    person = models.ForeignKey(Person, models.PROTECT, related_name="rights_requests", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=RightsKind.choices)
    state = models.CharField(
        _("state"), max_length=9, choices=RightsState.choices, default=RightsState.RECEIVED, editable=False
    )
    words = models.TextField(_("what the person writes"), blank=True)
    changes = models.JSONField(_("proposed changes"), default=dict, blank=True)
    subject = models.CharField(_("about"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    due_on = models.DateField(_("answer by"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("answered by"),
    )  # fmt: skip

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request on one's data")
        verbose_name_plural = _("requests on one's data")
        ordering = ["due_on", "id"]
        permissions = [("answer_rightsrequest", _("Can answer requests on one's data"))]
        constraints = [
            models.UniqueConstraint(
                name="talent_rights_one_erasure",
                fields=["person"],
                condition=Q(kind=RightsKind.ERASURE, state__in=RIGHTS_OPEN),
                violation_error_message=_("An erasure was asked for already."),
            ),
            models.CheckConstraint(
                name="talent_rights_known",
                condition=Q(kind__in=RightsKind.values, state__in=RightsState.values),
                violation_error_message=_("Choose what you ask for."),
            ),
            models.CheckConstraint(
                name="talent_rights_answered_once_over",
                condition=Q(state__in=RIGHTS_OPEN, answered_at=None)
                | Q(~Q(state__in=RIGHTS_OPEN), answered_at__isnull=False),
                violation_error_message=_("A request that is over has the moment of its answer."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("talent:rights_request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in RIGHTS_OPEN

    def is_late(self, today: date) -> bool:
        """Whether the day of the answer has passed without one."""
        return self.is_open and today > self.due_on


class DataHoldQuerySet(OwnOrPrivacyQuerySet):
    def standing(self, day: date) -> Self:
        """Holds that count on ``day``."""
        return self.filter(Q(until=None) | Q(until__gte=day), lifted_at=None)


@track()
class DataHold(models.Model):
    """Why a person's data is not forgotten yet: a legal hold of the privacy officer, or the person's own wish."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holds", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=5, choices=HoldKind.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    set_at = models.DateTimeField(_("set"), default=timezone.now, editable=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("set by"),
    )  # fmt: skip
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)

    objects = DataHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold on a person's data")
        verbose_name_plural = _("holds on people's data")
        ordering = ["-set_at"]
        permissions = [("lift_datahold", _("Can lift holds on people's data"))]
        constraints = [
            models.CheckConstraint(
                name="talent_hold_known",
                condition=Q(kind=HoldKind.LEGAL) & (~Q(reason="") | Q(lifted_at__isnull=False))
                | Q(kind=HoldKind.WISH, until__isnull=False),
                violation_error_message=_("A legal hold has a reason, a wish to keep longer has a last day."),
            ),
            models.CheckConstraint(
                name="talent_hold_lifted_after_set",
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("set_at")),
                violation_error_message=_("A hold is lifted after it was set."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: #{self.person_id}"


class ErasureCase(models.Model):
    """The receipt of an erasure: what was emptied, deleted and kept, as numbers; never changed.

    ``found`` is the dry run that was confirmed, ``kept`` the number of rows that stay by record, on which the daily
    proof rests, ``backup_until`` the day when the last backup that knows the person is overwritten.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="erasure", verbose_name=_("person"))
    request = models.OneToOneField(
        RightsRequest, models.PROTECT, null=True, blank=True, related_name="erasure", verbose_name=_("request")
    )
    cause = models.CharField(_("cause"), max_length=40)
    found = models.JSONField(_("what was found"), default=list)
    kept = models.JSONField(_("rows that stay"), default=dict)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        verbose_name=_("erased by"),
    )  # fmt: skip
    backup_until = models.DateField(_("in backups until"))
    receipt_sha256 = models.CharField(_("hash of the receipt"), max_length=64)

    objects = OwnOrPrivacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-erased_at"]
        permissions = [("perform_erasurecase", _("Can erase a person"))]
        constraints = [
            models.CheckConstraint(
                name="talent_erasure_has_receipt",
                condition=Q(receipt_sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("An erasure has a receipt."),
            )
        ]
        triggers = [AppendOnly(name="append_only")]

    def __str__(self) -> str:
        return f"#{self.person_id}"

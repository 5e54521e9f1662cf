"""An application, the persons who write it, and its partners."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import (
    EDITABLE_STATES,
    ENDED_STATES,
    ApplicationState,
    MemberRole,
    Outcome,
    PartnerRole,
    PartnerState,
)
from innovation.calls.models.application_states import STATE_NAMES, table_of
from innovation.calls.models.calls import Call
from innovation.calls.models.definitions import FormDefinition, ProcessDefinition
from innovation.core.history import track
from innovation.core.transitions import Table
from innovation.organisations.models import Organisation


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        """Every submitted case for the staff; for others those on which they write, or on which their partner does.

        Reviewers get no application here: they read a packet that lacks the identity (``reviews``).
        """
        if not user.is_authenticated:
            return self.none()
        if user.has_role(*STAFF_ROLES):
            return self.exclude(state__in=[ApplicationState.DRAFT, ApplicationState.DELETED])
        return self.of_writer(user)

    def of_writer(self, user: Any) -> "ApplicationQuerySet":
        """The cases on which ``user`` is lead, editor or viewer."""
        return self.exclude(state=ApplicationState.DELETED).filter(
            pk__in=ApplicationMember.objects.filter(user=user).values("application")
        )

    def live(self) -> "ApplicationQuerySet":
        """Cases that nothing has ended yet."""
        return self.exclude(state__in=ENDED_STATES)


@track()
class Application(models.Model):
    """One case: a draft, then what follows from it. ``form`` and ``process`` are the versions that it began with."""

    number = models.CharField(_("number"), max_length=60, unique=True, null=True, editable=False)
    call = models.ForeignKey(Call, models.PROTECT, verbose_name=_("call"), related_name="applications")
    form = models.ForeignKey(FormDefinition, models.PROTECT, verbose_name=_("form"), related_name="applications")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("applicant"), null=True, blank=True, related_name="applications"
    )
    process = models.ForeignKey(
        ProcessDefinition, models.PROTECT, verbose_name=_("process"), related_name="applications"
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=30, choices=ApplicationState, default=ApplicationState.DRAFT, editable=False
    )
    is_exclusive = models.BooleanField(_("one live case per organisation"), default=False, editable=False)
    requested_fen = models.BigIntegerField(_("requested"), null=True, blank=True, editable=False)
    own_fen = models.BigIntegerField(_("own money"), null=True, blank=True, editable=False)
    award_fen = models.BigIntegerField(_("award"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("begun by"), related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    due_on = models.DateField(_("next step due"), null=True, blank=True, editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("officer in charge"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome, blank=True, editable=False)
    lesson = models.TextField(_("lesson"), blank=True, editable=False)
    result = models.JSONField(
        _("what the approval made"), default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder
    )

    objects = ApplicationQuerySet.as_manager()
    state_names = STATE_NAMES

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        permissions = [
            ("screen_application", _("Can check applications")),
            ("coordinate_application", _("Can assign reviewers")),
            ("decide_application", _("Can decide on applications")),
            ("decide_objection", _("Can decide on objections")),
            ("sign_agreement", _("Can sign agreements for the office")),
            ("pay_application", _("Can pay milestones")),
        ]
        indexes = [models.Index(name="application_desk", fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                name="application_one_per_organisation",
                fields=["call", "organisation"],
                condition=Q(is_exclusive=True) & ~Q(state__in=sorted(ENDED_STATES)),
                violation_error_message=_("Your organisation has an application to this call already."),
            ),
            models.CheckConstraint(
                name="application_number_when_sent",
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.DELETED])
                | Q(number__isnull=False, submitted_at__isnull=False),
                violation_error_message=_("A submitted application has a number and a moment."),
            ),
            models.CheckConstraint(
                name="application_closed_with_outcome",
                condition=~Q(state=ApplicationState.CLOSED) | ~Q(outcome=""),
                violation_error_message=_("A closed case names its outcome."),
            ),
            models.CheckConstraint(
                name="application_lesson_of_failure",
                condition=~Q(outcome__in=["partial", "failed_in_good_faith", "failed_with_fault"]) | ~Q(lesson=""),
                violation_error_message=_("A case that did not fully succeed leaves a lesson."),
            ),
            models.CheckConstraint(
                name="application_money_not_negative",
                condition=(Q(requested_fen=None) | Q(requested_fen__gte=0))
                & (Q(own_fen=None) | Q(own_fen__gte=0))
                & (Q(award_fen=None) | Q(award_fen__gte=0)),
                violation_error_message=_("Amounts are not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.call.code} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("calls:application", args=[self.pk])

    @cached_property
    def transitions(self) -> Table:
        """The table of this case's own process, with the numbers that the call sets."""
        return table_of(self.process.content, {"reviewers_needed": self.call.reviewers_needed})

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_STATES

    @property
    def is_live(self) -> bool:
        return self.state not in ENDED_STATES


@track()
class ApplicationMember(models.Model):
    """A person who writes or reads one application."""

    application = models.ForeignKey(Application, models.CASCADE, verbose_name=_("application"), related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="application_memberships"
    )
    role = models.CharField(_("role"), max_length=6, choices=MemberRole)

    class Meta:
        verbose_name = _("person on an application")
        verbose_name_plural = _("persons on applications")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="application_member_once",
                fields=["application", "user"],
                violation_error_message=_("This person is on the application already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


@track()
class Partner(models.Model):
    """Another organisation that takes part; invited by mail, it fills in the sections named here."""

    application = models.ForeignKey(Application, models.CASCADE, verbose_name=_("application"), related_name="partners")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("person"), null=True, blank=True, related_name="+"
    )
    role = models.CharField(_("role"), max_length=8, choices=PartnerRole, default=PartnerRole.PARTNER)
    share_num = models.BigIntegerField(_("share of the award, numerator"), default=0)
    share_den = models.BigIntegerField(_("share of the award, denominator"), default=1)
    sections = models.JSONField(_("sections to fill in"), default=list, blank=True)
    token_sha256 = models.CharField(_("hash of the invitation"), max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=PartnerState, default=PartnerState.INVITED)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="partner_once",
                fields=["application", "email"],
                violation_error_message=_("This address has been invited already."),
            ),
            models.CheckConstraint(
                name="partner_share_is_part",
                condition=Q(share_num__gte=0, share_den__gt=0) & Q(share_num__lte=models.F("share_den")),
                violation_error_message=_("A share lies between nothing and all."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""The need of an organisation, for which a challenge call asks for bids (揭榜挂帅)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import PUBLIC_NEEDS, NeedState
from innovation.calls.models.applications import Application
from innovation.calls.models.calls import Call
from innovation.calls.models.need_states import NAMES, TRANSITIONS
from innovation.core.history import track
from innovation.organisations.models import Membership, Organisation

AFTER_CHECK = [NeedState.PUBLISHED, NeedState.BIDDING, NeedState.AWARDED, NeedState.ACCEPTED]


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: Any) -> "NeedQuerySet":
        """Everything for the staff; else what is published, and the needs of one's own organisations."""
        public = Q(state__in=PUBLIC_NEEDS)
        if not user.is_authenticated:
            return self.filter(public)
        if user.has_role(*STAFF_ROLES):
            return self
        return self.filter(public | Q(organisation__in=Membership.objects.filter(user=user).values("organisation")))


@track()
class Need(models.Model):
    """``targets`` are figures that a result has to reach, one a line; they are what the owner tests."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("owner of the need"), related_name="needs"
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what is needed"))
    targets = models.TextField(_("target figures"))
    top_fen = models.BigIntegerField(_("most that is paid (fen)"), null=True, blank=True)
    wanted_by = models.DateField(_("needed by"), null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("posted by"), related_name="+", editable=False
    )
    posted_at = models.DateTimeField(_("posted"), default=timezone.now, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=NeedState, default=NeedState.COLLECTED, editable=False
    )  # fmt: skip
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("checked by"), null=True, related_name="+",
        editable=False,
    )  # fmt: skip
    check_note = models.TextField(_("what the check found"), blank=True, editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("agreed by"), null=True, related_name="+",
        editable=False,
    )  # fmt: skip
    agreed_at = models.DateTimeField(_("agreed"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, related_name="+",
        editable=False,
    )  # fmt: skip
    call = models.ForeignKey(
        Call, models.PROTECT, verbose_name=_("call for bids"), null=True, blank=True, related_name="needs"
    )
    awarded = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("awarded bid"), null=True, blank=True, related_name="+"
    )
    end_note = models.TextField(_("acceptance or reason of the end"), blank=True, editable=False)

    objects = NeedQuerySet.as_manager()
    transitions = TRANSITIONS
    state_names = NAMES

    class Meta:
        verbose_name = _("need of a challenge call")
        verbose_name_plural = _("needs of challenge calls")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="need_published_when_checked_and_agreed",
                condition=~Q(state__in=AFTER_CHECK)
                | Q(checked_by__isnull=False, agreed_at__isnull=False, published_by__isnull=False),
                violation_error_message=_("A need is published after its check and with its owner's consent."),
            ),
            models.CheckConstraint(
                name="need_four_eyes",
                condition=Q(published_by=None) | ~Q(published_by=F("checked_by")),
                violation_error_message=_("Another person than the one who checked it publishes it."),
            ),
            models.CheckConstraint(
                name="need_bids_with_call",
                condition=~Q(state=NeedState.BIDDING) | Q(call__isnull=False),
                violation_error_message=_("Bids open with a call."),
            ),
            models.CheckConstraint(
                name="need_awarded_bid",
                condition=~Q(state__in=[NeedState.AWARDED, NeedState.ACCEPTED]) | Q(awarded__isnull=False),
                violation_error_message=_("An award names its bid."),
            ),
            models.CheckConstraint(
                name="need_top_positive",
                condition=Q(top_fen=None) | Q(top_fen__gt=0),
                violation_error_message=_("Amounts are above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("calls:need", args=[self.pk])

    @property
    def target_lines(self) -> list[str]:
        return [line.strip() for line in self.targets.splitlines() if line.strip()]

"""Public notice of a decision, and what the public objects."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import ObjectionState
from innovation.calls.models.applications import Application
from innovation.calls.models.following import StaffQuerySet, StoredFile
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: object) -> "NoticeQuerySet":
        """Notices are public."""
        return self

    def current(self, day: date) -> "NoticeQuerySet":
        """Those that run on ``day``, or stand still while an objection is examined."""
        return self.filter(ended_at=None).filter(Q(ends_on=None) | Q(ends_on__gte=day) | Q(stopped_on__isnull=False))


@track()
class Notice(models.Model):
    """What the public reads about a decided case: names and amounts as they stood when it was published.

    ``days`` are working days; ``ends_on`` is the last day (None while the calendar of that year is unknown), later by
    the working days on which the clock stood still (``stopped_on`` while it does).
    """

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="notices")
    title = models.CharField(_("title"), max_length=200)
    applicant = models.CharField(_("applicant"), max_length=200)
    award_fen = models.BigIntegerField(_("award (fen)"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("working days"))
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), related_name="+"
    )
    ends_on = models.DateField(_("last day"), null=True)
    stopped_on = models.DateField(_("clock stopped"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="notice_one_open",
                fields=["application"],
                condition=Q(ended_at=None),
                violation_error_message=_("A notice of this case is public already."),
            ),
            models.CheckConstraint(
                name="notice_days_five_or_seven",
                condition=Q(days__in=[5, 7]),
                violation_error_message=_("A notice lasts 5 or 7 working days."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("calls:notice", args=[self.pk])


@track()
class Objection(models.Model):
    """What somebody holds against a decision on notice; examined by a person who had no part in it."""

    notice = models.ForeignKey(Notice, models.PROTECT, verbose_name=_("notice"), related_name="objections")
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    text = models.TextField(_("objection"))
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    token_sha256 = models.CharField(_("hash of the confirmation"), max_length=64, unique=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=ObjectionState, default=ObjectionState.UNCONFIRMED, editable=False
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("examined by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    examined_at = models.DateTimeField(_("examined"), null=True, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="objection_confirmed_when_examined",
                condition=Q(state=ObjectionState.UNCONFIRMED, confirmed_at=None)
                | (~Q(state=ObjectionState.UNCONFIRMED) & Q(confirmed_at__gte=F("received_at"))),
                violation_error_message=_("An objection is examined after its address is confirmed."),
            ),
            models.CheckConstraint(
                name="objection_answer_has_reason",
                condition=Q(state__in=[ObjectionState.UNCONFIRMED, ObjectionState.OPEN], examined_by=None)
                | (Q(examined_by__isnull=False, examined_at__isnull=False) & ~Q(reason="")),
                violation_error_message=_("The answer to an objection has its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:40]}"


class ObjectionFile(StoredFile):
    objection = models.ForeignKey(Objection, models.PROTECT, verbose_name=_("objection"), related_name="files")

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an objection")
        verbose_name_plural = _("files of objections")
        ordering = ["id"]
        triggers = [AppendOnly(name="objection_file_append_only")]

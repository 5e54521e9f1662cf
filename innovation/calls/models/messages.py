"""A message of the office to many applicants: who gets which words, who is left out and why, and what has left.

The words are filled in once, for the preview; exactly these leave. Confirming makes the one run that sends them.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import Audience, LeftOut, LineState
from innovation.calls.models.applications import Application
from innovation.calls.models.definitions import MessageTemplate
from innovation.calls.models.following import StaffQuerySet
from innovation.core.history import track
from innovation.core.jobs import Job


@track()
class MessageBatch(models.Model):
    """One mail text for the chosen applications; ``note`` stands where the text names a reason."""

    template = models.ForeignKey(
        MessageTemplate, models.PROTECT, verbose_name=_("mail text"), related_name="batches"
    )  # fmt: skip
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience, default=Audience.LEADS)
    note = models.TextField(_("your words"), blank=True)
    created_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("prepared by"), related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("confirmed by"), null=True, related_name="+",
        editable=False,
    )  # fmt: skip
    discarded_at = models.DateTimeField(_("thrown away"), null=True, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to applicants")
        verbose_name_plural = _("messages to applicants")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="message_batch_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, discarded_at=None),
                violation_error_message=_("A message is confirmed by somebody, and not thrown away as well."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template.title} · {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("calls:message", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be confirmed or thrown away."""
        return self.confirmed_at is None and self.discarded_at is None


class MessageRun(Job):
    """The sending of one confirmed message; there is never a second one."""

    task_name: ClassVar[str] = "innovation.calls.tasks.send_messages"
    batch = models.OneToOneField(MessageBatch, models.PROTECT, verbose_name=_("message"), related_name="run")

    objects = StaffQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("sending of a message")
        verbose_name_plural = _("sendings of messages")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.batch)


class MessageLine(models.Model):
    """The words for one person about one application. ``digest`` is the hash by which the same words are known."""

    batch = models.ForeignKey(MessageBatch, models.PROTECT, verbose_name=_("message"), related_name="lines")
    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="message_lines"
    )
    case_state = models.CharField(_("state at the preview"), max_length=30)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("person"), null=True, related_name="+"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    sha256 = models.CharField(_("SHA-256 of the words"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LineState, default=LineState.READY)
    left_out = models.CharField(_("left out because"), max_length=10, choices=LeftOut, blank=True)
    missing = models.JSONField(_("values that are missing"), default=list, blank=True)
    written_at = models.DateTimeField(_("handed over"), null=True)
    written_on = models.DateField(_("day of that"), null=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to one applicant")
        verbose_name_plural = _("messages to single applicants")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="message_line_once",
                fields=["batch", "application", "person"],
                violation_error_message=_("This person stands on the list for this application already."),
            ),
            models.UniqueConstraint(
                name="message_line_same_words_once_a_day",
                fields=["application", "person", "sha256", "written_on"],
                condition=Q(state__in=[LineState.SENT, LineState.IN_DIGEST]),
                violation_error_message=_("This person got the same words about this application today."),
            ),
            models.CheckConstraint(
                name="message_line_left_out_says_why",
                condition=Q(state=LineState.LEFT_OUT) & ~Q(left_out="") | ~Q(state=LineState.LEFT_OUT) & Q(left_out=""),
                violation_error_message=_("Who is left out is left out for a reason."),
            ),
            models.CheckConstraint(
                name="message_line_sent_when",
                condition=Q(state__in=[LineState.SENT, LineState.IN_DIGEST], written_at__isnull=False,
                            written_on__isnull=False)
                | Q(state__in=[LineState.READY, LineState.LEFT_OUT], written_at=None, written_on=None),
                violation_error_message=_("What has left has a moment, another has none."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.email or '–'} · {self.application}"

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> "OutboxQuerySet":
        return self.filter(state=OutboxMessage.State.WAITING)

    def due(self, now: Any) -> "OutboxQuerySet":
        """Waiting messages whose time has come, oldest first.

        One address gets its webhooks in the order in which they were written: what waits for a further attempt holds
        the later ones back until it is taken or given up.
        """
        earlier = OutboxMessage.objects.waiting().filter(
            kind=OutboxMessage.Kind.WEBHOOK, recipient=models.OuterRef("recipient"), pk__lt=models.OuterRef("pk")
        )
        held = Q(kind=OutboxMessage.Kind.WEBHOOK) & models.Exists(earlier)
        return self.waiting().filter(next_at__lte=now).exclude(held).order_by("next_at", "pk")


class OutboxMessage(models.Model):
    """A mail or webhook that left with its transaction and waits for the relay. ``key`` makes it one of its kind."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        WEBHOOK = "webhook", _("Webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    key = models.CharField(_("key"), max_length=200)
    recipient = models.CharField(_("recipient"), max_length=500)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    payload = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    error = models.TextField(_("last error"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="core_outbox_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="core_outbox_once",
                violation_error_message=_("This message has been written already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "dead"]), name="core_outbox_state_known",
                violation_error_message=_("This is not a state of a message."),
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="core_outbox_sent_has_time",
                violation_error_message=_("A sent message has a time, another has none."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject or self.key}"

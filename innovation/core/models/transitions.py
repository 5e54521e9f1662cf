from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly


class TransitionRecord(models.Model):
    """One step of one record: append-only, kept when the record or the person goes.

    ``subject`` is the record itself for receivers of the step that was just taken; None on rows that were read.
    """

    subject: Any = None
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind of record"))
    object_pk = models.CharField(_("record"), max_length=64)
    event = models.CharField(_("event"), max_length=50)
    from_state = models.CharField(_("state before"), max_length=50)
    to_state = models.CharField(_("state after"), max_length=50)
    reason = models.TextField(_("reason"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    actor_id = models.BigIntegerField(_("person number"), null=True, blank=True)
    actor_label = models.CharField(_("who"), max_length=500, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes = [models.Index(fields=["content_type", "object_pk"], name="core_transition_object")]
        triggers = [AppendOnly(name="append_only")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state} ({self.event})"

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """A POST that was done, under the key its client chose, with the answer it got."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=200)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    body = models.JSONField(_("answer"), null=True)
    location = models.CharField(_("address of the result"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="core_idempotency_once",
                violation_error_message=_("This key has been used."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.key


class OneTimeSubmit(models.Model):
    """A form that was sent, under the token it carried, and where its sender was led."""

    token = models.UUIDField(_("token"), primary_key=True)
    owner = models.CharField(_("person or session"), max_length=64)
    result = models.CharField(_("address of the result"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")

    def __str__(self) -> str:
        return str(self.token)

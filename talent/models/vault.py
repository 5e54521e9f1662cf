"""The vault: the year of birth that a person gave of their own will, sealed, for the bias report and nothing else."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talent.models.person import Person


class VaultQuerySet(models.QuerySet["PersonVault"]):
    def visible_to(self, user: Any) -> Self:
        """Nobody, whatever their role: only ``talent.queries.audit`` opens the vault."""
        return self.none()


class PersonVault(models.Model):
    """A sealed year of birth and the separate consent to keep it.

    ``sealed`` is encrypted under ``TALENT_VAULT_KEY``: neither the database, its backups nor another part of the
    product can read, filter or sort by it. Kept out of history, admin and API. Withdrawing deletes the row.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="vault", verbose_name=_("person"))
    sealed = models.BinaryField(_("sealed entry"))
    consent_version = models.CharField(_("version of the consent text"), max_length=20)
    consent_language = models.CharField(_("language of the consent text"), max_length=10)
    consented_at = models.DateTimeField(_("consented"), default=timezone.now)

    objects = VaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("vault entry")
        verbose_name_plural = _("vault entries")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="talent_vault_with_consent",
                condition=~Q(consent_version=""),
                violation_error_message=_("The vault needs a consent."),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.person_id}"

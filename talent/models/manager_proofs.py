"""The nightly proof that every technology manager in force holds a credential of the level used for matching."""

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from talent.models.visibility import sees_people


class ManagerProofQuerySet(models.QuerySet["ManagerProof"]):
    def visible_to(self, user: Any) -> Self:
        """For the talent office, and for whom the law appoints."""
        return self if sees_people(user) else self.none()


class ManagerProof(models.Model):
    """One night's proof, never changed. ``findings``: person, level used for matching, level held (0: none)."""

    at = models.DateTimeField(_("time"), default=timezone.now)
    managers = models.PositiveIntegerField(_("technology managers looked at"))
    findings = models.JSONField(_("findings"), default=list)

    objects = ManagerProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of technology managers")
        verbose_name_plural = _("proofs of technology managers")
        ordering = ["-at", "-id"]
        triggers = [AppendOnly(name="talent_manager_proof_stays")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}"

"""Organisations: who takes part in the programme."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track


@track()
class Organisation(models.Model):
    """A legal person or body. ``uscc`` is its unified social credit code (GB 32100-2015)."""

    uscc = models.CharField(_("unified social credit code"), max_length=18, null=True, blank=True, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name_zh or self.name_en

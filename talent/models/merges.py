"""The record of a merge of two records of one person. Never changed; it holds no names, so that erasure is whole."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.skills import OwnQuerySet


class MergeQuerySet(OwnQuerySet):
    """Merges are the office's."""

    def visible_to(self, user: object) -> "MergeQuerySet":
        return self.filter(survivor__in=Person.objects.visible_to(user))


class PersonMerge(models.Model):
    """``loser`` became a signpost to ``survivor``; whose value won per field, and how many rows moved."""

    survivor = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("kept record"))
    loser = models.OneToOneField(Person, models.PROTECT, related_name="+", verbose_name=_("merged record"))
    choices = models.JSONField(_("whose value was kept"), default=dict)
    moved = models.JSONField(_("moved rows"), default=dict, help_text=_("Number of rows per table."))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("by"),
        db_constraint=False,
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of people")
        verbose_name_plural = _("merges of people")
        ordering = ["-recorded_at"]
        triggers = [NoIdentityNumber(name="no_identity_number"), AppendOnly(name="person_merge_append_only")]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"

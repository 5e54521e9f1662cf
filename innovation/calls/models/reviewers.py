"""Who reviews: expertise, load, and how a person stands to organisations."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import Relation, RelationKind, RelationSource
from innovation.core.history import track
from innovation.organisations.models import Organisation


class OwnQuerySet(models.QuerySet[Any]):
    """Records about one person: the staff and the person."""

    def visible_to(self, user: Any) -> "OwnQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self if user.has_role(*STAFF_ROLES) else self.filter(user=user)


@track()
class ReviewerProfile(models.Model):
    """What a reviewer knows and how much the reviewer takes. Without a yearly declaration relations are not known."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="reviewer_profile"
    )
    industries = models.JSONField(
        _("industries (codes)"), default=list, blank=True, help_text=_("Codes of GB/T 4754, such as C39.")
    )
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    load_limit = models.PositiveSmallIntegerField(_("most open reviews"), default=10)
    is_active = models.BooleanField(_("takes reviews"), default=True)
    declared_on = models.DateField(
        _("relations declared on"), null=True, blank=True,
        help_text=_("A declaration holds for a year; without one every relation is unknown, and unknown blocks."),
    )  # fmt: skip
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="reviewer_load_limit_positive",
                condition=Q(load_limit__gt=0),
                violation_error_message=_("A reviewer takes at least one review."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


@track()
class ReviewerRelation(models.Model):
    """How a reviewer stands to an organisation, by the reviewer's or the office's word. Unknown blocks."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="reviewer_relations"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="reviewer_relations"
    )
    relation = models.CharField(_("relation"), max_length=8, choices=Relation)
    kind = models.CharField(_("kind"), max_length=12, choices=RelationKind, default=RelationKind.OTHER)
    source = models.CharField(_("source"), max_length=8, choices=RelationSource, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: still."))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", editable=False
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation of a reviewer")
        verbose_name_plural = _("relations of reviewers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="reviewer_relation_known",
                condition=Q(relation__in=Relation.values),
                violation_error_message=_("This is not a relation."),
            ),
            models.CheckConstraint(
                name="reviewer_relation_days_in_order",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=models.F("since")),
                violation_error_message=_("A relation ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}: {self.get_relation_display()}"

"""What an organisation is in the ecosystem, and from when to when."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import BigIntegerRangeField
from django.db import models
from django.db.models import F, Func, Q, QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models.fields import bilingual_name
from innovation.organisations.models.organisation import Organisation


class RoleKindQuerySet(QuerySet):
    def visible_to(self, user: Any) -> "RoleKindQuerySet":
        """Every row, for whoever is signed in."""
        return self if user.is_authenticated else self.none()


@track()
class RoleKind(models.Model):
    """A kind of role, such as chain leader. Rows, so that a city can add its own."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=50)
    name_en = models.CharField(_("English name"), max_length=50)
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    objects = RoleKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of role")
        verbose_name_plural = _("kinds of role")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return bilingual_name(self.name_zh, self.name_en, get_language())


class RoleQuerySet(QuerySet):
    def on(self, day: date) -> "RoleQuerySet":
        """Roles held on ``day``; both ends are included, an empty end is open."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
        )


class _Same(Func):
    """A number as the range of itself, so that a GiST constraint can compare it without an extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = BigIntegerRangeField()

    def __init__(self, column: str) -> None:
        super().__init__(F(column), F(column))


class _Days(Func):
    """The days from the first to the last, both included."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = DateRangeField()


@track()
class OrganisationRole(models.Model):
    """A role that an organisation holds over a time, such as chain leader of the robot chain."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roles", verbose_name=_("organisation"))
    kind = models.ForeignKey(RoleKind, models.PROTECT, related_name="holders", verbose_name=_("role"))
    valid_from = models.DateField(pgettext_lazy("period", "from"), null=True, blank=True)
    valid_to = models.DateField(
        pgettext_lazy("period", "to"), null=True, blank=True, help_text=_("Last day. Empty: still so.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For example the chain or the list."))

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in the ecosystem")
        verbose_name_plural = _("roles in the ecosystem")
        ordering = ["kind__position", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                name="organisations_role_dates_in_order",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day is before the first."),
            ),
            ExclusionConstraint(
                name="organisations_role_once_at_a_time",
                expressions=[
                    (_Same("organisation"), RangeOperators.EQUAL),
                    (_Same("kind"), RangeOperators.EQUAL),
                    (_Days(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The organisation holds this role at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind)

"""Facts that hold over a period and are known from a moment: never changed, only superseded."""

from datetime import date, datetime
from typing import Any, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.models.fund import DateRange, Int8Range
from funds.models.visibility import OfficeQuerySet

AnyModel = TypeVar("AnyModel", bound=models.Model)
SET_ONCE = ("superseded_at", "superseded_by", "withdrawn_because")
"""Columns of a dated record that get their value once, when the row is superseded."""


class DatedQuerySet(OfficeQuerySet[AnyModel]):
    def counted(self, as_of: date, known_at: datetime) -> Self:
        """Rows that hold on ``as_of``, as known at ``known_at``; both inclusive."""
        return self.known(known_at).filter(Q(valid_to=None) | Q(valid_to__gte=as_of), valid_from__lte=as_of)

    def known(self, known_at: datetime) -> Self:
        """Rows of any period that were recorded by ``known_at`` and not yet superseded then."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=known_at), recorded_at__lte=known_at)

    def current(self) -> Self:
        """Rows that nothing has superseded so far."""
        return self.filter(superseded_at=None)


class DatedRecord(models.Model):
    """A fact from ``valid_from`` to ``valid_to`` (inclusive; None is open), known from ``recorded_at``.

    A change of period or value supersedes the row and adds another, so that every state of knowledge stays
    answerable. ``key`` names the columns that tell facts of one table apart: of one key, current rows never overlap.
    """

    key: tuple[str, ...] = ()
    owner_field = "fund_id"

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip

    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("superseded by"), null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip
    # Null, not empty, until it is written: the guard of the table lets a value come once, in place of NULL.
    withdrawn_because = models.CharField(_("withdrawn because"), max_length=300, null=True, blank=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None

    @property
    def owner_id(self) -> int:
        """Key of the fund whose fact this is."""
        return getattr(self, self.owner_field)


def same_text(column: str) -> tuple[Func, str]:
    """As ``same``, for a column of text: by its 64-bit hash, since plain GiST compares no text."""
    number = Func(F(column), function="hashtextextended", template="%(function)s(%(expressions)s, 0)")
    return (Int8Range(number, number), "&&")


def in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_in_order",
        condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
        violation_error_message=_("The end lies before the start."),
    )


def superseded_later(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_superseded_later",
        condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
        violation_error_message=_("A fact is superseded after it is recorded."),
    )


def no_overlap(name: str, columns: list[Any], message: str | Promise) -> ExclusionConstraint:
    """Of one key, current periods never overlap."""
    return ExclusionConstraint(
        name=f"{name}_once_at_a_time",
        expressions=[*columns, (DateRange("valid_from", "valid_to"), "&&")],
        condition=Q(superseded_at=None),
        violation_error_message=message,
    )


def share_between(name: str, column: str, message: str | Promise) -> models.CheckConstraint:
    """``column_num/column_den`` lies between 0 and 1, where it is stated."""
    num, den = f"{column}_num", f"{column}_den"
    stated = Q(**{f"{num}__isnull": False, f"{den}__isnull": False, f"{num}__gte": 0, f"{den}__gt": 0})
    stated &= Q(**{f"{num}__lte": F(den)})
    return models.CheckConstraint(
        name=name, condition=Q(**{num: None, den: None}) | stated, violation_error_message=message
    )

"""Who looked at whom: one row for each person whose data was read, kept three years and never changed."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.models.person import Person

SEES_READS = (Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


class KeptReads(pgtrigger.Trigger):
    """Rows are never changed; they may go when they are three years old, not a day before."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        return """
        IF TG_OP = 'DELETE' AND OLD.at < now() - interval '3 years' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = format('Rows of %s are never changed, and kept for three years.', TG_TABLE_NAME),
            TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_NAME;
        """


class KeptReadsWhole(pgtrigger.Trigger):
    """TRUNCATE passes row triggers by, so it needs a guard of its own."""

    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = "RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'Reads are kept.', CONSTRAINT = TG_NAME;"


class AccessLogQuerySet(models.QuerySet["AccessLog"]):
    def visible_to(self, user: Any) -> Self:
        """All for the privacy officer and the audit; for each person who read the own data."""
        if not user.is_authenticated:
            return self.none()
        return (
            self
            if user.has_role(*SEES_READS)
            else self.filter(Q(person__user=user) | Q(person__merged_into__user=user))
        )


class AccessLog(models.Model):
    """A read of a person's data: who, whom, which fields, why, where, when.

    ``reader_unit`` is how the person sees the reader: the office or the organisation, not the name. The reader's key
    has no constraint, so that rows stay when an account goes.
    """

    at = models.DateTimeField(_("time"), default=timezone.now)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        verbose_name=_("reader"),
    )  # fmt: skip
    reader_label = models.CharField(_("reader's name"), max_length=500, blank=True)
    reader_unit = models.CharField(_("reader's unit"), max_length=200, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="reads", verbose_name=_("person"))
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("fields"))
    purpose = models.CharField(_("purpose"), max_length=14, choices=ReadPurpose.choices)
    door = models.CharField(_("where"), max_length=5, choices=ReadDoor.choices, default=ReadDoor.PAGE)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("read of a person's data")
        verbose_name_plural = _("reads of people's data")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person", "-at"], name="talent_read_of_person"),
            models.Index(fields=["reader", "-at"], name="talent_read_by_reader"),
            models.Index(fields=["at"], name="talent_read_at"),
        ]
        constraints = [
            models.CheckConstraint(
                name="talent_read_says_why",
                condition=Q(purpose__in=ReadPurpose.values, door__in=ReadDoor.values, fields__len__gt=0),
                violation_error_message=_("A read says why and which fields."),
            )
        ]
        triggers = [KeptReads(name="kept_reads"), KeptReadsWhole(name="kept_reads_whole")]

    def __str__(self) -> str:
        return f"#{self.person_id} · {self.get_purpose_display()}"

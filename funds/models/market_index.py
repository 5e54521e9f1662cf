"""Market indices that funds are compared with: levels by day, each with the file it came from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import IndexKind
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


@track()
class IndexSeries(models.Model):
    """An index. There is no feed: staff upload its levels with source, licence note and date.

    ``most_days_old``: how many days before a flow its last level may lie (holidays close exchanges for over a week).
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=IndexKind)
    publisher = models.CharField(_("publisher"), max_length=200)
    most_days_old = models.PositiveSmallIntegerField(
        _("oldest level that is used (days)"),
        default=12,
        help_text=_("A flow takes the last level on or before its day, at most this many days old."),
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("market index")
        verbose_name_plural = _("market indices")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="index_oldest_level",
                condition=Q(most_days_old__gte=1, most_days_old__lte=92),
                violation_error_message=_("Between 1 and 92 days."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


class IndexUpload(models.Model):
    """One file of index levels: read as a dry run, shown, then written whole.

    ``levels`` are the rows read, as [day, level]; ``findings`` say what writing them would change.
    """

    series = models.ForeignKey(IndexSeries, models.PROTECT, verbose_name=_("index"), related_name="uploads")
    file_name = models.CharField(_("file name"), max_length=120)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    source = models.CharField(_("source"), max_length=300)
    licence_note = models.CharField(_("licence note"), max_length=300)
    dated = models.DateField(_("date of the source"))
    levels = models.JSONField(_("levels"), default=list)
    findings = models.JSONField(_("what the check found"), default=dict)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    written_at = models.DateTimeField(_("written"), null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload of index levels")
        verbose_name_plural = _("uploads of index levels")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="index_file_written_once",
                fields=["series", "sha256"],
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was written for this index already."),
            )
        ]
        triggers = [AppendOnly(name="index_upload_append_only", allow_once=("written_at",))]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"


class IndexValue(models.Model):
    """The level of an index on a day, known from ``recorded_at`` until it was superseded. Never changed."""

    series = models.ForeignKey(
        IndexSeries, models.PROTECT, verbose_name=_("index"), related_name="values", db_index=False
    )
    upload = models.ForeignKey(IndexUpload, models.PROTECT, verbose_name=_("upload"), related_name="values")
    day = models.DateField(_("day"))
    level = models.DecimalField(_("level"), max_digits=18, decimal_places=6)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("index level")
        verbose_name_plural = _("index levels")
        ordering = ["series", "-day", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="index_level_positive",
                condition=Q(level__gt=0),
                violation_error_message=_("A level is above zero."),
            ),
            models.CheckConstraint(
                name="index_level_not_in_future",
                condition=Q(recorded_at__date__gte=F("day")),
                violation_error_message=_("A level cannot be recorded before its day."),
            ),
            models.CheckConstraint(
                name="index_level_superseded_later",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                violation_error_message=_("A level is superseded after it is recorded."),
            ),
            models.UniqueConstraint(
                name="index_level_one_current_per_day",
                fields=["series", "day"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This index has a current level for that day; supersede it."),
            ),
            models.UniqueConstraint(
                name="index_level_recorded_once",
                fields=["series", "day", "recorded_at"],
                include=["superseded_at", "level"],
                violation_error_message=_("This level is recorded already."),
            ),
        ]
        triggers = [AppendOnly(name="index_level_append_only", allow_once=("superseded_at",))]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day}"

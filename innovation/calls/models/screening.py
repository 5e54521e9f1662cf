"""What the check of a case found: gates of its rubric over what was submitted, overrides, texts that are alike."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import GateOutcome, SharedKind
from innovation.calls.models.answers import Submission
from innovation.calls.models.applications import Application
from innovation.calls.models.definitions import RubricDefinition
from innovation.core.append_only import AppendOnly
from innovation.core.jobs import Job


class OfficeQuerySet(models.QuerySet[Any]):
    """Records that only the office sees."""

    def visible_to(self, user: Any) -> "OfficeQuerySet":
        """Everything for the staff, nothing for anybody else."""
        return self if user.is_authenticated and user.has_role(*STAFF_ROLES) else self.none()


class Screening(models.Model):
    """One run of a rubric over a submission: the version, the facts as they were read, and the outcome."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="screenings"
    )
    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name=_("submission"), related_name="+")
    rubric = models.ForeignKey(RubricDefinition, models.PROTECT, verbose_name=_("rubric"), related_name="+")
    facts = models.JSONField(_("facts"), encoder=DjangoJSONEncoder)
    passed = models.BooleanField(_("passed"), null=True)
    total = models.DecimalField(_("points at least"), max_digits=12, decimal_places=4, null=True)
    is_verified = models.BooleanField(_("rules confirmed"))
    ran_at = models.DateTimeField(_("computed"), default=timezone.now)
    ran_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of eligibility")
        verbose_name_plural = _("checks of eligibility")
        ordering = ["-id"]
        triggers = [AppendOnly(name="screening_append_only")]

    def __str__(self) -> str:
        return f"{self.application} · {self.rubric}"


class GateResult(models.Model):
    """One gate of one run: met, not met or not known, with what it needs and what is there (``comparisons``)."""

    screening = models.ForeignKey(Screening, models.PROTECT, verbose_name=_("check"), related_name="gates")
    gate = models.CharField(_("gate"), max_length=80)
    outcome = models.CharField(_("result"), max_length=9, choices=GateOutcome)
    text_zh = models.CharField(_("rule (Chinese)"), max_length=400)
    text_en = models.CharField(_("rule (English)"), max_length=400, blank=True)
    comparisons = models.JSONField(_("required and actual"), default=list, encoder=DjangoJSONEncoder)
    is_veto = models.BooleanField(_("veto"), default=False)
    is_unverified = models.BooleanField(_("unverified rule"), default=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a gate")
        verbose_name_plural = _("results of gates")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="gate_result_once",
                fields=["screening", "gate"],
                violation_error_message=_("This gate has been judged already."),
            ),
            models.CheckConstraint(
                name="gate_result_known",
                condition=Q(outcome__in=GateOutcome.values),
                violation_error_message=_("A gate is met, not met or not known."),
            ),
        ]
        triggers = [AppendOnly(name="gate_result_append_only")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.text_zh if chinese or not self.text_en else self.text_en


class GateOverride(models.Model):
    """An officer judges a gate otherwise, with a reason; the computed result stays, the newest override counts."""

    result = models.ForeignKey(GateResult, models.PROTECT, verbose_name=_("result"), related_name="overrides")
    outcome = models.CharField(_("judged"), max_length=9, choices=GateOutcome)
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("override of a gate")
        verbose_name_plural = _("overrides of gates")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="gate_override_judges",
                condition=Q(outcome__in=[GateOutcome.MET, GateOutcome.NOT_MET]) & ~Q(reason=""),
                violation_error_message=_("An override says met or not met, and why."),
            )
        ]
        triggers = [AppendOnly(name="gate_override_append_only")]

    def __str__(self) -> str:
        return self.reason


class LikenessRun(Job):
    """The search for texts that are alike, started by each submission."""

    task_name: ClassVar[str] = "innovation.calls.tasks.find_likeness"
    submission = models.OneToOneField(
        Submission, models.PROTECT, verbose_name=_("submission"), related_name="likeness_run"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("search for similar texts")
        verbose_name_plural = _("searches for similar texts")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.submission)


class TextLikeness(models.Model):
    """Two submissions whose texts are nearly the same; shares are of a million, passages stand as in each text."""

    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name=_("submission"), related_name="alike")
    other = models.ForeignKey(Submission, models.PROTECT, verbose_name=_("other submission"), related_name="alike_to")
    jaccard_ppm = models.PositiveIntegerField(_("common share of both (per million)"))
    containment_ppm = models.PositiveIntegerField(_("share of the shorter text (per million)"))
    passages = models.JSONField(_("passages"), default=list)
    found_at = models.DateTimeField(_("found"), default=timezone.now)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("similar text")
        verbose_name_plural = _("similar texts")
        ordering = ["-containment_ppm", "id"]
        constraints = [
            models.UniqueConstraint(
                name="text_likeness_once",
                fields=["submission", "other"],
                violation_error_message=_("This pair has been found already."),
            ),
            models.CheckConstraint(
                name="text_likeness_of_two",
                condition=~Q(submission=F("other")) & Q(jaccard_ppm__lte=1_000_000, containment_ppm__lte=1_000_000),
                violation_error_message=_("Two different texts share at most everything."),
            ),
        ]
        triggers = [AppendOnly(name="text_likeness_append_only")]

    def __str__(self) -> str:
        return f"{self.submission} ~ {self.other}"


class SharedDetail(models.Model):
    """Something that a submission has in common with one of another applicant, as the later of the two writes it."""

    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name=_("submission"), related_name="shares")
    other = models.ForeignKey(
        Submission, models.PROTECT, verbose_name=_("other submission"), related_name="shared_by"
    )  # fmt: skip
    kind = models.CharField(_("what is the same"), max_length=8, choices=SharedKind)
    text = models.CharField(_("as it stands there"), max_length=300)
    found_at = models.DateTimeField(_("found"), default=timezone.now)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared detail")
        verbose_name_plural = _("shared details")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="shared_detail_once",
                fields=["submission", "other", "kind", "text"],
                violation_error_message=_("This has been found already."),
            ),
            models.CheckConstraint(
                name="shared_detail_of_two",
                condition=~Q(submission=F("other")) & ~Q(text=""),
                violation_error_message=_("Two different submissions share something that can be named."),
            ),
        ]
        triggers = [AppendOnly(name="shared_detail_append_only")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"

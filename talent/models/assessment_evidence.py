"""Evidence of an assessment as handed in, the log of its redaction, and the blind view made from what was redacted."""

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.core.uploads import DOCUMENTS, FileKind
from talent.choices.assessment import EvidenceForm
from talent.models.assessment_triggers import PERSON_OF_REDACTION, PERSON_OF_VIEW, KeptUntilErased
from talent.models.assessments import Assessment
from talent.models.identity import NoIdentityNumber
from talent.models.visibility import sees_people

BLIND_FILES = frozenset({FileKind.PDF, FileKind.PNG, FileKind.JPEG})
"""Kinds of file whose hidden facts can be taken out with certainty."""


class EvidenceQuerySet(models.QuerySet["AssessmentEvidence"]):
    def visible_to(self, user: Any) -> Self:
        """Unredacted evidence: the talent office, whom the law appoints, and the person; never a reviewer."""
        if sees_people(user):
            return self
        return self.filter(assessment__person__user=user) if user.is_authenticated else self.none()


@track()
class AssessmentEvidence(models.Model):
    """One piece of evidence for one criterion, as handed in. ``year`` and ``experience_years`` reach reviewers as
    bands only; text and file not at all, but for what was redacted.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence", verbose_name=_("assessment"))
    criterion = models.CharField(_("criterion"), max_length=40)
    form = models.CharField(_("what it is"), max_length=12, choices=EvidenceForm.choices)
    domain = models.CharField(_("field of the result"), max_length=80, blank=True)
    text = models.TextField(_("text"), max_length=5000)
    year = models.PositiveSmallIntegerField(
        _("year of the result"), null=True, blank=True, validators=[MinValueValidator(1950)]
    )
    experience_years = models.PositiveSmallIntegerField(_("years in the same industry"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="talent/evidence/", blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=120, blank=True, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, blank=True, editable=False)
    file_sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of an assessment")
        verbose_name_plural = _("evidence of assessments")
        ordering = ["assessment_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="talent_evidence_year",
                condition=Q(year=None) | Q(year__gte=1950, year__lte=2100),
                violation_error_message=_("A year between 1950 and 2100."),
            ),
            models.CheckConstraint(
                name="talent_evidence_file_whole",
                condition=Q(file="", file_kind="")  # after its retention the hash alone stays
                | ~Q(file="") & Q(file_sha256__regex=r"^[0-9a-f]{64}$", file_kind__in=sorted(map(str, DOCUMENTS))),
                violation_error_message=_("This kind of file is not taken."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"{self.assessment_id} · {self.get_form_display()}"


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def visible_to(self, user: Any) -> Self:
        """The log of redaction: as unredacted evidence, without the person."""
        return self if sees_people(user) else self.none()


class Redaction(models.Model):
    """What an officer made of a piece of evidence; the newest row holds as long as the evidence stays as it was then.

    ``found`` and ``left`` count, by kind, what the detector saw before and after; ``left_reason`` says why anything
    may stay. ``file`` is a redacted copy, stripped of what its program wrote into it. Never changed.
    """

    evidence = models.ForeignKey(
        AssessmentEvidence, models.PROTECT, related_name="redactions", verbose_name=_("evidence of an assessment")
    )
    text = models.TextField(_("redacted text"))
    file = models.FileField(_("redacted file"), upload_to="talent/blind/", blank=True)
    file_kind = models.CharField(_("kind of file"), max_length=8, blank=True)
    source_sha256 = models.CharField(_("fingerprint of what was redacted"), max_length=64)
    found = models.JSONField(_("found before"), default=dict)
    left = models.JSONField(_("left in the text"), default=dict)
    left_reason = models.CharField(_("why it may stay"), max_length=300, blank=True)
    at = models.DateTimeField(_("redacted"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="talent_redaction_left_has_reason",
                condition=Q(left={}) | ~Q(left_reason=""),
                violation_error_message=_("Say why what the detector still sees may stay."),
            ),
            models.CheckConstraint(
                name="talent_redaction_file_kind",
                condition=Q(file="", file_kind="") | Q(file_kind__in=sorted(map(str, BLIND_FILES))),
                violation_error_message=_("A redacted file is a PDF or a picture."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            KeptUntilErased(
                name="redaction_kept", words={"text": "''", "file": "''", "file_kind": "''"}, person=PERSON_OF_REDACTION
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} · {self.at:%Y-%m-%d}"


class BlindView(models.Model):
    """What reviewers read, frozen when blind scoring begins: pseudonym and redacted evidence, nothing else.

    ``content`` lists the items as ``queries.blind.BlindItem`` reads them. Never changed.
    """

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="blind_view", verbose_name=_("assessment")
    )
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    built_at = models.DateTimeField(_("made"), default=timezone.now)
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("blind view")
        verbose_name_plural = _("blind views")
        ordering = ["id"]
        triggers = [KeptUntilErased(name="blind_view_kept", words={"content": "'{}'::jsonb"}, person=PERSON_OF_VIEW)]

    def __str__(self) -> str:
        return self.sha256[:12]

"""A call: a published invitation with window, form, rubric and rules; frozen when it is published."""

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import CallPhase, CallState, ScoreRule
from innovation.calls.models.definitions import (
    DeadlineDefinition,
    FormDefinition,
    ProcessDefinition,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.models.strategy import Goal, Programme, Titled
from innovation.calls.rules.deadlines import within_window
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.uploads import DOCUMENTS


class CallFrozen(pgtrigger.Trigger):
    """A published call keeps its words and rules. It may be cancelled, and its end may be moved to a later moment."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state <> 'DRAFT' AND (TG_OP = 'DELETE' OR NEW.state = 'DRAFT'
            OR (OLD.state = 'CANCELLED' AND NEW.* IS DISTINCT FROM OLD.*)
            OR NEW.closes_at < OLD.closes_at
            OR to_jsonb(NEW) - ARRAY['state', 'closes_at', 'extension_reason', 'cancel_reason', 'officer_id']
                IS DISTINCT FROM
                to_jsonb(OLD) - ARRAY['state', 'closes_at', 'extension_reason', 'cancel_reason', 'officer_id'])
        THEN
            RAISE EXCEPTION 'A published call stays as it is; only its end may move to a later moment.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: Any) -> "CallQuerySet":
        """Everything for the staff; what is or was published for everybody else."""
        if user.is_authenticated and user.has_role(*STAFF_ROLES):
            return self
        return self.exclude(state=CallState.DRAFT)

    def in_phase(self, phase: str, now: datetime) -> "CallQuerySet":
        """Published calls that are coming, open or closed at ``now``, grace apart."""
        published = self.filter(state=CallState.PUBLISHED)
        if phase == CallPhase.COMING:
            return published.filter(opens_at__gt=now)
        if phase == CallPhase.OPEN:
            return published.filter(Q(closes_at=None) | Q(closes_at__gt=now), opens_at__lte=now)
        return published.filter(closes_at__lte=now)


@track()
class Call(Titled):
    """One invitation to apply. ``kind`` names the registered kind of application (``innovation.calls.kinds``)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.SlugField(_("kind of application"), max_length=40)
    programme = models.ForeignKey(
        Programme, models.PROTECT, verbose_name=_("programme"), null=True, blank=True, related_name="calls"
    )
    goal = models.ForeignKey(Goal, models.PROTECT, verbose_name=_("goal"), null=True, blank=True, related_name="calls")
    summary_zh = models.TextField(_("summary (Chinese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)
    text_zh = models.TextField(_("text (Chinese)"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    who_zh = models.TextField(_("who may apply (Chinese)"), blank=True)
    who_en = models.TextField(_("who may apply (English)"), blank=True)
    form = models.ForeignKey(FormDefinition, models.PROTECT, verbose_name=_("form"), related_name="calls")
    process = models.ForeignKey(ProcessDefinition, models.PROTECT, verbose_name=_("process"), related_name="calls")
    rubric = models.ForeignKey(
        RubricDefinition, models.PROTECT, verbose_name=_("rubric of eligibility"), null=True, blank=True,
        related_name="calls",
    )  # fmt: skip
    deadlines = models.ForeignKey(
        DeadlineDefinition, models.PROTECT, verbose_name=_("deadlines"), null=True, blank=True, related_name="calls"
    )
    score_sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, verbose_name=_("score sheet"), null=True, blank=True, related_name="calls"
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("Empty: open all the time."))
    grace_seconds = models.PositiveIntegerField(
        _("grace after the end (seconds)"), default=0, help_text=_("One setting for new, draft and returned cases.")
    )
    extension_reason = models.CharField(_("reason of the later end"), max_length=300, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=CallState, default=CallState.DRAFT, editable=False)
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=300, blank=True, editable=False)
    budget_fen = models.BigIntegerField(_("budget"), null=True, blank=True)
    max_award_fen = models.BigIntegerField(_("most per case"), null=True, blank=True)
    one_per_organisation = models.BooleanField(_("one live case per organisation"), default=True)
    for_organisations = models.BooleanField(
        _("organisations apply"), default=True, help_text=_("Otherwise persons apply for themselves.")
    )
    sectors = models.JSONField(_("sectors that may apply"), default=list, blank=True)
    reviewers_needed = models.PositiveSmallIntegerField(_("reviewers per case"), default=3)
    is_blind = models.BooleanField(_("reviewers do not see who applies"), default=False)
    score_rule = models.CharField(_("score of a case"), max_length=12, choices=ScoreRule, default=ScoreRule.MEAN)
    tie_breaks = models.JSONField(_("tie-breaks, in order"), default=list, blank=True)
    divergence_limit = models.PositiveSmallIntegerField(_("points from the others that need a text"), default=20)
    rules = models.JSONField(
        _("further rules"), default=dict, blank=True, encoder=DjangoJSONEncoder,
        help_text=_("Least number of bids, own money, partners, readiness levels, grant category."),
    )  # fmt: skip
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("officer in charge"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("for applications", "call")
        verbose_name_plural = pgettext_lazy("for applications", "calls")
        ordering = ["-opens_at", "code"]
        permissions = [
            ("publish_call", _("Can publish calls")),
            ("publish_definition", _("Can publish forms, rubrics and processes")),
            ("confirm_rule", _("Can confirm rules against their source")),
        ]
        indexes = [models.Index(name="call_window", fields=["state", "opens_at", "closes_at"])]
        constraints = [
            models.CheckConstraint(
                name="call_window_in_order",
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("A call closes after it opens."),
            ),
            models.CheckConstraint(
                name="call_published_with_goal",
                condition=Q(state=CallState.DRAFT) | Q(goal__isnull=False, published_at__isnull=False),
                violation_error_message=_("A published call names a goal of the strategy."),
            ),
            models.CheckConstraint(
                name="call_money_positive",
                condition=(Q(budget_fen=None) | Q(budget_fen__gt=0)) & (Q(max_award_fen=None) | Q(max_award_fen__gt=0)),
                violation_error_message=_("Amounts are above zero."),
            ),
        ]
        triggers = [CallFrozen(name="call_frozen")]

    def get_absolute_url(self) -> str:
        return reverse("calls:call", args=[self.code])

    def phase(self, now: datetime | None = None) -> CallPhase:
        """Coming, open or closed at ``now``; grace does not show."""
        moment = now or timezone.now()
        if moment < self.opens_at:
            return CallPhase.COMING
        return CallPhase.CLOSED if self.closes_at is not None and moment >= self.closes_at else CallPhase.OPEN

    def takes_at(self, moment: datetime) -> bool:
        """Whether an application may be begun or sent at ``moment``: one test for new, draft and returned cases."""
        grace = timedelta(seconds=self.grace_seconds)
        return self.state == CallState.PUBLISHED and within_window(moment, self.opens_at, self.closes_at, grace)

    def in_language(self, name: str) -> str:
        """``summary``, ``text`` or ``who`` for the reader."""
        chinese, english = getattr(self, f"{name}_zh"), getattr(self, f"{name}_en")
        return chinese if (get_language() or "").startswith("zh") or not english else english


class CallDocument(models.Model):
    """A file that belongs to a call, such as the official notice; never changed."""

    call = models.ForeignKey(Call, models.PROTECT, verbose_name=_("call"), related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="calls/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("document of a call")
        verbose_name_plural = _("documents of calls")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="call_document_kind_of_file_known",
                condition=Q(file_kind__in=[str(kind) for kind in sorted(DOCUMENTS)]),
                violation_error_message=_("This kind of file is not taken."),
            )
        ]
        triggers = [AppendOnly(name="call_document_append_only")]

    def __str__(self) -> str:
        return self.title

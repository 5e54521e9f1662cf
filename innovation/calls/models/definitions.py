"""What officers configure: forms, rubrics, processes, deadlines, score sheets and mail texts as versioned records.

A definition is written as a draft, tried, and published; from then on the database refuses every change of its words.
A change is a new version of the same family with its reason. Cases keep the version they began with.
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import DefinitionState, SourceStatus
from innovation.core.history import track


class PublishedStays(pgtrigger.Trigger):
    """The content of a published definition never changes, and the definition is never deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state <> 'DRAFT' AND (TG_OP = 'DELETE' OR NEW.state = 'DRAFT'
            OR to_jsonb(NEW) - ARRAY['state', 'source', 'source_status', 'confirmed_by_id', 'confirmed_at']
                IS DISTINCT FROM
                to_jsonb(OLD) - ARRAY['state', 'source', 'source_status', 'confirmed_by_id', 'confirmed_at'])
        THEN
            RAISE EXCEPTION 'A published definition stays as it is: make a new version of it.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def visible_to(self, user: Any) -> "DefinitionQuerySet":
        """Everything for the staff; others read of a definition what the page of a call shows."""
        return self if user.is_authenticated and user.has_role(*STAFF_ROLES) else self.none()

    def published(self) -> "DefinitionQuerySet":
        """What may be chosen for a new call."""
        return self.filter(state=DefinitionState.PUBLISHED)

    def newest(self, family: str) -> "Definition | None":
        """The newest published version of ``family``; None when there is none."""
        return self.published().filter(family=family).order_by("-version").first()


class Definition(models.Model):
    """One version of one definition; ``content`` has the shape that ``innovation.calls.rules`` documents."""

    family = models.SlugField(_("family"), max_length=60, help_text=_("The same for all versions of one thing."))
    version = models.PositiveIntegerField(_("version"), default=1)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    content = models.JSONField(_("content"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason of this version"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_status = models.CharField(
        _("checked against the source"), max_length=12, choices=SourceStatus, default=SourceStatus.LOCAL
    )
    state = models.CharField(
        _("state"), max_length=10, choices=DefinitionState, default=DefinitionState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("created by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    confirmed_at = models.DateTimeField(_("source confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("source confirmed by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["family", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_version_once",
                fields=["family", "version"],
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_when",
                condition=Q(state=DefinitionState.DRAFT, published_at=None) | ~Q(state=DefinitionState.DRAFT),
                violation_error_message=_("A draft has not been published."),
            ),
        ]
        triggers = [PublishedStays(name="published_stays")]

    def __str__(self) -> str:
        return f"{self.title} · {self.version}"

    @property
    def title(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.title_zh if chinese or not self.title_en else self.title_en

    @property
    def is_unverified(self) -> bool:
        return self.source_status == SourceStatus.UNVERIFIED


@track()
class FormDefinition(Definition):
    """Sections and fields of an application form (``rules.forms``)."""

    class Meta(Definition.Meta):
        verbose_name = _("form")
        verbose_name_plural = _("forms")


@track()
class RubricDefinition(Definition):
    """Gates, points, direct paths and windows of a qualification or of a call's eligibility (``rules.rubric``)."""

    class Meta(Definition.Meta):
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")


@track()
class ProcessDefinition(Definition):
    """The states and events of a kind of case, a part of the table of section 5.2 (``rules.workflow``)."""

    class Meta(Definition.Meta):
        verbose_name = _("process")
        verbose_name_plural = _("processes")


@track()
class DeadlineDefinition(Definition):
    """Named due dates: absolute, after an event, yearly, windows (``rules.deadlines``)."""

    class Meta(Definition.Meta):
        verbose_name = _("deadlines")
        verbose_name_plural = _("deadlines")


@track()
class ScoreSheet(Definition):
    """The criteria that reviewers score, with text, weight, scale (``rules.scoring``)."""

    class Meta(Definition.Meta):
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")


@track()
class MessageTemplate(Definition):
    """Subject and text of a mail in both languages, with placeholders."""

    class Meta(Definition.Meta):
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")

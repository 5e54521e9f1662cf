"""Templates in which a fund's figures leave the product, as versioned rows: which line shows which figure."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.exports import ExportFigure
from funds.choices.tolerance import SourceStatus
from funds.models.policy import BilingualText
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track


class PublishedTemplateStays(pgtrigger.Trigger):
    """A published template is never changed or deleted: make its next revision."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'A published template is never changed: make its next revision.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class LinesOfPublishedStay(pgtrigger.Trigger):
    """The lines of a published template are never added to, changed or deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        PERFORM 1 FROM funds_exporttemplate t
        WHERE t.id IN (OLD.template_id, NEW.template_id) AND t.published_at IS NOT NULL FOR SHARE;
        IF FOUND THEN
            RAISE EXCEPTION 'The lines of a published template stay: make its next revision.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


@track()
class ExportTemplate(BilingualText):
    """One revision of the mapping of one published template; a draft until it is published, frozen then.

    ``edition`` is the publisher's version ("2.0"), ``revision`` counts our mappings of the template.
    """

    code = models.CharField(_("code"), max_length=40)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    edition = models.CharField(_("edition of the publisher"), max_length=40)
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, blank=True,
        related_name="+", editable=False,
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("export template")
        verbose_name_plural = _("export templates")
        ordering = ["code", "-revision"]
        permissions = [("publish_exporttemplate", _("Can publish export templates"))]
        constraints = [
            models.UniqueConstraint(
                name="export_template_revision_once",
                fields=["code", "revision"],
                violation_error_message=_("This revision of the template exists already."),
            ),
            models.UniqueConstraint(
                name="export_template_one_draft",
                fields=["code"],
                condition=Q(published_at=None),
                violation_error_message=_("This template has a draft already: publish it first."),
            ),
        ]
        triggers = [PublishedTemplateStays(name="published_template_stays")]

    def __str__(self) -> str:
        return f"{self.text} {self.edition} · {self.revision}"

    def get_absolute_url(self) -> str:
        return reverse("funds:export_template", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


@track()
class ExportLine(BilingualText):
    """One line of a template. ``figure`` names what the product knows of it; empty: the product does not know it."""

    class Sign(models.IntegerChoices):
        PLUS = 1, "+"
        MINUS = -1, "−"

    template = models.ForeignKey(ExportTemplate, models.CASCADE, verbose_name=_("template"), related_name="lines")
    position = models.PositiveIntegerField(_("position"))
    section_zh = models.CharField(_("section (Chinese)"), max_length=200)
    section_en = models.CharField(_("section (English)"), max_length=200)
    figure = models.CharField(_("figure"), max_length=60, choices=ExportFigure, blank=True)
    sign = models.SmallIntegerField(_("sign"), choices=Sign, default=Sign.PLUS)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an export template")
        verbose_name_plural = _("lines of export templates")
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(
                name="export_line_position_once",
                fields=["template", "position"],
                violation_error_message=_("This position is taken."),
            ),
            models.CheckConstraint(
                name="export_line_sign",
                condition=Q(sign__in=[1, -1]),
                violation_error_message=_("A sign is + or −."),
            ),
        ]
        triggers = [LinesOfPublishedStay(name="lines_of_published_stay")]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"

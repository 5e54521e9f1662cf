"""Keep the mappings of export templates: draft the next revision, publish it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import ExportLine, ExportTemplate
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

DRAFTS, PUBLISHES = "funds.add_exporttemplate", "funds.publish_exporttemplate"


@transaction.atomic
def draft_revision(*, template_id: int, actor: User) -> ExportTemplate:
    """A draft with the lines of a published template, to be edited. Raises RuleViolation TEMPLATE_DRAFTED."""
    _require(actor, DRAFTS)
    old = ExportTemplate.objects.select_for_update(of=("self",)).get(pk=template_id)
    revisions = ExportTemplate.objects.filter(code=old.code)
    if revisions.filter(published_at=None).exists():
        raise RuleViolation("TEMPLATE_DRAFTED", _("This template has a draft already: publish it first."))
    newest = revisions.order_by("-revision").first() or old
    made = ExportTemplate.objects.create(
        code=old.code, revision=newest.revision + 1, edition=old.edition, source=old.source, status=old.status,
        zh=old.zh, en=old.en,
    )  # fmt: skip
    ExportLine.objects.bulk_create([_copy(line, made) for line in old.lines.all()])
    return made


def _copy(line: ExportLine, template: ExportTemplate) -> ExportLine:
    return ExportLine(
        template=template, position=line.position, section_zh=line.section_zh, section_en=line.section_en,
        zh=line.zh, en=line.en, figure=line.figure, sign=line.sign, status=line.status,
    )  # fmt: skip


@transaction.atomic
def publish_template(*, template_id: int, actor: User) -> ExportTemplate:
    """Freeze a draft; exports may use it from now on. Raises RuleViolation TEMPLATE_PUBLISHED, TEMPLATE_EMPTY."""
    _require(actor, PUBLISHES)
    template = ExportTemplate.objects.select_for_update(of=("self",)).get(pk=template_id)
    if template.is_published:
        raise RuleViolation("TEMPLATE_PUBLISHED", _("This revision is published already."))
    if not template.lines.exists():
        raise RuleViolation("TEMPLATE_EMPTY", _("A template without lines exports nothing."))
    template.published_at, template.published_by = timezone.now(), actor
    template.save(update_fields=["published_at", "published_by"])
    return template


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied

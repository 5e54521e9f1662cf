"""Cases kept with a definition: sample answers and what is expected of them, for every later version."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.models.following import StaffQuerySet
from innovation.calls.rules.definitions import Kind
from innovation.core.history import track

KINDS = [str(kind) for kind in Kind]


@track()
class DefinitionCase(models.Model):
    """``sample`` are answers, facts, context or placeholders; ``asked`` the plain choices (state, event, role, day)."""

    kind = models.CharField(_("kind of definition"), max_length=20)
    family = models.SlugField(_("family"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    asked = models.JSONField(_("choices"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    sample = models.JSONField(_("sample values"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    expected = models.JSONField(_("expected result"), default=dict, encoder=DjangoJSONEncoder)
    kept_at = models.DateTimeField(_("kept"), default=timezone.now, editable=False)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("kept by"), related_name="+", editable=False
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("test case of a definition")
        verbose_name_plural = _("test cases of definitions")
        ordering = ["kind", "family", "title"]
        constraints = [
            models.UniqueConstraint(
                name="definition_case_title_once",
                fields=["kind", "family", "title"],
                violation_error_message=_("A case of this title is kept already."),
            ),
            models.CheckConstraint(
                name="definition_case_kind_known",
                condition=Q(kind__in=KINDS),
                violation_error_message=_("There is no such kind of definition."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family}: {self.title}"

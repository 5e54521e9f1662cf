"""Documents that came after the application was submitted: each an event of its own, never part of what was sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import LateState
from innovation.calls.models.applications import Application
from innovation.calls.models.following import FollowingQuerySet, StoredFile
from innovation.core.history import track


@track()
class LateDocument(StoredFile):
    """``recorded_at`` is when it came. The office accepts or refuses it once; the applicant reads the reason."""

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="late_documents"
    )
    title = models.CharField(_("what it is"), max_length=200)
    why = models.TextField(_("why it comes late"))
    state = models.CharField(_("state"), max_length=8, choices=LateState, default=LateState.WAITING, editable=False)
    reason = models.TextField(_("reason of the answer"), blank=True, editable=False)
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("examined by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    examined_at = models.DateTimeField(_("examined"), null=True, editable=False)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("late document")
        verbose_name_plural = _("late documents")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="late_document_once",
                fields=["application", "sha256"],
                violation_error_message=_("This file has been handed in already."),
            ),
            models.CheckConstraint(
                name="late_document_says_why",
                condition=~Q(why="") & ~Q(title=""),
                violation_error_message=_("Say what it is and why it comes late."),
            ),
            models.CheckConstraint(
                name="late_document_answer_has_reason",
                condition=Q(state=LateState.WAITING, examined_by=None, examined_at=None, reason="")
                | Q(state__in=[LateState.ACCEPTED, LateState.REFUSED], examined_by__isnull=False,
                    examined_at__isnull=False) & ~Q(reason=""),
                violation_error_message=_("A late document is accepted or refused with a reason."),
            ),
            models.CheckConstraint(
                name="late_document_examined_by_another",
                condition=Q(examined_by=None) | ~Q(examined_by=models.F("recorded_by")),
                violation_error_message=_("Nobody examines a document of one's own."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

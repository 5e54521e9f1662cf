"""The appeal of an applicant against a refusal: one for each refusal, answered by somebody who had no part in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import APPEALABLE, AppealState, ApplicationState
from innovation.calls.models.applications import Application
from innovation.calls.models.following import FollowingQuerySet
from innovation.core.history import track
from innovation.core.models import TransitionRecord


@track()
class Appeal(models.Model):
    """``step`` is the step of the case that refused; ``remedy`` what the office does where the case cannot go back."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="appeals")
    step = models.OneToOneField(
        TransitionRecord, models.PROTECT, verbose_name=_("refusal"), related_name="+", editable=False
    )
    against = models.CharField(_("against"), max_length=30, choices=ApplicationState, editable=False)
    text = models.TextField(_("grounds of the appeal"))
    submitted_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("handed in by"), related_name="+", editable=False
    )
    due_on = models.DateField(_("answer due"), null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=AppealState, default=AppealState.OPEN, editable=False
    )  # fmt: skip
    reason = models.TextField(_("reason of the answer"), blank=True, editable=False)
    remedy = models.TextField(_("what follows"), blank=True, editable=False)
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("examined by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    examined_at = models.DateTimeField(_("examined"), null=True, editable=False)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="case_appeal_against_refusal",
                condition=Q(against__in=sorted(APPEALABLE)),
                violation_error_message=_("Only a refusal can be appealed."),
            ),
            models.CheckConstraint(
                name="case_appeal_has_grounds",
                condition=~Q(text=""),
                violation_error_message=_("Say why the refusal is wrong."),
            ),
            models.CheckConstraint(
                name="case_appeal_answer_has_reason",
                condition=Q(state__in=[AppealState.OPEN, AppealState.WITHDRAWN], examined_by=None)
                | Q(state__in=[AppealState.UPHELD, AppealState.DISMISSED], examined_by__isnull=False,
                    examined_at__isnull=False) & ~Q(reason=""),
                violation_error_message=_("The answer to an appeal has its reason."),
            ),
            models.CheckConstraint(
                name="case_appeal_answered_by_another",
                condition=Q(examined_by=None) | ~Q(examined_by=models.F("submitted_by")),
                violation_error_message=_("Nobody answers an appeal of one's own."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.application} · {self.get_state_display()}"

"""What records that follow from a case share: who may read them, and files that prove something."""

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.models.applications import Application

AnyModel = TypeVar("AnyModel", bound=models.Model)


def works_here(user: Any) -> bool:
    """Whether ``user`` (a User or an anonymous visitor) belongs to the staff."""
    return bool(user.is_authenticated and user.has_role(*STAFF_ROLES))


class StaffQuerySet(models.QuerySet[AnyModel]):
    """Internal papers: the staff reads them, nobody else."""

    def visible_to(self, user: Any) -> Self:
        return self if works_here(user) else self.none()


class FollowingQuerySet(models.QuerySet[AnyModel]):
    """Records of a case: all for the staff, for others those of the cases on which they write.

    The model names the way to its case in ``case_path``.
    """

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        if works_here(user):
            return self
        path = getattr(self.model, "case_path", "application")
        return self.filter(**{f"{path}__in": Application.objects.of_writer(user)})


class StoredFile(models.Model):
    """A file that was looked at before it was kept, known by the hash of its content."""

    file = models.FileField(_("file"), upload_to="cases/", editable=False)
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
        abstract = True

    def __str__(self) -> str:
        return self.file_name

"""What people agreed to: the texts in their versions, and who agreed to which of them for what."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.organisations.models import Organisation
from talent.choices.privacy import ConsentChannel, ConsentEnd, Purpose, SharedField
from talent.models.person import Person
from talent.models.visibility import sees_people


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody: what people are asked to agree to is public."""
        return self

    def current(self) -> Self:
        """The text of each purpose that is in force."""
        return self.filter(superseded_at=None)


class ConsentText(models.Model):
    """What a person is asked to agree to, for one purpose, in one version. A new version is a new row.

    ``is_separate`` marks purposes for which the law wants consent of their own (PIPL 23, 25, 29); ``is_optional`` those
    whose refusal blocks nothing.
    """

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField(_("version"))
    text_zh = models.TextField(_("text in Chinese"))
    text_en = models.TextField(_("text in English"))
    is_separate = models.BooleanField(_("needs separate consent"), default=True)
    is_optional = models.BooleanField(_("optional"), default=True)
    valid_from = models.DateTimeField(_("in force from"), default=timezone.now)
    superseded_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, editable=False, db_constraint=False,
        related_name="+", verbose_name=_("written by"),
    )  # fmt: skip

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a consent")
        verbose_name_plural = _("texts of consents")
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="talent_consent_text_version",
                fields=["purpose", "version"],
                violation_error_message=_("There is a text of this version already."),
            ),
            models.UniqueConstraint(
                name="talent_consent_text_current",
                fields=["purpose"],
                condition=Q(superseded_at=None),
                violation_error_message=_("One text of a purpose is in force at a time."),
            ),
            models.CheckConstraint(
                name="talent_consent_text_purpose",
                condition=Q(purpose__in=Purpose.values) & ~Q(text_zh="") & ~Q(text_en=""),
                violation_error_message=_("A text has a purpose and words in both languages."),
            ),
        ]
        triggers = [AppendOnly(name="append_only", allow_once=("superseded_at",))]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version}"

    @property
    def title(self) -> str:
        """What is agreed to, with the version of its words."""
        return _("Consent: %(purpose)s (text %(version)s, in force since %(day)s)") % {
            "purpose": self.get_purpose_display(), "version": self.version,
            "day": timezone.localdate(self.valid_from),
        }  # fmt: skip

    @property
    def words(self) -> str:
        """The text in the reader's language."""
        return self.text_zh if (get_language() or "").startswith("zh") else self.text_en


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: Any) -> Self:
        """The office's readers see all; a person sees the own ones."""
        if sees_people(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()

    def live(self, day: date | None = None) -> Self:
        """Given, not ended, not run out on ``day`` (today), and to the text that is in force."""
        today = day or timezone.localdate()
        running = Q(expires_on=None) | Q(expires_on__gte=today)
        return self.filter(running, ended_at=None, text__superseded_at=None)

    def of(self, purpose: str) -> Self:
        """For one purpose."""
        return self.filter(purpose=purpose)


class Consent(models.Model):
    """That a person agreed: purpose, text version, language, moment, channel; for a share also recipient and fields.

    Rows are never changed but for their one end.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name=_("person"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="consents", verbose_name=_("text"))
    language = models.CharField(_("language"), max_length=10)
    channel = models.CharField(_("way"), max_length=5, choices=ConsentChannel.choices, default=ConsentChannel.WEB)
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recipient")
    )
    fields = ArrayField(
        models.CharField(max_length=10, choices=SharedField.choices), default=list, blank=True,
        verbose_name=_("what is shared"),
    )  # fmt: skip
    expires_on = models.DateField(_("until"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, editable=False, db_constraint=False, related_name="+",
        verbose_name=_("entered by"),
    )  # fmt: skip
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    ended_as = models.CharField(_("how it ended"), max_length=9, choices=ConsentEnd.choices, null=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-id"]
        indexes = [models.Index(fields=["purpose", "person"], condition=Q(ended_at=None), name="talent_consent_live")]
        constraints = [
            models.UniqueConstraint(
                name="talent_consent_once",
                fields=["person", "purpose", "recipient"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                violation_error_message=_("This consent is given already."),
            ),
            models.CheckConstraint(
                name="talent_consent_share_names_all",
                condition=Q(purpose=Purpose.SHARE, recipient__isnull=False, expires_on__isnull=False, fields__len__gt=0)
                | Q(~Q(purpose=Purpose.SHARE), recipient=None, fields__len=0),
                violation_error_message=_("A share names its recipient, what is shared and until when."),
            ),
            models.CheckConstraint(
                name="talent_consent_purpose_known",
                condition=Q(purpose__in=Purpose.values),
                violation_error_message=_("Choose a purpose."),
            ),
            models.CheckConstraint(
                name="talent_consent_end_says_how",
                condition=Q(ended_at=None, ended_as=None) | Q(ended_at__isnull=False, ended_as__isnull=False),
                violation_error_message=_("An ended consent says how it ended."),
            ),
        ]
        triggers = [AppendOnly(name="append_only", allow_once=("ended_at", "ended_as"))]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: #{self.person_id}"

    @property
    def field_labels(self) -> str:
        """What is shared, in words."""
        return ", ".join(str(SharedField(name).label) for name in self.fields)

"""People who log in, what happened at the door, and the keys they made."""

from typing import Self

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES, LoginEventKind, MailChoice, Role
from innovation.core.append_only import AppendOnly
from innovation.core.components import Status, Tone
from innovation.core.history import track

OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> Self:
        """Everybody for those who run or audit the programme or answer for privacy; else oneself."""
        if user.has_role(*OVERSEERS, Role.PRIVACY_OFFICER):
            return self
        return self.filter(pk=user.pk)

    def with_mfa(self) -> Self:
        """Annotate ``has_mfa``: an authenticator app or a passkey is set up."""
        authenticators = apps.get_model("mfa", "Authenticator").objects.filter(user=models.OuterRef("pk"))
        return self.annotate(has_mfa=models.Exists(authenticators.exclude(type="recovery_codes")))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a person who logs in by e-mail. ``password`` None means: set by the reset mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create an administrator from the command line; the address counts as confirmed."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        addresses = apps.get_model("account", "EmailAddress").objects
        addresses.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@track(exclude=("password", "last_login"))
class User(AbstractBaseUser, PermissionsMixin):
    """A person with an e-mail address. Roles are groups; see ``choices.Role``."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the admin."))
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_once", violation_error_message=_("This e-mail is taken.")
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.split("@")[0]

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of the groups the person is in; a superuser counts as administrator."""
        names = frozenset(group.name for group in self.groups.all())
        return names | {Role.ADMINISTRATOR} if self.is_superuser else names

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds any of ``roles``."""
        return not self.roles.isdisjoint(roles)

    @property
    def works_for_programme(self) -> bool:
        """Whether the person is staff of the programme: the admin, or a role of the city's side."""
        return self.is_staff or self.has_role(*STAFF_ROLES)


@track()
class RoleGrant(User.groups.through):
    """That a person holds a role; a name for the membership table, so that its changes are kept too."""

    class Meta:
        proxy = True
        verbose_name = _("role of a user")
        verbose_name_plural = _("roles of users")


class LoginEventQuerySet(models.QuerySet["LoginEvent"]):
    def visible_to(self, user: User) -> Self:
        """Everything for administrator and auditor, else what concerns oneself."""
        return self if user.has_role(*OVERSEERS) else self.filter(user=user)


class LoginEvent(models.Model):
    """Something that happened at the door; never changed, and kept when the person goes.

    ``email`` is the address as it was then or as it was typed, ``actor`` the administrator who did it, if one did.
    """

    at = models.DateTimeField(_("time"), db_default=Now(), db_index=True)
    kind = models.CharField(_("event"), max_length=20, choices=LoginEventKind.choices)
    user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="login_events", verbose_name=_("user")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    actor = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("done by")
    )
    reason = models.TextField(_("reason"), blank=True)
    ip = models.GenericIPAddressField(_("network address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=250, blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    objects = LoginEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("login event")
        verbose_name_plural = _("login events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="accounts_event_user_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=LoginEventKind.values),
                name="accounts_event_kind_known",
                violation_error_message=_("This kind of login event is not known."),
            )
        ]
        triggers = [AppendOnly(name="append_only")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.email}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        return self if user.has_role(*OVERSEERS) else self.filter(user=user)

    def usable(self) -> Self:
        """Neither revoked nor run out, of a person whose account is open."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)


@track(exclude=("digest", "last_used_at"))
class ApiToken(models.Model):
    """A key with which a program acts as its maker. Only a SHA-256 digest is kept; the key is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80)
    public_id = models.CharField(_("public part"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("made"), db_default=Now())
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="accounts_token_ends_after_start",
                violation_error_message=_("A token must end after it was made."),
            ),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="accounts_token_digest_only",
                violation_error_message=_("Only the digest of a token is kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def status(self) -> Status:
        if self.revoked_at:
            return Status(_("Revoked"), Tone.BAD)
        return Status(_("In use"), Tone.OK) if self.is_usable else Status(_("Run out"), Tone.IDLE)


@track()
class NotificationChoice(models.Model):
    """How one person wants to hear of one kind of event; without a row the kind's own default holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_choices", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=40)
    in_product = models.BooleanField(_("in the product"))
    mail = models.CharField(_("by mail"), max_length=10, choices=MailChoice.choices)

    class Meta:
        verbose_name = _("notification choice")
        verbose_name_plural = _("notification choices")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="accounts_choice_once",
                violation_error_message=_("There is a choice for this kind already."),
            ),
            models.CheckConstraint(
                condition=models.Q(mail__in=MailChoice.values),
                name="accounts_choice_mail_known",
                violation_error_message=_("This way of sending mail is not known."),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class DigestEntryQuerySet(models.QuerySet["DigestEntry"]):
    def visible_to(self, user: User) -> Self:
        return self if user.has_role(*OVERSEERS) else self.filter(user=user)

    def waiting(self) -> Self:
        """What the next daily mail brings."""
        return self.filter(sent_at=None)


class DigestEntry(models.Model):
    """A notice that waits for its reader's daily mail; ``key`` makes it one of its kind, as in the outbox."""

    user = models.ForeignKey(User, models.CASCADE, related_name="digest_entries", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=200, unique=True)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = DigestEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice for the daily digest")
        verbose_name_plural = _("notices for the daily digest")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "id"], condition=models.Q(sent_at=None), name="accounts_digest_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(sent_at__gte=models.F("created_at")),
                name="accounts_digest_sent_after_written",
                violation_error_message=_("A notice leaves after it was written."),
            )
        ]

    def __str__(self) -> str:
        return self.subject

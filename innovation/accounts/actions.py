"""What may be done to people who log in."""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts import sessions
from innovation.accounts.authentication import new_key
from innovation.accounts.choices import STAFF_ROLES, LoginEventKind, Role
from innovation.accounts.events import record
from innovation.accounts.models import ApiToken, User
from innovation.accounts.post import deliver, notify
from innovation.core.errors import RuleViolation


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _need_administrator(actor: User | None) -> None:
    """``actor`` None is the command line, which stands above the roles."""
    if actor is not None and not actor.has_role(Role.ADMINISTRATOR):
        raise RuleViolation("NOT_ADMINISTRATOR", _("Only an administrator may do this."))


def _need_reason(reason: str) -> str:
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why; the reason stays in the record."), field="reason")
    return reason.strip()


def _need_another_administrator(user: User) -> None:
    """Refuse what would leave the programme without an administrator. Takes a lock so that two cannot go at once."""
    group = Group.objects.select_for_update().get(name=Role.ADMINISTRATOR)
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if not others.filter(groups=group).exists() and not others.filter(is_superuser=True).exists():
        raise RuleViolation("LAST_ADMINISTRATOR", _("This is the last administrator. Give the role to another first."))


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], actor: User | None = None) -> User:
    """Give ``user`` exactly ``roles``; who holds a staff role, or is superuser, may open the admin.

    Raises ``RuleViolation`` when ``actor`` is no administrator, or when no administrator would remain.
    """
    _need_administrator(actor)
    wanted = {Role(role) for role in roles}
    locked = _locked(user)
    before = sorted(locked.groups.values_list("name", flat=True))
    if Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in wanted:
        _need_another_administrator(user)
    locked.groups.set(Group.objects.filter(name__in=wanted))
    locked.is_staff = locked.is_superuser or not wanted.isdisjoint(STAFF_ROLES)
    locked.save(update_fields=["is_staff"])
    if before != sorted(wanted):
        record(LoginEventKind.ROLES_CHANGED, user=user, actor=actor, before=before, after=[*map(str, sorted(wanted))])
    user.is_staff = locked.is_staff
    for cached in ("roles", "_perm_cache", "_group_perm_cache", "_user_perm_cache"):
        user.__dict__.pop(cached, None)
    return user


@transaction.atomic
def invite(*, email: str, name: str, language: str, roles: Iterable[Role], actor: User | None) -> User:
    """Make an account for a colleague, who chooses the password by a link in a mail."""
    _need_administrator(actor)
    if User.objects.filter(email__iexact=email).exists():
        raise RuleViolation("EMAIL_TAKEN", _("This e-mail is taken."), field="email")
    user = User.objects.create_user(email, None, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    set_roles(user=user, roles=roles, actor=actor)
    send_password_link(user=user, actor=actor)
    return user


@transaction.atomic
def send_password_link(*, user: User, actor: User | None) -> None:
    """Mail ``user`` a link with which to choose a password."""
    _need_administrator(actor)
    place = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=place)
    deliver(
        "accounts/password_link",
        user.email,
        language=user.language,
        context={"password_reset_url": f"{settings.SITE_URL}{path}"},
    )
    record(LoginEventKind.LINK_SENT, user=user, actor=actor)


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Remember the language of pages and mails."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
    user.language = language


@transaction.atomic
def deactivate(*, user: User, actor: User, reason: str) -> None:
    """Close the account: every session ends now, tokens stop; what the person did stays."""
    _need_administrator(actor)
    why = _need_reason(reason)
    if user.pk == actor.pk:
        raise RuleViolation("OWN_ACCOUNT", _("You cannot close your own account. Ask another administrator."))
    locked = _locked(user)
    if not locked.is_active:
        return
    _need_another_administrator(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    sessions.end(locked)
    record(LoginEventKind.DEACTIVATED, user=locked, actor=actor, reason=why)


@transaction.atomic
def reactivate(*, user: User, actor: User, reason: str) -> None:
    """Open a closed account again."""
    _need_administrator(actor)
    why = _need_reason(reason)
    locked = _locked(user)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record(LoginEventKind.REACTIVATED, user=locked, actor=actor, reason=why)


@transaction.atomic
def reset_mfa(*, user: User, actor: User, reason: str) -> int:
    """Remove every second factor of ``user``, for a person who lost the phone. Returns how many were removed.

    All sessions end, and the person is told by mail. An administrator cannot do it for himself.
    """
    _need_administrator(actor)
    why = _need_reason(reason)
    if user.pk == actor.pk:
        raise RuleViolation("OWN_ACCOUNT", _("Another administrator must reset your second factors."))
    locked = _locked(user)
    removed, _rows = Authenticator.objects.filter(user=locked).delete()
    sessions.end(locked)
    record(LoginEventKind.MFA_RESET, user=locked, actor=actor, reason=why, removed=removed)
    notify(locked, "accounts/mfa_reset", reason=why)
    return removed


@transaction.atomic
def end_sessions(*, user: User, actor: User, reason: str = "") -> int:
    """End every session of ``user``; returns how many ended."""
    _need_administrator(actor)
    ended = sessions.end(user)
    record(LoginEventKind.SESSIONS_ENDED, user=user, actor=actor, reason=reason, count=ended)
    return ended


@transaction.atomic
def make_token(*, user: User, name: str, days: int) -> tuple[ApiToken, str]:
    """Make an API token; returns the row and the key, which is kept nowhere."""
    key, public_id, kept = new_key()
    token = ApiToken.objects.create(
        user=user, name=name, public_id=public_id, digest=kept, expires_at=timezone.now() + timedelta(days=days)
    )
    record(LoginEventKind.TOKEN_MADE, user=user, name=name, public_id=public_id)
    notify(user, "accounts/token_made", name=name)
    return token, key


@transaction.atomic
def revoke_token(*, token_id: int, actor: User) -> None:
    """Make a token useless at once; its maker and an administrator may."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token_id)
    if token.user_id != actor.pk:
        _need_administrator(actor)
    if token.revoked_at:
        return
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(LoginEventKind.TOKEN_REVOKED, user=token.user, actor=actor, public_id=token.public_id)

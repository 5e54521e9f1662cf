"""What follows from what django-allauth reports: event rows, the first role, the end of other sessions."""

from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest

from innovation.accounts import events, sessions
from innovation.accounts.actions import set_roles
from innovation.accounts.choices import LoginEventKind, Role
from innovation.accounts.models import User


@receiver(auth.user_logged_in)
def start_clocks(request: HttpRequest, **_kwargs: Any) -> None:
    sessions.begin(request)


@receiver(account.user_logged_in)
def logged_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    methods = [record.get("type") or record.get("method") for record in records]
    events.record(LoginEventKind.LOGGED_IN, user=user, methods=methods)


@receiver(auth.user_logged_out)
def logged_out(user: User | None, **_kwargs: Any) -> None:
    if user:
        events.record(LoginEventKind.LOGGED_OUT, user=user)


@receiver(account.user_signed_up)
def signed_up(user: User, **_kwargs: Any) -> None:
    """Whoever signs up is an applicant; other roles are given by an administrator."""
    set_roles(user=user, roles=[Role.APPLICANT])
    events.record(LoginEventKind.SIGNED_UP, user=user)


@receiver([account.password_changed, account.password_set])
def password_changed(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    sessions.end(user, keep=request.session.session_key)
    events.record(LoginEventKind.PASSWORD_CHANGED, user=user)


@receiver(account.password_reset)
def password_reset(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    sessions.end(user)
    events.record(LoginEventKind.PASSWORD_RESET, user=user)


@receiver(account.email_changed)
def email_changed(
    user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_kwargs: Any
) -> None:
    before = from_email_address.email if from_email_address else ""
    events.record(LoginEventKind.EMAIL_CHANGED, user=user, before=before, after=to_email_address.email)


@receiver(mfa.authenticator_added)
def authenticator_added(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        sessions.end(user, keep=request.session.session_key)
        events.record(LoginEventKind.MFA_ADDED, user=user, type=authenticator.type)


@receiver(mfa.authenticator_removed)
def authenticator_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        sessions.end(user, keep=request.session.session_key)
        events.record(LoginEventKind.MFA_REMOVED, user=user, type=authenticator.type)


@receiver(mfa.authenticator_reset)
def recovery_codes_made(user: User, **_kwargs: Any) -> None:
    events.record(LoginEventKind.RECOVERY_CODES_MADE, user=user)


@receiver(mfa.authenticator_used)
def authenticator_used(user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()  # the library marks the code as used on another copy
        left = len(authenticator.wrap().get_unused_codes())
        events.record(LoginEventKind.RECOVERY_CODE_USED, user=user, left=left)


@receiver(mfa.authentication_failed)
def mfa_failed(user: User, **_kwargs: Any) -> None:
    events.record(LoginEventKind.MFA_FAILED, user=user)

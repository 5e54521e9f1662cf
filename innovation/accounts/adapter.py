"""How django-allauth behaves in this product: words, limits, mails, secrets at rest."""

import base64
import functools
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.accounts import events
from innovation.accounts.choices import LoginEventKind
from innovation.accounts.models import User
from innovation.accounts.post import deliver

LOCK_SECONDS = 300


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is wrong or has been used. Check it, or wait for the next one."),
        "same_as_current": _("This is the address that you have now."),
        "duplicate_email": _("This is the address that you have now."),
        "rate_limited": _("Too many requests. Wait a moment, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail in the language of the person, else in that of the page."""
        user = context.get("user") or User.objects.filter(emailaddress__email__iexact=email).first()
        if not user and self.request and self.request.user.is_authenticated:
            user = self.request.user  # an address that is no longer theirs, told of the change
        deliver(template_prefix, email, language=user.language if user else "", context=context)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong tries count per account and network address, so that a stranger cannot lock somebody out."""
        return f"{self.get_client_ip(request)}:{_login_of(credentials)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password is looked at, once there were too many wrong tries."""
        try:
            super().pre_authenticate(request, **credentials)
            # Guessing from many addresses at once has its own, wider limit.
            self._anywhere = ratelimit.consume(
                request, app="allauth.account", action="login_failed_anywhere", key=_login_of(credentials)
            )
            if not self._anywhere:
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            self._note_lock(request, _login_of(credentials))
            raise

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        if user and self._anywhere:
            self._anywhere.rollback()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        login = _login_of(credentials)
        events.record(LoginEventKind.LOGIN_FAILED, user=User.objects.filter(email=login).first(), email=login)

    def _note_lock(self, request: HttpRequest, login: str) -> None:
        """One row per lock, not per refused try, else a flood would fill the table."""
        seen = hashlib.sha256(self._get_login_attempts_cache_key(request, email=login).encode()).hexdigest()
        if cache.add(f"accounts:locked:{seen}", 1, LOCK_SECONDS):
            events.record(LoginEventKind.LOCKED, user=User.objects.filter(email=login).first(), email=login)


def _login_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").lower()


@functools.lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    digests = [hashlib.sha256(f"innovation.accounts.mfa:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong or has been used. Check it, or wait for the next one."),
        "cannot_delete_authenticator": _("Your role needs a second factor. Set up another one before you remove this."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def get_totp_issuer(self) -> str:
        return gettext("Innovation programme")

    def _get_site_name(self) -> str:
        return gettext("Innovation programme")

    def encrypt(self, text: str) -> str:
        """Seeds lie encrypted with a key made from ``SECRET_KEY``, so that a stolen dump does not open accounts."""
        return _cipher((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return _cipher(keys).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one second factor where the setting asks for it."""
        if not (settings.MFA_REQUIRED_FOR_STAFF and authenticator.user.works_for_programme):
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

"""API tokens: ``Authorization: Bearer inn_<public part>_<secret>``."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.request import Request

from innovation.accounts import events
from innovation.accounts.attempts import Limit
from innovation.accounts.choices import LoginEventKind
from innovation.accounts.middleware import lacks_mfa
from innovation.accounts.models import ApiToken, User

PREFIX = "inn"
WRONG_SECRETS = Limit("token", tries=5, seconds=300)
WRONG_TOKENS = Limit("token-address", tries=100, seconds=300)
NOTE_USE_EVERY = timedelta(minutes=1)


def new_key() -> tuple[str, str, str]:
    """A new key: the whole text to show once, its public part, the digest to keep."""
    public_id = secrets.token_hex(6)
    key = f"{PREFIX}_{public_id}_{secrets.token_urlsafe(32)}"
    return key, public_id, digest(key)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def public_part(key: str) -> str:
    """The part that names the token; empty when ``key`` has not the shape of one."""
    found = re.match(rf"{PREFIX}_([0-9a-f]{{12}})_", key)
    return found[1] if found else ""


class TokenAuthentication(BaseAuthentication):
    """Act as the maker of a token. Wrong tries are counted per token and network address."""

    keyword = "Bearer"

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() not in {"bearer", "token"}:
            return None
        key = parts[1] if len(parts) == 2 else ""  # noqa: PLR2004 - the word and the key
        address = get_adapter().get_client_ip(request._request)
        public_id = public_part(key)
        place = f"{address}:{public_id}"
        if WRONG_SECRETS.is_reached(place):
            raise Throttled(WRONG_SECRETS.seconds)
        token = ApiToken.objects.usable().select_related("user").filter(public_id=public_id).first()
        if not token or not hmac.compare_digest(token.digest, digest(key)):
            self._refuse(place, address, public_id, token)
        if lacks_mfa(token.user):
            raise PermissionDenied(_("Your role needs a second factor. Set one up first; it takes two minutes."))
        now = timezone.now()
        if not token.last_used_at or now - token.last_used_at > NOTE_USE_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def _refuse(self, place: str, address: str, public_id: str, token: ApiToken | None) -> None:
        if public_id:
            WRONG_SECRETS.count(place)
        if WRONG_TOKENS.is_reached(address):
            raise Throttled(WRONG_TOKENS.seconds)
        WRONG_TOKENS.count(address)
        owner = token.user if token else None
        events.record(LoginEventKind.TOKEN_REFUSED, user=owner, public_id=public_id)
        raise AuthenticationFailed(_("This token is wrong, has run out or was revoked."))


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}

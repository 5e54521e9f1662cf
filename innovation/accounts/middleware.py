"""What stands between a request and every page: the clocks of the session, the language, the second factor."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from innovation.accounts import events, sessions
from innovation.accounts.choices import LoginEventKind
from innovation.accounts.models import User

Response = Callable[[HttpRequest], HttpResponse]

# Addresses by name that a person may open before the second factor stands: what is needed to set it up, or to go.
BEFORE_MFA = frozenset(
    {
        "account_change_password",
        "account_email",
        "account_email_verification_sent",
        "account_logout",
        "account_reauthenticate",
        "account_set_password",
        "account_settings",
        "display",
        "livez",
        "readyz",
        "set_language",
    }
)


class SessionLimits:
    """Log out a person whose session was idle for too long or is too old."""

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            if sessions.is_over(request):
                events.record(LoginEventKind.TIMED_OUT, user=request.user)
                request.session.flush()
                request.user = AnonymousUser()
                messages.info(request, _("You were signed out because nothing happened for a while. Sign in again."))
            else:
                sessions.note_activity(request)
        return self.get_response(request)


class PersonLanguage(LocaleMiddleware):
    """The language that the person chose, else that of the cookie, else that of the browser."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        chosen = request.user.language if request.user.is_authenticated else ""
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen


def lacks_mfa(user: User) -> bool:
    """Whether the setting asks ``user`` for a second factor that is not set up."""
    if not settings.MFA_REQUIRED_FOR_STAFF or not user.works_for_programme:
        return False
    return not is_mfa_enabled(user, ["totp", "webauthn"])


class MfaGate:
    """Lead staff without a second factor to set one up; until then nothing else opens."""

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not settings.MFA_REQUIRED_FOR_STAFF or name in BEFORE_MFA or name.startswith("mfa_"):
            return None
        if not request.user.is_authenticated or not lacks_mfa(request.user):
            return None
        detail = _("Your role needs a second factor. Set one up first; it takes two minutes.")
        if request.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": _("Forbidden"), "status": 403, "code": "MFA_NEEDED"}
            body = problem | {"detail": detail}
            return JsonResponse(body, status=403, content_type="application/problem+json")
        messages.warning(request, detail)
        target = reverse("mfa_index")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

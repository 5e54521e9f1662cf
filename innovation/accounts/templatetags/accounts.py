"""What the account pages share: their titles and their tabs."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django import template
from django.db.models import QuerySet
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import LoginEvent
from innovation.core.components import Tab

register = template.Library()

TITLES: dict[str, Promise] = {
    "account_change_password": _("Change your password"),
    "account_confirm_login_code": _("Sign in"),
    "account_data": _("Your data"),
    "account_delete": _("Delete your account"),
    "account_email": _("Change your e-mail address"),
    "account_email_verification_sent": _("Enter the code from the mail"),
    "account_inactive": _("This account is closed"),
    "account_login": _("Sign in"),
    "account_logout": _("Sign out"),
    "account_notices": _("Notices"),
    "account_reauthenticate": _("Confirm that it is you"),
    "account_reset_password": _("Choose a new password"),
    "account_reset_password_done": _("Look into your mailbox"),
    "account_reset_password_from_key": _("Choose a new password"),
    "account_reset_password_from_key_done": _("Your new password is set"),
    "account_set_password": _("Set a password"),
    "account_settings": _("Your account"),
    "account_signup": _("Create an account"),
    "account_tokens": _("API tokens"),
    "mfa_activate_totp": _("Set up an authenticator app"),
    "mfa_add_webauthn": _("Add a passkey"),
    "mfa_authenticate": _("Second step"),
    "mfa_deactivate_totp": _("Remove the authenticator app"),
    "mfa_edit_webauthn": _("Rename the passkey"),
    "mfa_generate_recovery_codes": _("Make new recovery codes"),
    "mfa_index": _("Security"),
    "mfa_list_webauthn": _("Passkeys"),
    "mfa_reauthenticate": _("Confirm that it is you"),
    "mfa_reauthenticate_webauthn": _("Confirm that it is you"),
    "mfa_remove_webauthn": _("Remove the passkey"),
    "mfa_view_recovery_codes": _("Recovery codes"),
    "usersessions_list": _("Sessions"),
}
TABS = ("account_settings", "mfa_index", "usersessions_list", "account_notices", "account_tokens", "account_data")


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> Promise:
    """The title of the page under way; raises ``KeyError`` for a page that nobody named."""
    return TITLES[context["request"].resolver_match.url_name]


@register.simple_tag(takes_context=True)
def account_tabs(context: Context) -> list[Tab]:
    """The five pages of an account, the present one marked."""
    here = context["request"].resolver_match.url_name
    return [Tab(label=TITLES[name], href=reverse(name), current=name == here) for name in TABS]


@register.simple_tag(takes_context=True)
def last_login_events(context: Context) -> QuerySet[LoginEvent]:
    """The ten latest events of one's own account."""
    return LoginEvent.objects.filter(user=context["request"].user)[:10]


@register.simple_tag
def passkeys(authenticators: Iterable[Authenticator]) -> list[object]:
    """The passkeys with their names, as the table of passkeys wants them."""
    return [authenticator.wrap() for authenticator in authenticators]


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"))
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_name(user_agent: str) -> str:
    """A browser as people call it, such as "Firefox, Windows"; what is not known stays as it was sent."""
    browsers = (*_BROWSERS, ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    names = [next((name for mark, name in marks if mark in user_agent), "") for marks in (browsers, _SYSTEMS)]
    return ", ".join(filter(None, names)) or user_agent[:60] or "–"

"""The words of every mail about an account: one table, two layouts (plain text and HTML)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Mail:
    """``lines`` are paragraphs with ``%(name)s`` places; ``link`` and ``code`` name values of the context."""

    subject: Text
    lines: tuple[Text, ...]
    link: str = ""
    link_label: Text = ""
    code: str = ""
    is_notice: bool = False


def notice(subject: Text, line: Text) -> Mail:
    """A mail that says what was changed, where from, and what to do if it was somebody else."""
    return Mail(subject, (line,), is_notice=True)


_IGNORE = _("If this was not you, you need not do anything.")
_CONFIRM = Mail(
    _("Your code to confirm this e-mail address"),
    (
        _("Enter this code on the page that you have open. It is valid for 15 minutes."),
        _IGNORE,
    ),
    code="code",
)
_RESET = Mail(
    _("Choose a new password"),
    (
        _("Somebody, probably you, asked for a new password for this account. The link is valid for one day."),
        _IGNORE,
    ),
    link="password_reset_url",
    link_label=_("Choose a new password"),
)
MAILS: Mapping[str, Mail] = {
    "account/email/email_confirmation": _CONFIRM,
    "account/email/email_confirmation_signup": _CONFIRM,
    "account/email/password_reset_key": _RESET,
    "account/email/account_already_exists": Mail(
        _("You have an account already"),
        (
            _("Somebody, probably you, tried to sign up with this e-mail address. It has an account already."),
            _("If you forgot the password, choose a new one."),
            _IGNORE,
        ),
        link="password_reset_url",
        link_label=_("Choose a new password"),
    ),
    "account/email/unknown_account": Mail(
        _("There is no account with this address"),
        (
            _("Somebody, probably you, asked for a new password for %(email)s. No account has this address."),
            _("Perhaps you signed up with another address. If you are new here, sign up."),
            _IGNORE,
        ),
        link="signup_url",
        link_label=_("Sign up"),
    ),
    "account/email/email_changed": notice(
        _("Your e-mail address was changed"), _("It was changed from %(from_email)s to %(to_email)s.")
    ),
    "account/email/email_confirm": notice(
        _("Your e-mail address is confirmed"), _("The e-mail address of your account is confirmed.")
    ),
    "account/email/email_deleted": notice(
        _("An e-mail address was removed"), _("%(deleted_email)s was removed from your account.")
    ),
    "account/email/password_changed": notice(
        _("Your password was changed"), _("Your other sessions were ended. Sign in there with the new password.")
    ),
    "account/email/password_set": notice(_("A password was set"), _("Your account now has a password.")),
    "account/email/password_reset": notice(
        _("Your password was reset"), _("A new password was chosen with the link that we sent you.")
    ),
    "mfa/email/totp_activated": notice(
        _("Authenticator app set up"), _("From now on you need a code from the app to sign in.")
    ),
    "mfa/email/totp_deactivated": notice(
        _("Authenticator app removed"), _("Codes from the app are no longer asked for when you sign in.")
    ),
    "mfa/email/webauthn_added": notice(_("Passkey added"), _("You can sign in with a new passkey.")),
    "mfa/email/webauthn_removed": notice(_("Passkey removed"), _("One of your passkeys no longer works.")),
    "mfa/email/recovery_codes_generated": notice(
        _("New recovery codes made"), _("Your earlier recovery codes no longer work.")
    ),
    "accounts/password_link": Mail(
        _("Your account at the innovation programme"),
        (_("The programme office sends you this link to choose your password. It is valid for one day."),),
        link="password_reset_url",
        link_label=_("Choose a new password"),
    ),
    "accounts/mfa_reset": notice(
        _("Your second factors were reset"),
        _("An administrator removed them. The reason: %(reason)s. Set up a new one when you next sign in."),
    ),
    "accounts/token_made": notice(
        _("API token made"), _("The token “%(name)s” was made. A program can act with it in your name.")
    ),
}


def render(name: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, plain text and HTML of mail ``name`` in the active language.

    ``context`` holds the values for the places in its lines. Raises ``KeyError`` for a mail that nobody wrote.
    """
    mail = MAILS[name]
    values = {
        "mail": mail,
        "lines": [str(line) % context if "%(" in str(line) else str(line) for line in mail.lines],
        "link": context.get(mail.link, ""),
        "code": context.get(mail.code, ""),
        "notice": context if mail.is_notice else None,
        "subject": mail.subject,
    }
    return (
        str(mail.subject),
        render_to_string("accounts/mail.txt", values).strip() + "\n",
        render_to_string("accounts/mail.html", values),
    )

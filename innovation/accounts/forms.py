"""Forms about one's own account: plain widgets, no ``required`` attribute, labels that say what is asked."""

from collections.abc import Iterable
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import MailChoice
from innovation.accounts.models import NotificationChoice, User
from innovation.accounts.notifications import Kind

_PASSWORD_HELP = _("At least 12 characters. A few unrelated words are easy to remember and hard to guess.")
_MISSING_EMAIL = _("Enter your e-mail address.")
_WRONG_EMAIL = _("Enter an e-mail address like name@example.com.")
_MISSING_PASSWORD = _("Enter your password.")
_MISSING_CODE = _("Enter the code.")


class Plain:
    """Mixin: takes away what a browser would use to check by itself, and placeholders that stand in for labels."""

    use_required_attribute = False
    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}
    missing: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            for attribute in ("placeholder", "required"):
                field.widget.attrs.pop(attribute, None)
            field.label = self.labels.get(name, field.label)
            # Help from the library holds markup made for its own pages.
            field.help_text = self.helps.get(name, "")
            if name in self.missing:
                field.error_messages["required"] = self.missing[name]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _WRONG_EMAIL
                field.validators = [_email_validator(validator) for validator in field.validators]


def _email_validator(validator: Any) -> Any:
    if hasattr(validator, "message") and hasattr(validator, "domain_regex"):
        return type(validator)(message=_WRONG_EMAIL)
    return validator


class LoginForm(Plain, account.LoginForm):
    labels = {"login": _("E-mail address"), "password": _("Password")}
    missing = {"login": _MISSING_EMAIL, "password": _MISSING_PASSWORD}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(Plain, account.SignupForm):
    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}), strip=True
    )
    field_order = ["name", "email", "password1"]
    labels = {"email": _("E-mail address"), "password1": _("Password")}
    helps = {
        "name": _("As it should appear on applications, in Chinese or Latin letters."),
        "email": _("We send a code to this address."),
        "password1": _PASSWORD_HELP,
    }
    missing = {"name": _("Enter your name."), "email": _MISSING_EMAIL, "password1": _("Choose a password.")}


class ChangeEmailForm(Plain, account.AddEmailForm):
    labels = {"email": _("New e-mail address")}
    helps = {"email": _("We send a code to this address. Your present address stays until you enter the code.")}
    missing = {"email": _MISSING_EMAIL}


class ConfirmEmailForm(Plain, account.ConfirmEmailVerificationCodeForm):
    labels = {"code": _("Code from the mail")}
    missing = {"code": _MISSING_CODE}


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    """One field for the new password: it can be shown, so nobody need type it twice."""

    labels = {"oldpassword": _("Current password"), "password1": _("New password")}
    helps = {"password1": _PASSWORD_HELP}
    missing = {"oldpassword": _("Enter your current password."), "password1": _("Choose a new password.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class SetPasswordForm(Plain, account.SetPasswordForm):
    labels = {"password1": _("New password")}
    helps = {"password1": _PASSWORD_HELP}
    missing = {"password1": _("Choose a new password.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password")}
    helps = {"password1": _PASSWORD_HELP}
    missing = {"password1": _("Choose a new password.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ResetPasswordForm(Plain, account.ResetPasswordForm):
    labels = {"email": _("E-mail address")}
    missing = {"email": _MISSING_EMAIL}


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    labels = {"password": _("Password")}
    missing = {"password": _MISSING_PASSWORD}


class CodeForm(Plain):
    """A code from an app or a list; spaces between the digits do no harm."""

    missing = {"code": _MISSING_CODE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}

    def clean_code(self) -> str:
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        return super().clean_code()


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    labels = {"code": _("Code from your app, or a recovery code")}


class MfaReauthenticateForm(CodeForm, mfa.ReauthenticateForm):
    labels = {"code": _("Code from your app, or a recovery code")}


class ActivateTotpForm(CodeForm, totp.ActivateTOTPForm):
    labels = {"code": _("Code that the app shows now")}


class DeactivateTotpForm(Plain, totp.DeactivateTOTPForm):
    pass


class AddPasskeyForm(Plain, webauthn.AddWebAuthnForm):
    labels = {"name": _("Name of the passkey"), "passwordless": _("Sign in with it alone, without a password")}
    helps = {
        "name": _("For example the device it is on."),
        "passwordless": _("The device then asks for a fingerprint, face or PIN each time."),
    }
    field_order = ["name", "passwordless", "credential"]


class RenamePasskeyForm(Plain, webauthn.EditWebAuthnForm):
    labels = {"name": _("Name of the passkey")}
    missing = {"name": _("Enter a name.")}


class RecoveryCodesForm(Plain, recovery.GenerateRecoveryCodesForm):
    pass


class ProfileForm(Plain, forms.ModelForm):
    language = forms.ChoiceField(label=_("Language of pages and mails"), widget=forms.RadioSelect)
    missing = {"name": _("Enter your name.")}
    helps = {"name": _("As it should appear on applications, in Chinese or Latin letters.")}

    class Meta:
        model = User
        fields = ["name", "language"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["language"].choices = [
            (code, format_html('<span lang="{}">{}</span>', code, get_language_info(code)["name_local"]))
            for code, _name in settings.LANGUAGES
        ]


class TokenForm(Plain, forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        widget=forms.RadioSelect,
    )
    missing = {"name": _("Say what the token is for."), "days": _("Choose how long the token is valid.")}
    helps = {"name": _("For example: monthly export to the data warehouse.")}


class DeleteAccountForm(Plain, forms.Form):
    """The own address, typed once more."""

    confirmation = forms.CharField(
        label=_("Type your e-mail address"), max_length=254, widget=forms.TextInput({"autocomplete": "off"})
    )
    missing = {"confirmation": _("Type your e-mail address as it stands above.")}


class NotificationForm(Plain, forms.Form):
    """Two choices per kind of notice: shown in the product, and how by mail."""

    def __init__(self, *args: Any, kinds: Iterable[Kind], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = list(kinds)
        chosen = {choice.kind: choice for choice in user.notification_choices.all()}
        for kind in self.kinds:
            choice = chosen.get(kind.code)
            self.fields[f"{kind.code}-in_product"] = forms.BooleanField(
                label=_("Show in the product"),
                required=False,
                initial=choice.in_product if choice else kind.in_product,
            )
            self.fields[f"{kind.code}-mail"] = forms.ChoiceField(
                label=_("Mail"), choices=MailChoice.choices, initial=choice.mail if choice else kind.mail
            )

    def rows(self) -> list[dict[str, Any]]:
        """One row per kind for the table of the page."""
        return [
            {"kind": kind, "in_product": self[f"{kind.code}-in_product"], "mail": self[f"{kind.code}-mail"]}
            for kind in self.kinds
        ]

    def save(self) -> None:
        for kind in self.kinds:
            NotificationChoice.objects.update_or_create(
                user=self.user,
                kind=kind.code,
                defaults={
                    "in_product": self.cleaned_data[f"{kind.code}-in_product"],
                    "mail": self.cleaned_data[f"{kind.code}-mail"],
                },
            )

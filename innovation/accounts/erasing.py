"""Delete one's own account: what no law asks to keep goes at once, the rest stays without a name on the account."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from innovation.accounts import own_data, sessions
from innovation.accounts.choices import LoginEventKind
from innovation.accounts.events import record
from innovation.accounts.models import ApiToken, LoginEvent, NotificationChoice, User
from innovation.core import outbox
from innovation.core.errors import RuleViolation

GONE = "deleted.invalid"
"""The domain of the addresses of deleted accounts; no mail ever reaches it."""


@transaction.atomic
def erase_own_account(*, user: User, confirmation: str) -> None:
    """Delete the account of ``user``, who typed the own e-mail address as ``confirmation``.

    Every session ends, and a last mail says that it is done. Raises ``CONFIRMATION``, ``OFFICE_ACCOUNT`` (people of the
    office are closed by an administrator), ``STILL_NEEDED`` (with what has to be ended first).
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if confirmation.strip().lower() != locked.email.lower():
        raise RuleViolation("CONFIRMATION", _("Type your e-mail address as it stands above."), field="confirmation")
    if locked.works_for_programme:
        raise RuleViolation(
            "OFFICE_ACCOUNT", _("An account of the office is closed by an administrator, since its work is on record.")
        )
    standing = own_data.obstacles(locked)
    if standing:
        raise RuleViolation("STILL_NEEDED", " ".join(standing), facts={"obstacles": standing})
    address, language = locked.email, locked.language
    for part in own_data.parts():
        part.erase(locked)
    _leave_the_door(locked)
    with translation.override(language or translation.get_language() or "en"):
        outbox.send_mail(
            to=address, key=f"account-deleted-{locked.pk}", subject=_("Your account is deleted"), secret=True,
            text=_("Your account and what no law asks us to keep were deleted. This address is no longer known to us."),
        )  # fmt: skip


def _leave_the_door(user: User) -> None:
    """Nobody can sign in any more, and the account has no name; rows that stay go on pointing at it."""
    for model in (ApiToken, NotificationChoice, EmailAddress, Authenticator):
        model.objects.filter(user=user).delete()
    sessions.end(user)
    user.groups.clear()
    user.email, user.name, user.language, user.is_active = f"person-{user.pk}@{GONE}", "", "", False
    user.set_unusable_password()
    user.save()
    record(LoginEventKind.DEACTIVATED, user=user, deleted_by_person=True)


def account_of(user: User) -> dict[str, Any]:
    """Profile, roles, choices, tokens by name, and what happened at the login door."""
    events = LoginEvent.objects.filter(user=user).order_by("-pk").values("at", "kind", "ip", "user_agent")
    return {
        "email": user.email, "name": user.name, "language": user.language, "joined": user.date_joined,
        "roles": sorted(str(role) for role in user.roles),
        "notices": list(NotificationChoice.objects.filter(user=user).values("kind", "in_product", "mail")),
        "tokens": list(ApiToken.objects.filter(user=user).values("name", "created_at", "expires_at", "revoked_at")),
        "sign_ins": list(events[:1000]),
    }  # fmt: skip


PART = own_data.Part(
    "account", _lazy("Your account"), collect=account_of, order=10,
    deleted=_lazy("E-mail address, name, password, second factors, sessions, choices and tokens."),
    kept=_lazy(
        "The history of changes, which nobody can alter, names you as before: who did what and when, and the name and "
        "address that stood here. So does the log of sign-ins (three years). They protect everybody against forged "
        "records."
    ),
)  # fmt: skip

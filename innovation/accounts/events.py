"""One door for writing what happened at the login door: a row that stays, and a line in the log."""

from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import PermissionDenied

from innovation.accounts.choices import LoginEventKind
from innovation.accounts.models import LoginEvent, User

log = structlog.get_logger("innovation.accounts")


def record(
    kind: LoginEventKind,
    *,
    user: User | None = None,
    email: str = "",
    actor: User | None = None,
    reason: str = "",
    **facts: Any,
) -> LoginEvent:
    """Write one ``LoginEvent``; address and browser come from the request under way, if there is one."""
    request = context.request
    ip, user_agent = None, ""
    if request is not None:
        user_agent = request.META.get("HTTP_USER_AGENT", "")[:250].replace("\x00", "")
        try:
            ip = get_adapter().get_client_ip(request)
        except PermissionDenied:  # the address is not an IP address, as on a socket
            ip = None
    email = email or (user.email if user else "")
    event = LoginEvent.objects.create(
        kind=kind, user=user, email=email, actor=actor, reason=reason, ip=ip, user_agent=user_agent, facts=facts
    )
    log.info(
        "login_event",
        kind=kind.value,
        user_id=user.pk if user else None,
        email=email,
        ip=ip,
        actor_id=actor.pk if actor else None,
        **facts,
    )
    return event

"""Sending the mails about accounts: rendered in the person's language, sent when the transaction is through."""

import uuid
from collections.abc import Mapping
from typing import Any

from allauth.core import context as under_way
from django.conf import settings
from django.utils import timezone, translation

from innovation.accounts.mails import render
from innovation.accounts.models import User
from innovation.core import outbox


def deliver(name: str, to: str, *, language: str, context: Mapping[str, Any]) -> None:
    """Send mail ``name`` to one address; ``language`` empty means that of the page under way."""
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        subject, text, html = render(name, {**context, "email": to})
    outbox.send_mail(to=to, subject=subject, text=text, html=html, key=f"{name}:{uuid.uuid4()}", secret=True)


def notify(user: User, mail: str, /, **context: Any) -> None:
    """Tell ``user`` by mail of a change to the account, with time and place of the request under way."""
    meta = under_way.request.META if under_way.request else {}
    facts = {
        "timestamp": timezone.now(),
        "ip": meta.get("REMOTE_ADDR", ""),
        "user_agent": meta.get("HTTP_USER_AGENT", ""),
    }
    deliver(mail, user.email, language=user.language, context=facts | context)

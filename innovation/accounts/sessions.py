"""The two limits of a session (idle and whole length), and ending sessions."""

import time
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from innovation.accounts.models import User

BEGAN, SEEN = "began_at", "seen_at"
NOTE_EVERY_SECONDS = 60


def begin(request: HttpRequest) -> None:
    """Start both clocks at log-in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def is_over(request: HttpRequest) -> bool:
    """Whether the session was idle for too long, or is older than any session may be."""
    now, session = time.time(), request.session
    idle = now - session.get(SEEN, now)
    age = now - session.get(BEGAN, now)
    return idle > settings.SESSION_IDLE_SECONDS or age > settings.SESSION_COOKIE_AGE


def note_activity(request: HttpRequest) -> None:
    """Remember that the person is there; at most one write a minute."""
    now = int(time.time())
    if BEGAN not in request.session:
        begin(request)
    elif now - request.session.get(SEEN, 0) >= NOTE_EVERY_SECONDS:
        request.session[SEEN] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def end(user: User, *, keep: str | None = None, only: int | None = None) -> int:
    """End the sessions of ``user``: all but the one with key ``keep``, or the one with row id ``only``.

    Returns how many ended.
    """
    sessions = UserSession.objects.filter(user=user)
    if keep is not None:
        sessions = sessions.exclude(session_key=keep)
    if only is not None:
        sessions = sessions.filter(pk=only)
    keys = list(sessions.values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store().delete(key)
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)

"""One JSON line an event, with the request's id, without secrets; a line break in a value cannot forge a line."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|session|csrf|api_?key|credential|otp|signature", re.IGNORECASE
)
_SECRET_TEXT = [
    # Addresses of password resets and confirmations end in a key.
    re.compile(r"(?<=/key/)[^/\s\"']+"),
    re.compile(r"(?<=confirm-email/)[^/\s\"']+"),
    # Addresses of servers carry a password between colon and at.
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),
    re.compile(r"(?i)\b(?:bearer|token)\s+[a-z0-9._~+/=-]{8,}"),
]

Event = MutableMapping[str, Any]


def hide_secrets(logger: Any, method: str, event: Event) -> Event:
    """Blank values whose name or shape is that of a secret, at any depth."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _hidden(str(key), below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, below) for below in value]
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        for pattern in _SECRET_TEXT:
            value = pattern.sub(HIDDEN, value)
    return value


def _task(logger: Any, method: str, event: Event) -> Event:
    """Django's and Celery's own records name the request or task object; its text is enough."""
    return {name: value for name, value in event.items() if name not in {"request", "data"}}


_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configuration(level: str, style: str) -> dict[str, Any]:
    """Django's ``LOGGING``; sets structlog up too. ``style`` is ``json`` or ``console`` (coloured, for developers)."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.dev.ConsoleRenderer()
        if style == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta, _task, hide_secrets, last,
                ],
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # One line a request is written by our own middleware.
            "django.server": {"level": "WARNING", "propagate": True, "handlers": []},
            "celery.redirected": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }  # fmt: skip

"""Every error of the API in one shape: problem details (RFC 9457) as ``application/problem+json``."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable, QueryCanceled
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from innovation.core import history
from innovation.core.errors import RuleViolation

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
STATUS_OF_RULE = {
    "NOT_PERMITTED": status.HTTP_403_FORBIDDEN,
    "CHANGED_MEANWHILE": status.HTTP_409_CONFLICT,
    "NO_SUCH_TRANSITION": status.HTTP_409_CONFLICT,
    "JOB_NOT_FAILED": status.HTTP_409_CONFLICT,
}
CODES = {401: "NOT_AUTHENTICATED", 403: "NOT_PERMITTED", 404: "NOT_FOUND", 413: "TOO_LARGE", 500: "INTERNAL_ERROR"}
HOW_TO_LOG_IN = _(
    "Send a token in the header “Authorization: Bearer …”. You make one on your account's page, under API tokens."
)
TITLES = {
    400: _("The request is not valid."),
    401: _("Log in first."),
    403: _("You may not do this."),
    404: _("There is nothing here."),
    405: _("This address does not take this method."),
    406: _("This format is not available."),
    409: _("This clashes with the present state."),
    413: _("The request is too large."),
    415: _("This kind of content is not understood."),
    422: _("A rule stands against this."),
    429: _("Too many requests. Wait a moment."),
    500: _("Something went wrong on our side. It has been recorded."),
    503: _("The service is busy or being restarted. Try again in a moment."),
}


def problem(
    code: int, *, detail: Any = "", kind: str = "", errors: list[dict[str, str]] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The body of a problem answer. ``kind`` is our stable upper-case code, ``errors`` name fields."""
    return {
        "type": "about:blank",
        "title": str(TITLES.get(code, TITLES[400 if code < status.HTTP_500_INTERNAL_SERVER_ERROR else 500])),
        "status": code,
        "code": kind or CODES.get(code, f"HTTP_{code}"),
        "detail": str(detail) or str(TITLES.get(code, "")),
        "errors": errors or [],
        "facts": dict(facts or {}),
        "request_id": history.current_request_id(),
    }


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None (an unexpected error) goes on to Django, which logs it and calls handler500."""
    if isinstance(error, RuleViolation):
        code = STATUS_OF_RULE.get(error.code, status.HTTP_422_UNPROCESSABLE_ENTITY)
        errors = [{"field": error.field, "code": error.code, "message": str(error)}] if error.field else []
        return _answer(problem(code, detail=error, kind=error.code, errors=errors, facts=error.facts))
    if isinstance(error, ModelError):
        return _answer(problem(400, kind="INVALID", detail=TITLES[400], errors=_of_model(error)))
    if isinstance(error, IntegrityError):
        log.warning("integrity error reached the API", error=str(error.__cause__ or error).splitlines()[0])
        return _answer(problem(409, kind="CONFLICT", detail=_("The database refused this: it clashes with a record.")))
    if isinstance(error, OperationalError | InterfaceError):
        return _answer(busy(error), {"Retry-After": "2"})
    if isinstance(error, Http404 | PermissionDenied):
        error = exceptions.NotFound() if isinstance(error, Http404) else exceptions.PermissionDenied()
    plain = exception_handler(error, context)
    if plain is None or not isinstance(error, exceptions.APIException):
        return None
    kept = {name: plain[name] for name in ("WWW-Authenticate", "Retry-After") if name in plain}
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.get_full_details()))
        body = problem(plain.status_code, kind="INVALID", detail=_told(errors), errors=errors)
    elif isinstance(error, exceptions.NotAuthenticated):
        body = problem(plain.status_code, detail=HOW_TO_LOG_IN)
    else:
        body = problem(plain.status_code, detail=error.detail, kind=_kind(error))
    return _answer(body, kept)


def _told(errors: list[dict[str, str]]) -> str:
    """The first errors in one line, for whoever reads the detail alone."""
    return " ".join(": ".join(filter(None, (one["field"], one["message"]))) for one in errors[:3])


def _kind(error: exceptions.APIException) -> str:
    return CODES.get(error.status_code) or str(error.default_code).upper()


def busy(error: OperationalError | InterfaceError) -> dict[str, Any]:
    """The answer while the database is away, a statement took too long, or a row stays locked."""
    if isinstance(error.__cause__, LockNotAvailable):
        return problem(409, kind="LOCKED", detail=_("Somebody else is changing this record. Try again in a moment."))
    if isinstance(error.__cause__, QueryCanceled):
        return problem(503, kind="TOO_SLOW", detail=_("This took too long and was stopped. Ask for less at once."))
    return problem(503, kind="UNAVAILABLE")


def json_problem(request: HttpRequest, code: int, **more: Any) -> JsonResponse:
    """The same body outside DRF, for addresses under /api/ that no view answers."""
    return JsonResponse(problem(code, **more), status=code, content_type=CONTENT_TYPE)


def _answer(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _of_model(error: ModelError) -> list[dict[str, str]]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        {"field": "" if field == NON_FIELD_ERRORS else field, "code": (one.code or "invalid").upper(), "message": text}
        for field, ones in by_field.items()
        for one in ones
        for text in one.messages
    ]


def _flat(details: Any, path: str = "") -> Any:
    """DRF's nested details as a flat list of field, code and message; ``rows.2.amount`` names a nested field."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"field": path, "code": str(details["code"]).upper(), "message": str(details["message"])}
    elif isinstance(details, Mapping):
        for name, below in details.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(below, ".".join(part for part in (path, step) if part))
    else:
        for place, below in enumerate(details):
            nested = isinstance(below, Mapping) and "code" not in below
            yield from _flat(below, f"{path}.{place}" if nested else path)

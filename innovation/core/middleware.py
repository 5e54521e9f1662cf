"""What every request gets: an id, a context for history and log, and the content policy of its part of the site."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from innovation.core import error_pages, history, metrics

log = structlog.get_logger("innovation.request")

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
QUIET = {"/livez", "/readyz", "/metrics"}


class RequestContext:
    """Give the request an id, name its person to the history, and write one line about it.

    ``X-Request-ID`` of a proxy or client is kept when it is well-formed, so that one id leads through all logs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        started = time.perf_counter()
        with history.context(lambda: _describe(request)):
            response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        if request.path not in QUIET:
            self._record(request, response, time.perf_counter() - started)
        return response

    def _record(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        # The pattern, never the path: addresses of password resets carry a secret.
        match = request.resolver_match
        view = (match.view_name or match.route) if match else "-"
        metrics.observe(request.method or "", view, response.status_code, seconds)
        log.info(
            "request", method=request.method, route=match.route if match else "", status=response.status_code,
            ms=round(seconds * 1000), user=_loaded_user(request),
        )  # fmt: skip


def _describe(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    return {
        "actor": person.pk if person else None,
        "actor_label": history.label_of(person),
        "request_id": request.request_id,
    }


def _loaded_user(request: HttpRequest) -> int | None:
    """The person's number if the request looked it up anyway; the log line is not worth a query."""
    return getattr(request, "_cached_user", None) and request._cached_user.pk


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere; under /admin/ its own, looser one, because the admin's scripts need it."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and request.path_info.startswith("/admin/"):
            parts.config = dict(settings.ADMIN_CONTENT_SECURITY_POLICY)
        return parts


class SizeLimit:
    """Refuse a request that announces more than is ever taken, before a byte of it is read or kept.

    A request without a length has no body for Django. Files may be as large as an upload and what stands around it;
    everything else is text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        with_files = request.content_type == "multipart/form-data"
        most = settings.REQUEST_MAX_BYTES if with_files else settings.REQUEST_MAX_TEXT_BYTES
        if announced.isdecimal() and int(announced) > most:
            log.warning("request too large", announced=int(announced), most=most)
            return error_pages.too_large(request)
        return self.get_response(request)

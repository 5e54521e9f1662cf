"""Pages for what went wrong; under /api/ the same as problem details. The texts are in ``templates/``."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from innovation.core.api.problems import json_problem


def _page(request: HttpRequest, code: int) -> HttpResponse:
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        return json_problem(request, code)
    return render(request, f"{code}.html", status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def too_large(request: HttpRequest) -> HttpResponse:
    """413, before a byte of the request was read."""
    return _page(request, 413)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away or too slow. Uses no database itself: it may be what failed."""
    error = sys.exc_info()[1]
    code = 503 if isinstance(error, OperationalError | InterfaceError) else 500
    if request.path.startswith("/api/"):
        response: HttpResponse = json_problem(request, code)
    else:
        response = HttpResponse(render_to_string(f"{code}.html", {"request": request}), status=code)
    if isinstance(error, OperationalError | InterfaceError):
        response["Retry-After"] = "5"
    return response

"""Addresses for those who watch the service: alive, ready, figures."""

import hmac

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError

from innovation.core import metrics

_migrated = False


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. It depends on nothing: an outage elsewhere is no reason to restart it."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated, else 503. Redis is reported; pages work without it."""
    report = {"database": "ok", "migrations": "ok", "redis": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        report["migrations"] = "ok" if is_migrated() else "missing"
    except Error:
        report["database"] = report["migrations"] = "down"
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        report["redis"] = "down"
    ready = report["database"] == report["migrations"] == "ok"
    return JsonResponse(report, status=200 if ready else 503)


def is_migrated() -> bool:
    """Whether no migration is missing. Asked of the database until it is so; the code cannot change after that."""
    global _migrated  # noqa: PLW0603 - remembered for the life of the process
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for staff, or with ``Authorization: Bearer METRICS_TOKEN``."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    known = settings.METRICS_TOKEN.encode()
    if not (known and hmac.compare_digest(given, known)) and not request.user.is_staff:
        raise PermissionDenied
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

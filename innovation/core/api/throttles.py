"""Limits on requests, counted in the cache that all processes share."""

import time
from typing import ClassVar

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

log = structlog.get_logger(__name__)
SECONDS = {"s": 1, "min": 60, "h": 3600}


class Throttle(BaseThrottle):
    """At most N requests a window, by person or, for strangers, by address.

    Counted by one atomic increment, so that parallel requests cannot slip through together. While the cache is
    away requests pass: an outage of Redis must not close the API.
    """

    scope: ClassVar[str]

    def applies(self, request: Request) -> bool:
        return True

    def allow_request(self, request: Request, view: APIView) -> bool:
        rate = settings.API_RATES.get(self.scope)
        if not rate or not self.applies(request):
            return True
        limit, __, window = rate.partition("/")
        seconds = SECONDS[window]
        now = time.time()
        who = f"user-{request.user.pk}" if request.user and request.user.pk else f"from-{self.get_ident(request)}"
        key = f"throttle:{self.scope}:{who}:{int(now // seconds)}"
        self.left = seconds - now % seconds
        try:
            cache.add(key, 0, timeout=seconds + 1)
            return cache.incr(key) <= int(limit)
        except (RedisError, ValueError) as error:
            log.warning("throttle not counted", error=str(error))
            return True

    def wait(self) -> float:
        return self.left


class ReadThrottle(Throttle):
    scope = "read"


class WriteThrottle(Throttle):
    scope = "write"

    def applies(self, request: Request) -> bool:
        return request.method not in {"GET", "HEAD", "OPTIONS"}

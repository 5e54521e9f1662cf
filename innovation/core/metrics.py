"""Figures for the operators, in the format of Prometheus."""

import os
from collections.abc import Iterator

from django.apps import apps
from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

from innovation.core.jobs import Job
from innovation.core.models import OutboxMessage

REQUESTS = Counter("innovation_requests", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram("innovation_request_seconds", "Time to answer", ["view"], buckets=(0.05, 0.1, 0.3, 1, 3, 10))


def observe(method: str, view: str, status: int, seconds: float) -> None:
    """Count one answered request. ``view`` is a name from our own table of addresses, so it cannot grow."""
    REQUESTS.labels(method, view, status).inc()
    SECONDS.labels(view).observe(seconds)


class _Waiting(Collector):
    """What waits in the database: the same answer whichever process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("innovation_database_up", "1 when the database answers")
        try:
            found = [*self._jobs(), *self._outbox()]
            up.add_metric([], 1)
        except Error:
            found = []
            up.add_metric([], 0)
        yield up
        yield from found

    def _jobs(self) -> list[GaugeMetricFamily]:
        count = GaugeMetricFamily("innovation_jobs", "Jobs by kind and state", labels=["kind", "state"])
        for model in apps.get_models():
            if issubclass(model, Job):
                for state, number in model.objects.values_list("state").annotate(Count("pk")).order_by("state"):
                    count.add_metric([model._meta.label_lower, state], number)
        return [count]

    def _outbox(self) -> list[GaugeMetricFamily]:
        count = GaugeMetricFamily("innovation_outbox", "Messages by state", labels=["state"])
        for state, number in OutboxMessage.objects.values_list("state").annotate(Count("pk")).order_by("state"):
            count.add_metric([state], number)
        age = GaugeMetricFamily("innovation_outbox_oldest_seconds", "Age of the oldest waiting message")
        oldest = OutboxMessage.objects.waiting().aggregate(first=Min("created_at"))["first"]
        age.add_metric([], (timezone.now() - oldest).total_seconds() if oldest else 0)
        return [count, age]


def exposition() -> bytes:
    """All figures; of all web processes when ``PROMETHEUS_MULTIPROC_DIR`` is set, else of this one."""
    registry: CollectorRegistry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)
        processes = generate_latest(registry)
    else:
        processes = generate_latest(REGISTRY)
    waiting: CollectorRegistry = CollectorRegistry()
    waiting.register(_Waiting())
    return processes + generate_latest(waiting)

"""What may be done with reports: ask, make, schedule, tell."""

from innovation.reports.actions.asking import make_for_period, request_run, retry
from innovation.reports.actions.making import make_run
from innovation.reports.actions.scheduling import (
    ensure_default_schedules,
    make_due,
    save_schedule,
    subscribe,
    unsubscribe,
)
from innovation.reports.actions.telling import tell, tell_waiting

__all__ = [
    "ensure_default_schedules",
    "make_due",
    "make_for_period",
    "make_run",
    "request_run",
    "retry",
    "save_schedule",
    "subscribe",
    "tell",
    "tell_waiting",
    "unsubscribe",
]

"""The Celery application: tasks of every app, schedule in the database."""

import logging.config
import os
import sys
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, Task, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation.settings")
if "celery" in Path(sys.argv[0]).parts[-2:]:
    # Time limits of the database depend on who asks; see the settings.
    os.environ.setdefault("INNOVATION_ROLE", "worker")

log = structlog.get_logger("innovation.task")


class NamedTask(Task):
    """A task whose changes the history ascribes to it, under the id of the request that caused it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Django's apps are not loaded when this module is.
        from innovation.core import history  # noqa: PLC0415

        request_id = (self.request.headers or {}).get("request_id") or self.request.id or ""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, task=self.name)
        with history.acting_as(None, self.name, request_id=request_id):
            return super().__call__(*args, **kwargs)


app = Celery("innovation", task_cls=NamedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """A task carries the id of the request that sent it, so that one id leads through both logs."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if headers is not None and request_id:
        headers["request_id"] = request_id


@signals.setup_logging.connect
def log_like_the_rest(**kwargs: Any) -> None:
    """Worker and beat write the same JSON lines as the web server."""
    from django.conf import settings  # noqa: PLC0415 - settings may import this package

    logging.config.dictConfig(settings.LOGGING)

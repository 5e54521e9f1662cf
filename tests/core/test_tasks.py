"""Whatever the product sends to its worker, or lets the clock send, is a task that the worker knows."""

from django.apps import apps

from innovation.celery import app
from innovation.core.jobs import Job
from innovation.schedule import CELERY_BEAT_SCHEDULE

SENT = sorted(
    {model.task_name for model in apps.get_models() if issubclass(model, Job)}
    | {entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()}
)


def test_the_worker_knows_each_task_by_the_name_under_which_it_is_sent():
    app.loader.import_default_modules()
    assert [name for name in SENT if name not in app.tasks] == []

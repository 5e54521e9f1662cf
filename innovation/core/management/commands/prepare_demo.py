"""What stands between running servers and a running product: schema, demonstration city, translations, static files.

A process of its own, so that the memory Django takes for it is free again before the web server starts.
"""

import hashlib
import json
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from innovation.core import demo
from innovation.core.jobs import Job, JobState
from innovation.core.translations import compile_all
from innovation.local.bootstrap import step
from innovation.local.migrations import MigrateWithDots, render_less
from innovation.local.processes import write_private

PATIENCE = 20
"""Seconds that the welcome waits for the first jobs; a first start is to take less than a minute in all."""


class Command(BaseCommand):
    help = "Bring database, demonstration city, translations and static files up to date; `make demo` runs this."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait-for-jobs", action="store_true", help="wait until the queue has made what the new city asked for"
        )

    def handle(self, *, wait_for_jobs: bool, **options: object) -> None:
        if wait_for_jobs:
            write_card(is_new=True, unfinished=wait(self.tell))
            return
        with step("Translations"):
            compile_all()
        with step("Database schema"):
            render_less()
            call_command(MigrateWithDots(), verbosity=0, interactive=False)
        if is_new := not get_user_model().objects.exists():
            with step("Demonstration city"):
                demo.make_city(lambda part: self.stdout.write(f"{part.name.lower()} ... ", ending=""))
        stamp = settings.VAR_DIR / "static.stamp"
        state = hashlib.sha256("\n".join(_static_state()).encode()).hexdigest()
        if not stamp.exists() or stamp.read_text() != state:
            with step("Static files"):
                call_command("collectstatic", verbosity=0, interactive=False, clear=True)
                stamp.write_text(state)
        write_card(is_new=is_new)

    def tell(self, text: str) -> None:
        self.stdout.write(f"{text} ... ", ending="")
        self.stdout.flush()


def write_card(*, is_new: bool, unfinished: int = 0) -> None:
    """Leave for the supervisor what it shows when all is ready."""
    card = {
        "is_new": is_new,
        "unfinished": unfinished,
        "logins": [[login.role, login.email, login.password] for login in demo.logins()],
        "suggestions": [[str(suggestion), suggestion.path] for suggestion in demo.suggestions()],
    }
    write_private(settings.VAR_DIR / "demo.json", json.dumps(card, ensure_ascii=False))


def wait(tell: Callable[[str], None]) -> int:
    """Wait until no job is queued or running, ``PATIENCE`` seconds at most; return how many still are.

    ``tell`` gets "1 of 2" whenever one more is made, and how many failed.
    """
    models = [model for model in apps.get_models() if issubclass(model, Job)]
    deadline, said = time.monotonic() + PATIENCE, ""
    while True:
        states = Counter(state for model in models for state in model.objects.values_list("state", flat=True))
        failed = f", {states[JobState.FAILED]} failed" if states[JobState.FAILED] else ""
        text = f"{states[JobState.DONE]} of {states.total()}{failed}"
        if text != said:
            tell(text)
            said = text
        unfinished = states[JobState.QUEUED] + states[JobState.RUNNING]
        if not unfinished or time.monotonic() > deadline:
            return unfinished
        time.sleep(0.2)


def _static_state() -> Iterator[str]:
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            yield f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}"

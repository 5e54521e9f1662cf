"""What stands between running servers and a running product: schema, demonstration city, translations, static files.

A process of its own, so that the memory Django takes for it is free again before the web server starts.
"""

import hashlib
import json
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from innovation.core import demo
from innovation.core.translations import compile_all
from innovation.local.bootstrap import step
from innovation.local.migrations import MigrateWithDots, render_less
from innovation.local.processes import write_private


class Command(BaseCommand):
    help = "Bring database, demonstration city, translations and static files up to date; `make demo` runs this."
    requires_system_checks = []

    def handle(self, **options: object) -> None:
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


def write_card(*, is_new: bool) -> None:
    """Leave for the supervisor what it shows when all is ready."""
    card = {
        "is_new": is_new,
        "logins": [[login.role, login.email, login.password] for login in demo.logins()],
        "suggestions": [[str(suggestion), suggestion.path] for suggestion in demo.suggestions()],
    }
    write_private(settings.VAR_DIR / "demo.json", json.dumps(card, ensure_ascii=False))


def _static_state() -> Iterator[str]:
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            yield f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}"

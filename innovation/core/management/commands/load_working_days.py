"""Add or update the working-day calendar from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from innovation.core import calendar_file, history
from innovation.core.errors import RuleViolation
from innovation.core.models import WorkingDayException


class Command(BaseCommand):
    help = "Add or update days of the working-day calendar; running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=calendar_file.SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with (
                options["file"].open(encoding="utf-8-sig", newline="") as lines,
                transaction.atomic(),
                history.acting_as(None, "manage.py load_working_days"),
            ):
                changed = calendar_file.upsert(WorkingDayException, calendar_file.read(lines))
        except (OSError, UnicodeDecodeError, RuleViolation) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{changed} days added or changed")

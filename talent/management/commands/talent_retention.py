"""Run the retention rules from the command line, or count what they would do."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand
from django.utils import timezone

from talent.actions.retention import run_retention


class Command(BaseCommand):
    help = "End what has been kept long enough; --simulate only counts. The counts are kept and shown in the admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulate", action="store_true", help="count, change nothing")
        parser.add_argument("--day", type=date.fromisoformat, default=None, help="as of this day (YYYY-MM-DD)")

    def handle(self, *, simulate: bool, day: date | None, **options: object) -> None:
        today = timezone.localdate()
        if day and not simulate:
            self.stderr.write("--day is for --simulate; running as of today")
        run = run_retention(today=(day or today) if simulate else today, simulate=simulate)
        for name, count in sorted(run.counts.items()):
            self.stdout.write(f"{name:>12} {count:>8,}")

"""Compute every kept tolerance result again from the books; ends with code 1 when one differs."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from funds.actions.results import keep_results, prove
from funds.models import ToleranceResult


class Command(BaseCommand):
    help = "Compare every kept tolerance result with the books; --keep DAY keeps the results of a day first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep", metavar="DAY", help="keep the results as of a day such as 2026-06-30, known now")

    def handle(self, *, keep: str | None, **options: object) -> None:
        if keep is not None:
            day = parse_date(keep)
            if day is None or day > timezone.localdate():
                raise CommandError(f"“{keep}” is no day that has passed; write it as 2026-06-30")
            self.stdout.write(f"{keep_results(as_of=day, known_at=timezone.now())} results kept as of {day}")
        differences = prove()
        for one in differences:
            what = ", ".join(one.fields) if one.fields else "the books give no such answer"
            self.stderr.write(f"result {one.result_id}: {what}")
        total = ToleranceResult.objects.count()
        if differences:
            raise CommandError(f"{len(differences)} of {total} kept results differ from the books")
        self.stdout.write(f"All {total} kept results follow from the books")

"""Load the industry and division lists, the shipped ones or newer files of the same shape."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from innovation.core.history import acting_as
from innovation.organisations import classifications
from innovation.organisations.models import Division, Industry


class Command(BaseCommand):
    help = "Load the industry (GB/T 4754) and division (GB/T 2260) lists. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--industries", type=Path, help="a file like innovation/organisations/data/industries.csv")
        parser.add_argument("--divisions", type=Path, help="a file like innovation/organisations/data/divisions.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(None, label="load_classifications"):
            for model, rows in (
                (Industry, classifications.read_industries(options["industries"])),
                (Division, classifications.read_divisions(options["divisions"])),
            ):
                done = classifications.load(model, rows)
                self.stdout.write(
                    f"{model._meta.verbose_name_plural}: {done.added} added, {done.changed} changed, "
                    f"{done.unchanged} unchanged, {done.retired} no longer current"
                )

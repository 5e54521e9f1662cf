"""Run the schedule unless another beat does."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from innovation.local import beat


class Command(BaseCommand):
    help = "Run the schedule unless another beat does; take over when that one ends."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loglevel", default="INFO")

    def handle(self, *, loglevel: str, **options: object) -> None:
        beat.run(settings.DATABASE_URL, loglevel)

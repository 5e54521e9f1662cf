"""Fill the database with the demonstration city."""

from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from innovation.core import demo


class Command(BaseCommand):
    help = "Make the demonstration city; running it again adds only what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when somebody can log in already")

    def handle(self, *, if_empty: bool, **options: object) -> None:
        if settings.MODE == "production":
            raise CommandError("The demonstration has known passwords; set INNOVATION_MODE=demo to make it")
        if if_empty and get_user_model().objects.exists():
            return
        demo.make_city(lambda part: self.stdout.write(f"  {part.name}"))

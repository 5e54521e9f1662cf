"""Print the data dictionary of an app, or renew its page."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from innovation.core.data_dictionary import page_of, renewed


class Command(BaseCommand):
    help = "Print the data dictionary of an app as Markdown; --write renews its page under docs/data-dictionary."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app")
        parser.add_argument("--write", action="store_true", help="renew the page instead of printing it")

    def handle(self, *, app: str, write: bool, **options: object) -> None:
        page = page_of(app)
        text = renewed(app, page.read_text(encoding="utf-8") if page.exists() else "")
        if write:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")

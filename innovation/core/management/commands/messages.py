"""Bring the translation catalogues in line with the strings in code and templates, or check them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from innovation.core import translations


class Command(BaseCommand):
    help = (
        "Add missing strings, empty, to the catalogue of their app and drop those no longer used; --check only reports."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="folders of apps such as innovation/core; all when none is named")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="name each unfinished string and fail if there is one")
        what.add_argument("--compile", action="store_true", help="only compile the catalogues, as an installation does")

    def handle(self, *, apps: list[str], check: bool, compile: bool, **options: object) -> None:  # noqa: A002
        if compile:
            self.stdout.write(f"{translations.compile_all()} catalogues compiled")
            return
        if check:
            if lines := translations.defects():
                raise CommandError(
                    "\n".join([*lines, f"{len(lines)} strings need work: `make messages`, then translate"])
                )
            self.stdout.write("Every string has its translation.")
            return
        known = translations.catalogues()
        if unknown := set(apps) - known.keys():
            raise CommandError(f"No catalogue for {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        for app in apps or known:
            added, dropped = translations.refresh(app)
            self.stdout.write(f"{app}: {added} added, {dropped} dropped")
        self.stdout.write(f"{len(translations.defects())} strings need work; `manage.py messages --check` names them")

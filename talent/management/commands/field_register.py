"""List what the field register does not say yet."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from talent.data.field_register import register
from talent.queries.field_register import missing, problems


class Command(BaseCommand):
    help = (
        "Name the columns of the talent part without an entry in talent/data/field_register; --stub prints JSON to "
        "fill in. Ends with code 1 while something is missing or does not fit."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stub", action="store_true", help="print the missing entries as JSON to fill in")

    def handle(self, *, stub: bool, **options: object) -> None:
        if stub:
            self.stdout.write(json.dumps({model: _stub(model, names) for model, names in missing().items()}, indent=2))
            return
        found = problems()
        if found:
            raise CommandError("\n".join([*found, f"{len(found)} to be settled"]))
        self.stdout.write(f"{sum(len(entry.fields) for entry in register().values())} columns, all with an entry")


def _stub(model: str, names: list[str]) -> dict:
    fields: dict[str, dict] = {name: {} for name in names}
    if model in register():
        return {"fields": fields}
    said = {"person": "?", "on_erasure": "?", "purpose": "?", "basis": "?", "retention": "?", "visibility": "?"}
    return {**said, "fields": fields}

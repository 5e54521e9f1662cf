from functools import partial

from django.db import migrations

from innovation.calls.data.definitions import load


def insert(apps, schema_editor):
    load(partial(apps.get_model, "calls"))


class Migration(migrations.Migration):
    replaces = [("calls", "0002_shipped_definitions"), ("calls", "0005_messages")]
    dependencies = [("calls", "0001_schema")]
    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]

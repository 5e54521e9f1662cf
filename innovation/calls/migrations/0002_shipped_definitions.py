from functools import partial

from django.db import migrations

from innovation.calls.data.definitions import load


def insert(apps, schema_editor):
    load(partial(apps.get_model, "calls"))


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]

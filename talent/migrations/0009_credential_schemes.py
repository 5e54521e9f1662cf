from django.db import migrations

from talent.data.credential_schemes import load


def load_schemes(apps, schema_editor):
    load(lambda name: apps.get_model("talent", name))


class Migration(migrations.Migration):
    dependencies = [("talent", "0008_credentials")]
    operations = [migrations.RunPython(load_schemes, migrations.RunPython.noop, elidable=False)]

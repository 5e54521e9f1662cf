from django.db import migrations

from funds.data.policies import load


def load_policies(apps, schema_editor):
    load(lambda name: apps.get_model("funds", name))


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]
    operations = [migrations.RunPython(load_policies, migrations.RunPython.noop, elidable=False)]

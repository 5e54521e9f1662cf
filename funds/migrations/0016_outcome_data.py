from django.db import migrations

from funds.outcome_data import load


def load_outcomes(apps, schema_editor):
    load(lambda name: apps.get_model("funds", name))


class Migration(migrations.Migration):
    dependencies = [("funds", "0015_stress")]
    operations = [migrations.RunPython(load_outcomes, migrations.RunPython.noop, elidable=False)]

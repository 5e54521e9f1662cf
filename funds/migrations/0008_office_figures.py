from django.db import migrations

from funds.office_data import load


def load_figures(apps, schema_editor):
    load(lambda name: apps.get_model("funds", name))


class Migration(migrations.Migration):
    dependencies = [("funds", "0007_valuation_work")]
    operations = [migrations.RunPython(load_figures, migrations.RunPython.noop, elidable=False)]

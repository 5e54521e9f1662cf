from django.db import migrations

from funds.office_data import load_evaluation


def load_figures(apps, schema_editor):
    load_evaluation(lambda name: apps.get_model("funds", name))


class Migration(migrations.Migration):
    dependencies = [("funds", "0019_evaluation_filing")]
    operations = [migrations.RunPython(load_figures, migrations.RunPython.noop, elidable=False)]

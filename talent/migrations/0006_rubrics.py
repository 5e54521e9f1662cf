from django.db import migrations

from talent.data.rubrics import load


def insert(apps, schema_editor):
    load(apps.get_model("talent", "AssessmentRubric"))


class Migration(migrations.Migration):
    dependencies = [("talent", "0005_assessment")]
    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]

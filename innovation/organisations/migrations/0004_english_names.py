from django.db import migrations

from innovation.organisations import classifications


def renew(apps, schema_editor):
    classifications.load(apps.get_model("organisations", "Industry"), classifications.read_industries())


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_in_directory")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]

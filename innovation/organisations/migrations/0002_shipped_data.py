from django.db import migrations

from innovation.organisations import classifications


def fill(apps, schema_editor):
    classifications.load(apps.get_model("organisations", "Industry"), classifications.read_industries())
    classifications.load(apps.get_model("organisations", "Division"), classifications.read_divisions())
    role_kind = apps.get_model("organisations", "RoleKind")
    role_kind.objects.bulk_create([role_kind(**row) for row in classifications.read_role_kinds()])


class Migration(migrations.Migration):
    replaces = [("organisations", "0002_classifications"), ("organisations", "0004_english_names")]
    dependencies = [("organisations", "0001_schema")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

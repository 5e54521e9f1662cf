"""The roles as groups. Their permissions are synchronised after every migrate, see ``accounts.permissions``."""

from django.db import migrations

from innovation.accounts.choices import Role


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=role.value) for role in Role], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_schema")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]

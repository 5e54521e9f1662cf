"""Put the State Council's notices of 2024 to 2026 into the calendar."""

from django.db import migrations

from innovation.core import calendar_file


def load(apps, schema_editor):
    with calendar_file.SHIPPED.open(encoding="utf-8", newline="") as lines:
        calendar_file.upsert(apps.get_model("core", "WorkingDayException"), calendar_file.read(lines))


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]

"""Fields of the national register say their unit with the value, and name the documents that they rest on."""

from django.db import migrations

OLD_SOURCE = "fields as far as known at second hand; the register's own list was not seen"
SOURCE = "发改财金规〔2025〕1753号；前身登记系统见发改办财金规〔2017〕571号"


def rename(apps, schema_editor):
    for row in apps.get_model("funds", "FilingField").objects.filter(source=OLD_SOURCE):
        row.zh, row.en, row.source = row.zh.removesuffix("(分)"), row.en.removesuffix(" (fen)"), SOURCE
        row.save(update_fields=["zh", "en", "source"])


class Migration(migrations.Migration):
    dependencies = [("funds", "0012_last_distribution")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]

"""What the product ships as data: texts of consents, skills, definitions of the ratio, rubrics, credential schemes."""

from django.db import migrations

from talent.data import consent_texts, credential_schemes, ratio, rubrics, skills


def load(apps, schema_editor):
    def model(name):
        return apps.get_model("talent", name)

    consent_texts.load(model("ConsentText"))
    skills.load(model("Skill"))
    ratio.load(model)
    rubrics.load(model("AssessmentRubric"))
    credential_schemes.load(model)


class Migration(migrations.Migration):
    replaces = [
        ("talent", "0002_privacy"),
        ("talent", "0003_skills"),
        ("talent", "0004_ratio"),
        ("talent", "0006_rubrics"),
        ("talent", "0009_credential_schemes"),
    ]
    dependencies = [("talent", "0001_schema")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

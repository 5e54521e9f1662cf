"""What the product ships as data: pacing models, thresholds, procedures, outcome tables, indicators."""

import json
from pathlib import Path

from django.db import migrations

from funds.data import office_figures, outcomes, policies

PACING_MODELS = Path(__file__).parents[1] / "data" / "pacing_models.json"
THRESHOLDS = (
    ("LEVEL", None, None, "The levels come from each rule."),
    ("SINGLE_POSITION", None, None, "The largest loss of one position is above the headroom."),
    ("SPEED", 10, 90, "The loss rate rose by ten points within ninety days."),
    ("POLICY_ENDING", None, 90, ""),
    ("TIER_ENDING", None, 60, ""),
    ("IDLE_MONEY", 30, 180, "At least 30 % of paid-in money lies idle, and nothing was invested for 180 days."),
)


def load_pacing_models(apps, schema_editor):
    model = apps.get_model("funds", "PacingModel")
    for row in json.loads(PACING_MODELS.read_text(encoding="utf-8"))["models"]:
        model.objects.create(**row)


def add_alert_thresholds(apps, schema_editor):
    rows = apps.get_model("funds", "AlertThreshold").objects
    for kind, share, days, note in THRESHOLDS:
        rows.get_or_create(kind=kind, defaults={"share_num": share, "days": days, "note": note})


def loader(load):
    return lambda apps, schema_editor: load(lambda name: apps.get_model("funds", name))


class Migration(migrations.Migration):
    dependencies = [("funds", "0003_books_and_cases")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop, elidable=False)
        for load in (
            load_pacing_models,
            add_alert_thresholds,
            loader(office_figures.load),
            loader(policies.load_procedure),
            loader(outcomes.load),
            loader(office_figures.load_evaluation),
        )
    ]

"""What the product ships as data: pacing models, thresholds, procedures, outcome tables, indicators."""

import json
from pathlib import Path

from django.db import migrations

from funds.data import ilpa, office_figures, outcomes, policies

PACING_MODELS = Path(__file__).parents[1] / "data" / "pacing_models.json"
THRESHOLDS = (
    ("LEVEL", None, None, "The levels come from each rule."),
    ("SINGLE_POSITION", None, None, "The largest loss of one position is above the headroom."),
    ("SPEED", 10, 90, "The loss rate rose by ten points within ninety days."),
    ("POLICY_ENDING", None, 90, ""),
    ("TIER_ENDING", None, 60, ""),
    ("IDLE_MONEY", 30, 180, "At least 30 % of paid-in money lies idle, and nothing was invested for 180 days."),
    ("PROGRESS", None, None, "Where each figure begins is set by the thresholds of money progress."),
)


def load(apps, schema_editor):
    def model(name):
        return apps.get_model("funds", name)

    policies.load(model)
    pacing_models = model("PacingModel")
    rows = json.loads(PACING_MODELS.read_text(encoding="utf-8"))["models"]
    pacing_models.objects.bulk_create(pacing_models(**row) for row in rows)
    thresholds = model("AlertThreshold")
    thresholds.objects.bulk_create(
        thresholds(kind=kind, share_num=share, days=days, note=note) for kind, share, days, note in THRESHOLDS
    )
    office_figures.load(model)
    policies.load_procedure(model)
    outcomes.load(model)
    office_figures.load_evaluation(model)
    ilpa.load(model)


class Migration(migrations.Migration):
    replaces = [
        ("funds", "0002_policies"),
        ("funds", "0004_shipped_data"),
        ("funds", "0006_progress_alerts_and_group_breaches"),
        ("funds", "0009_export_templates"),
        ("funds", "0013_register_fields"),
    ]
    dependencies = [("funds", "0001_schema")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

"""What is shipped passes its own checks, is loaded once, and makes calls that can be looked at."""

import pytest
from django.apps import apps

from innovation.calls.choices import CallPhase
from innovation.calls.data.definitions import MODELS, load, ready_made, shipped
from innovation.calls.demo.calls import make_calls
from innovation.calls.models import Call, CallDocument, RubricDefinition
from innovation.calls.rules.definitions import Kind, check
from innovation.calls.rules.forms import by_key

ROWS = list(shipped())
RD_FORMS = ("funding_call", "challenge_bid", "proof_of_concept", "basic_grant")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['family']}-{row['version']}")
def test_each_shipped_definition_passes_its_check(row):
    assert check(row["kind"], row["content"]) == ()
    assert row["title_zh"]
    assert row["title_en"]


def test_every_kind_is_shipped_and_each_ready_made_call_names_what_exists():
    families = {(row["kind"], row["family"]) for row in ROWS}
    assert {row["kind"] for row in ROWS} == set(Kind) == set(MODELS)
    named = {(kind, one[kind]) for one in ready_made().values() for kind in Kind if one.get(kind)}
    assert named <= families
    assert len(ready_made()) == 12


@pytest.mark.parametrize("family", RD_FORMS)
def test_every_rd_form_asks_the_required_questions(family):
    fields = by_key(next(row["content"] for row in ROWS if row["kind"] == "form" and row["family"] == family))
    for key in ("market_fit", "already_on_market", "operating_cost", "innovation_type"):
        assert "submitted" in fields[key]["required_at"]


@pytest.mark.parametrize("content", [None, 7, [], {"sections": 3}, {"windows": 5}, {"criteria": [3]}, {"gates": {}}])
@pytest.mark.parametrize("kind", list(Kind))
def test_json_of_any_shape_is_refused_and_never_breaks_the_check(kind, content):
    assert check(kind, content) != ()


@pytest.mark.django_db
def test_the_migration_has_loaded_all_and_a_second_load_adds_nothing():
    assert load(lambda name: apps.get_model("calls", name)) == 0
    assert RubricDefinition.objects.newest("srdi").content["id"] == "srdi_2026"
    assert {"srdi", "little_giant"} == set(RubricDefinition.objects.filter(version=2).values_list("family", flat=True))


@pytest.mark.django_db
def test_the_demonstration_has_calls_in_every_phase_and_is_made_once(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    make_calls()
    make_calls()
    phases = [call.phase() for call in Call.objects.all()]
    assert {phase: phases.count(phase) for phase in CallPhase} == {
        CallPhase.OPEN: 2, CallPhase.COMING: 1, CallPhase.CLOSED: 3,
    }  # fmt: skip
    assert CallDocument.objects.count() == 3

"""The database itself refuses the number of a resident identity card, in every text about people."""

import json
from pathlib import Path

import pytest
from django.db import connection

from innovation.core.resident_ids import find
from talent.models import ImpactAssessment, Person, RightsRequest
from talent.models.identity import NoIdentityNumber, wordy_columns
from talent.queries.own import personal_models
from tests.factories.talent import AffiliationFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db
SPECIMEN = "11010519491231002X"
"""The specimen of GB 11643-1999; nobody's number."""
CASES = Path(__file__).parents[1] / "reference/cases/talent.json"
OF_CODE = {"AccessLog", "GrantCheck", "ErasureCase", "BlindView", "CategoryCredit", "PersonVault"}
"""Written by the product from other columns or from codes, never by a hand."""


def test_the_database_finds_what_the_product_finds():
    cases = json.loads(CASES.read_text())["cases"]
    texts = [case["inputs"]["text"] for case in cases if case["kind"] == "resident_id_detector"]
    texts += [f"a\n{SPECIMEN[:6]} {SPECIMEN[6:14]}-{SPECIMEN[14:]}b", "11010519490229002X" * 2, "", SPECIMEN.lower()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT talent_holds_identity_number(words) FROM unnest(%s::text[]) AS words", [texts])
        held = [row[0] for row in cursor.fetchall()]
    assert held == [bool(find(text).hits) for text in texts]
    assert held.count(True) > 3


def test_no_door_behind_the_forms_brings_one_in():
    post = AffiliationFactory()
    rows = type(post).objects.filter(pk=post.pk)
    for spelling in (SPECIMEN, "１" + SPECIMEN[1:], f"{SPECIMEN[:6]} {SPECIMEN[6:14]} {SPECIMEN[14:]}"):
        refused("no_identity_number", lambda said=spelling: rows.update(title=f"证{said}号"))
    refused("no_identity_number", lambda: Person.objects.bulk_create([Person(family_name="周", offers=SPECIMEN)]))
    refused(
        "no_identity_number",
        lambda: RightsRequest.objects.create(
            person=post.person, kind="other", due_on="2026-01-01", changes={"given_name": {"to": SPECIMEN}}
        ),
    )
    assert rows.update(title="组长 110105194912310021") == 1  # a wrong check character
    assert rows.update(title="统一社会信用代码 91330106MA2H00001X") == 1


def test_every_record_about_people_in_which_somebody_writes_is_guarded():
    wordy = {model for model, _entry in personal_models() if wordy_columns(model)} | {ImpactAssessment}
    guarded = {
        model
        for model in wordy
        if any(isinstance(trigger, NoIdentityNumber) for trigger in getattr(model._meta, "triggers", ()))
    }
    assert {model.__name__ for model in wordy - guarded} <= OF_CODE

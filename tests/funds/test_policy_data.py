"""The shipped policy rows arrive whole, with their caps, states and flags."""

import json
from fractions import Fraction

import pytest

from funds.data import policies
from funds.models import CatalogueItem, LossRateDefinition, PolicyDocument, PolicyTerm, ToleranceRule

pytestmark = pytest.mark.django_db
SHIPPED = json.loads(policies.FILE.read_text(encoding="utf-8"))


def test_every_document_rule_and_term_is_there_with_its_status():
    rules = {row["id"]: row for document in SHIPPED["policies"] for row in document["rules"]}
    assert dict(ToleranceRule.objects.values_list("code", "status")) == {
        code: row["status"] for code, row in rules.items()
    }
    assert PolicyDocument.objects.filter(kind="LOCAL").count() == len(SHIPPED["policies"]) == 15
    assert PolicyDocument.objects.filter(kind="FRAME").count() == len(SHIPPED["frame_documents"]) == 9
    assert PolicyTerm.objects.count() == sum(len(document["terms"]) for document in SHIPPED["policies"])
    for rule in ToleranceRule.objects.all():
        cap = rules[rule.code]["cap"]
        assert rule.cap == (Fraction(cap["num"], cap["den"]) if cap else None)
        assert rule.cap_state == rules[rule.code]["cap_state"]


def test_the_special_case_of_shangcheng_is_a_tier_of_the_same_rule():
    rule = ToleranceRule.objects.get(code="CN-HZ-SC-FUND-VC")
    assert (rule.cap, rule.special_cap, rule.special_approval_required) == (Fraction(2, 5), Fraction(3, 5), True)


def test_catalogues_and_default_definition_are_shipped():
    kinds = ("duty_items", "exemption_situations", "negative_items", "conditions")
    office = CatalogueItem.objects.filter(kind__in=["STANDARD", "GROUND"])
    assert CatalogueItem.objects.count() - office.count() == sum(len(SHIPPED[kind]) for kind in kinds) + 3
    assert office.count() == 8
    assert LossRateDefinition.objects.get().theta["denominator"] == "INVESTED_COST"


def test_loading_again_adds_nothing_and_changes_nothing():
    before = list(ToleranceRule.objects.values())
    assert policies.load(lambda name: {model.__name__: model for model in (
        CatalogueItem, LossRateDefinition, PolicyDocument, PolicyTerm, ToleranceRule)}[name]) == 0  # fmt: skip
    assert list(ToleranceRule.objects.values()) == before

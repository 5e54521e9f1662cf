"""Bindings, special cases and versions: one policy at a time, two people, nothing rewritten."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from funds.actions import policies, special_tiers
from funds.actions.valuations import store_value
from funds.models import FundPolicyBinding, PolicyDocument, SpecialTierApproval, ToleranceRule, Valuation
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
START, END = date(2024, 1, 1), date(2024, 12, 31)


@pytest.fixture
def shangcheng():
    return PolicyDocument.objects.get(code="CN-HZ-SHANGCHENG-2025")


@pytest.fixture
def binding(officer, shangcheng):
    fund = FundFactory()
    return policies.bind_policy(document_id=shangcheng.pk, fund_id=fund.pk, valid_from=START, actor=officer)


@pytest.mark.parametrize(("start", "end"), [(START, None), (date(2023, 1, 1), START), (END, END)])
def test_an_overlapping_binding_of_the_same_policy_is_refused_by_rule_and_database(
    start, end, binding, officer, shangcheng
):
    with pytest.raises(RuleViolation) as caught:
        policies.bind_policy(
            document_id=shangcheng.pk, fund_id=binding.fund_id, valid_from=start, valid_to=end, actor=officer
        )
    assert caught.value.code == "BINDING_OVERLAP"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        FundPolicyBinding.objects.create(document=shangcheng, fund=binding.fund, valid_from=start, valid_to=end)
    assert refused.value.__cause__.diag.constraint_name == "binding_once_per_fund"


def test_another_version_of_a_bound_policy_needs_the_first_to_end(binding, officer):
    version = policies.new_version(document_id=binding.document_id, actor=officer)
    facts = {"document_id": version.pk, "fund_id": binding.fund_id, "valid_from": END, "actor": officer}
    with pytest.raises(RuleViolation) as caught:
        policies.bind_policy(**facts)
    assert caught.value.code == "BINDING_OVERLAP"
    policies.end_binding(binding_id=binding.pk, valid_to=date(2024, 12, 30), actor=officer)
    assert policies.bind_policy(**facts).document.version == 2


def test_a_district_and_a_city_policy_bind_together(binding, officer):
    city = PolicyDocument.objects.get(code="CN-GZ-CITY-2026")
    policies.bind_policy(document_id=city.pk, fund_id=binding.fund_id, valid_from=START, actor=officer)
    assert binding.fund.policy_bindings.count() == 2


def test_an_ended_binding_stays_readable(binding, officer):
    successor = policies.end_binding(binding_id=binding.pk, valid_to=END, actor=officer)
    binding.refresh_from_db()
    assert (binding.valid_to, successor.valid_to) == (None, END)
    assert binding.superseded_at == successor.recorded_at
    with pytest.raises(RuleViolation) as caught:
        policies.end_binding(binding_id=binding.pk, valid_to=END, actor=officer)
    assert caught.value.code == "BINDING_ENDED"


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("BINDING_TARGET", {"fund_id": None}),
        ("BINDING_ORDER", {"valid_to": date(2023, 12, 31)}),
    ],
)
def test_crooked_bindings_are_refused(code, facts, officer, shangcheng):
    given = {"document_id": shangcheng.pk, "fund_id": FundFactory().pk, "valid_from": START, "actor": officer}
    with pytest.raises(RuleViolation) as caught:
        policies.bind_policy(**given | facts)
    assert caught.value.code == code


def test_a_national_frame_is_not_bound(officer):
    frame = PolicyDocument.objects.filter(kind="FRAME").first()
    with pytest.raises(RuleViolation) as caught:
        policies.bind_policy(document_id=frame.pk, fund_id=FundFactory().pk, valid_from=START, actor=officer)
    assert caught.value.code == "FRAME_DOCUMENT"


def test_what_a_bound_policy_says_is_frozen_by_the_database(binding):
    rule = binding.document.rules.get(code="CN-HZ-SC-FUND-VC")
    for change in ({"cap_num": 3, "cap_den": 4}, {"theta": {"netting": "NONE"}}):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            ToleranceRule.objects.filter(pk=rule.pk).update(**change)
        assert refused.value.__cause__.diag.constraint_name.startswith("pgtrigger_rule_bound_is_frozen")
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyDocument.objects.filter(pk=binding.document_id).update(effective_from=START)
    assert ToleranceRule.objects.filter(pk=rule.pk).update(status="verified") == 1


def test_a_new_version_carries_all_rules_and_terms_unverified(officer, shangcheng):
    version = policies.new_version(document_id=shangcheng.pk, actor=officer)
    assert (version.version, version.status) == (2, "unverified")
    assert sorted(version.rules.values_list("code", "cap_num")) == sorted(
        shangcheng.rules.values_list("code", "cap_num")
    )
    assert version.terms.count() == shangcheng.terms.count() == 4


def special(binding, officer, **facts):
    rule = binding.document.rules.get(code=facts.pop("rule", "CN-HZ-SC-FUND-VC"))
    given = {"evidence": "Minutes 3 of 2024", "valid_from": START}
    return special_tiers.request_special_tier(binding_id=binding.pk, rule_id=rule.pk, actor=officer, **given | facts)


def test_the_special_case_needs_evidence_a_tier_and_a_second_person(binding, officer, manager):
    for code, facts in (("NO_SPECIAL_TIER", {"rule": "CN-HZ-SC-PROJECT"}), ("EVIDENCE_MISSING", {"evidence": " "})):
        with pytest.raises(RuleViolation) as caught:
            special(binding, officer, **facts)
        assert caught.value.code == code
    request = special(binding, officer)
    with pytest.raises(PermissionDenied):
        special_tiers.decide_special_tier(approval_id=request.pk, approve=True, reason="so", actor=officer)
    approved = special_tiers.decide_special_tier(approval_id=request.pk, approve=True, reason="Board 4", actor=manager)
    assert (approved.state, approved.decided_by) == ("APPROVED", manager)
    with pytest.raises(RuleViolation) as caught:
        special_tiers.decide_special_tier(approval_id=request.pk, approve=False, reason="no", actor=manager)
    assert caught.value.code == "ALREADY_DECIDED"


def test_nobody_approves_a_special_case_of_their_own(binding):
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    request = special(binding, administrator)
    with pytest.raises(RuleViolation) as caught:
        special_tiers.decide_special_tier(approval_id=request.pk, approve=True, reason="so", actor=administrator)
    assert caught.value.code == "FOUR_EYES"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        SpecialTierApproval.objects.update(state="APPROVED", decided_by=administrator, decided_at=request.requested_at)
    assert refused.value.__cause__.diag.constraint_name == "special_tier_four_eyes"


def test_a_corrected_value_supersedes_and_both_stay(officer):
    holding = InvestmentFactory()
    facts = {
        "investment": holding, "valid_at": START, "method": "RECENT_ROUND", "document": "", "prepared_by": None,
        "approved_by": officer,
    }  # fmt: skip
    first = store_value(fair_value_fen=700, recorded_at=timezone.now(), **facts)
    second = store_value(fair_value_fen=300, recorded_at=timezone.now(), **facts)
    first.refresh_from_db()
    assert (first.superseded_at, second.superseded_at) == (second.recorded_at, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Valuation.objects.filter(pk=first.pk).update(fair_value_fen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Valuation.objects.filter(pk=first.pk).update(superseded_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        store_value(fair_value_fen=-1, recorded_at=timezone.now(), **facts | {"valid_at": START + timedelta(days=1)})

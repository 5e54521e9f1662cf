"""Two hands on one exemption case at the same moment: one appeal, one decision, one freeze, one chain."""

import pytest
from django.utils import timezone

from funds.actions import case_panel, case_speaking, case_work
from funds.actions.case_opening import open_for_breaches
from funds.choices.cases import CaseOutcome, CaseState
from funds.models import Appeal, CapBreach, CaseDecision, CaseFreeze, CaseStep, ExemptionCase
from funds.queries.cases import broken_steps
from tests.concurrency.test_funds import HANDS, at_once
from tests.funds import scenes
from tests.funds.case_scenes import Cast, case_in, manual_case, pdf

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_appeals_at_once_one_is_made():
    case, walk = case_in(CaseState.DECIDED)
    codes = at_once(
        lambda number: case_speaking.appeal_case(case_id=case.pk, text=f"no {number}", actor=walk.cast.applicant)
    )
    assert sorted(filter(None, codes)) == ["APPEAL_ONCE"] * (HANDS - 1)
    assert Appeal.objects.count() == 1
    assert broken_steps(ExemptionCase.objects.get()) == []


def test_of_many_decisions_at_once_one_is_made():
    case, walk = case_in(CaseState.PANEL)
    people = [walk.cast.chair, *walk.cast.members]
    walk.seat(people)
    walk.vote(people)
    codes = at_once(
        lambda number: case_panel.decide_case(
            case_id=case.pk, outcome=CaseOutcome.EXEMPT, reasons=f"r {number}", actor=walk.cast.chair
        )
    )
    assert sorted(filter(None, codes)) == ["NOT_IN_THIS_STATE"] * (HANDS - 1)
    assert CaseDecision.objects.count() == 1


def test_of_many_freezes_at_once_one_is_made():
    cast = Cast()
    case = manual_case(cast)
    codes = at_once(
        lambda number: case_work.freeze_case(case_id=case.pk, actor=cast.officer, no_minutes_reason=f"r {number}")
    )
    assert sorted(filter(None, codes)) == ["NOT_IN_THIS_STATE"] * (HANDS - 1)
    assert CaseFreeze.objects.count() == 1


def test_documents_of_many_hands_make_one_unbroken_chain_and_the_same_document_counts_once():
    cast = Cast()
    case = manual_case(cast)
    codes = at_once(
        lambda number: case_work.add_evidence(
            case_id=case.pk, upload=pdf(f"paper {number // 2}"), kind="OTHER", actor=cast.officer
        )
    )
    assert sorted(filter(None, codes)) == ["EVIDENCE_TWICE"] * (HANDS // 2)
    assert CaseStep.objects.count() == 1 + HANDS // 2
    assert broken_steps(ExemptionCase.objects.get()) == []


def test_the_daily_task_twice_at_once_opens_one_case_a_breach():
    scenes.fund_exceeded()
    moment = timezone.now()

    def look(number):
        open_for_breaches(as_of=timezone.localdate(moment), known_at=moment)

    at_once(look, count=3)
    assert (CapBreach.objects.count(), ExemptionCase.objects.count()) == (1, 1)

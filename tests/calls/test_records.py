"""What the database itself refuses about definitions, calls and applications."""

from datetime import timedelta

import pytest
from django.utils import timezone

from innovation.calls.choices import ApplicationState, CallState, DefinitionState
from innovation.calls.models import Application, Call, FormDefinition, Goal, Submission
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.calls import FORM, ApplicationFactory, CallFactory, FormFactory, GoalFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_published_definition_keeps_its_words_but_may_retire():
    form = FormFactory()
    rows = FormDefinition.objects.filter(pk=form.pk)
    refused("published_stays", lambda: rows.update(content=FORM | {"rules": [1]}))
    refused("published_stays", lambda: rows.update(state=DefinitionState.DRAFT, published_at=None))
    refused("published_stays", rows.delete)
    rows.update(state=DefinitionState.RETIRED)
    refused("calls_formdefinition_version_once", lambda: FormFactory(family=form.family))


def test_a_published_call_is_frozen_except_for_a_later_end():
    call = CallFactory()
    rows = Call.objects.filter(pk=call.pk)
    refused("call_frozen", lambda: rows.update(max_award_fen=5))
    refused("call_frozen", lambda: rows.update(closes_at=call.closes_at - timedelta(minutes=1)))
    refused("call_frozen", rows.delete)
    rows.update(closes_at=call.closes_at + timedelta(days=7), extension_reason="Many questions")
    rows.update(state=CallState.CANCELLED, cancel_reason="No money")
    refused("call_frozen", lambda: rows.update(state=CallState.PUBLISHED))


def test_a_call_names_a_goal_and_its_window_is_in_order():
    refused("call_published_with_goal", lambda: CallFactory(goal=None))
    refused("call_window_in_order", lambda: CallFactory(closes_at=timezone.now() - timedelta(days=400)))


def test_no_goal_is_part_of_itself():
    top = GoalFactory()
    below = GoalFactory(parent=GoalFactory(parent=top))
    refused("goal_no_cycle", lambda: Goal.objects.filter(pk=top.pk).update(parent=below))


def test_one_live_case_per_organisation_where_the_call_says_so():
    first = ApplicationFactory()
    facts = {"call": first.call, "form": first.form, "process": first.process, "organisation": first.organisation,
             "created_by": first.created_by, "is_exclusive": True}  # fmt: skip
    refused("application_one_per_organisation", lambda: Application.objects.create(**facts))
    Application.objects.filter(pk=first.pk).update(state=ApplicationState.DELETED)
    assert Application.objects.create(**facts).is_live


def test_a_sent_case_has_a_number_and_a_closed_one_its_outcome_and_lesson():
    case = ApplicationFactory(state=ApplicationState.ACTIVE)
    rows = Application.objects.filter(pk=case.pk)
    refused("application_number_when_sent", lambda: rows.update(number=None))
    refused("application_closed_with_outcome", lambda: rows.update(state=ApplicationState.CLOSED))
    refused("application_lesson_of_failure", lambda: rows.update(state=ApplicationState.CLOSED, outcome="partial"))


def test_what_was_submitted_is_numbered_and_never_changed():
    case = ApplicationFactory(state=ApplicationState.SUBMITTED)
    facts = {"application": case, "form": case.form, "answers": {}, "files": [], "sha256": "0" * 64,
             "submitted_at": timezone.now(), "submitted_by": case.created_by, "submitted_label": "x"}  # fmt: skip
    refused("submission_serial_gapless", lambda: Submission.objects.create(serial=2, **facts))
    Submission.objects.create(serial=1, **facts)
    refused("submission_append_only", lambda: Submission.objects.update(answers={"title": "other"}))


def test_a_case_moves_by_the_table_of_its_own_process():
    case = ApplicationFactory(state=ApplicationState.SUBMITTED, call=CallFactory(process__key="proof_of_concept"))
    officer = UserFactory(role="fund_officer")
    with pytest.raises(RuleViolation, match="condition of eligibility"):
        transitions.apply(case, "check_pass", actor=officer, facts={"failed_gates": ["trl"]})
    moved = transitions.apply(case, "check_pass", actor=officer)
    assert moved.state == ApplicationState.RANKED
    assert set(transitions.available(moved, case.created_by)) == {"withdraw"}
    assert transitions.steps_of(moved).get().event == "check_pass"

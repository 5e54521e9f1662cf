"""What the database itself refuses about definitions, calls and applications."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from innovation.calls.choices import ApplicationState, CallState, DefinitionState
from innovation.calls.models import Application, Call, FormDefinition, Goal, Submission
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.calls import FORM, ApplicationFactory, CallFactory, FormFactory, GoalFactory

pytestmark = pytest.mark.django_db


def refuses(name, write, *args, **kwargs):
    """The database refuses ``write`` by the constraint or trigger ``name``."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write(*args, **kwargs)
    assert name in f"{caught.value.__cause__.diag.constraint_name}"


def test_a_published_definition_keeps_its_words_but_may_retire():
    form = FormFactory()
    rows = FormDefinition.objects.filter(pk=form.pk)
    refuses("published_stays", rows.update, content=FORM | {"rules": [1]})
    refuses("published_stays", rows.update, state=DefinitionState.DRAFT, published_at=None)
    refuses("published_stays", rows.delete)
    rows.update(state=DefinitionState.RETIRED)
    refuses("formdefinition_version_once", FormFactory, family=form.family)


def test_a_published_call_is_frozen_except_for_a_later_end():
    call = CallFactory()
    rows = Call.objects.filter(pk=call.pk)
    refuses("call_frozen", rows.update, max_award_fen=5)
    refuses("call_frozen", rows.update, closes_at=call.closes_at - timedelta(minutes=1))
    refuses("call_frozen", rows.delete)
    rows.update(closes_at=call.closes_at + timedelta(days=7), extension_reason="Many questions")
    rows.update(state=CallState.CANCELLED, cancel_reason="No money")
    refuses("call_frozen", rows.update, state=CallState.PUBLISHED)


def test_a_call_names_a_goal_and_its_window_is_in_order():
    refuses("call_published_with_goal", CallFactory, goal=None)
    refuses("call_window_in_order", CallFactory, closes_at=timezone.now() - timedelta(days=400))


def test_no_goal_is_part_of_itself():
    top = GoalFactory()
    below = GoalFactory(parent=GoalFactory(parent=top))
    refuses("goal_no_cycle", Goal.objects.filter(pk=top.pk).update, parent=below)


def test_one_live_case_per_organisation_where_the_call_says_so():
    first = ApplicationFactory()
    refuses("application_one_per_organisation", Application.objects.create, call=first.call, form=first.form,
            process=first.process, organisation=first.organisation, created_by=first.created_by,
            is_exclusive=True)  # fmt: skip
    Application.objects.filter(pk=first.pk).update(state=ApplicationState.DELETED)
    assert Application.objects.create(
        call=first.call, form=first.form, process=first.process, organisation=first.organisation,
        created_by=first.created_by, is_exclusive=True,
    ).is_live  # fmt: skip


def test_a_sent_case_has_a_number_and_a_closed_one_its_outcome_and_lesson():
    case = ApplicationFactory(state=ApplicationState.ACTIVE)
    rows = Application.objects.filter(pk=case.pk)
    refuses("application_number_when_sent", rows.update, number=None)
    refuses("application_closed_with_outcome", rows.update, state=ApplicationState.CLOSED)
    refuses("application_lesson_of_failure", rows.update, state=ApplicationState.CLOSED, outcome="partial")


def test_what_was_submitted_is_numbered_and_never_changed():
    case = ApplicationFactory(state=ApplicationState.SUBMITTED)
    facts = {"application": case, "form": case.form, "answers": {}, "files": [], "sha256": "0" * 64,
             "submitted_at": timezone.now(), "submitted_by": case.created_by, "submitted_label": "x"}  # fmt: skip
    refuses("submission_serial_gapless", Submission.objects.create, serial=2, **facts)
    Submission.objects.create(serial=1, **facts)
    refuses("submission_append_only", Submission.objects.update, answers={"title": "other"})


def test_a_case_moves_by_the_table_of_its_own_process():
    case = ApplicationFactory(state=ApplicationState.SUBMITTED, call=CallFactory(process__key="proof_of_concept"))
    officer = UserFactory(role="fund_officer")
    with pytest.raises(RuleViolation, match="condition of eligibility"):
        transitions.apply(case, "check_pass", actor=officer, facts={"failed_gates": ["trl"]})
    moved = transitions.apply(case, "check_pass", actor=officer)
    assert moved.state == ApplicationState.RANKED
    assert set(transitions.available(moved, case.created_by)) == {"withdraw"}
    assert transitions.steps_of(moved).get().event == "check_pass"

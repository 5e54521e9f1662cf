"""Asking: the same question leads to the same run, and wrong questions are refused."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.db import connection, transaction
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.jobs import JobState
from innovation.reports import actions, registry
from innovation.reports.choices import Every
from innovation.reports.forms import question_form
from innovation.reports.models import ReportRun
from innovation.reports.rules import period_of
from tests.factories.accounts import UserFactory
from tests.factories.reports import ask, failed, registered, sample_kind

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)
MARCH = period_of(Every.MONTH, date(2026, 3, 1))

pytestmark = pytest.mark.django_db


def test_the_same_question_with_the_same_knowledge_is_one_run(sample):
    first = ask(known_at=KNOWN, parameters={"fund": "A", "stages": ["seed", "angel"]})
    again = ask(known_at=KNOWN, parameters={"stages": ["angel", "seed"], "fund": " A "})
    assert again == first
    assert first.parameters == {"fund": "A", "stages": ["angel", "seed"]}
    assert (first.as_of, first.state) == (date(2026, 3, 5), JobState.QUEUED)


@pytest.mark.parametrize(
    "change",
    [
        {"known_at": KNOWN + timedelta(microseconds=1)},
        {"as_of": date(2026, 3, 4)},
        {"language": "zh-hans"},
        {"parameters": {"fund": "B"}},
    ],
)
def test_another_question_is_another_run(sample, change):
    assert ask(**{"known_at": KNOWN} | change) != ask(known_at=KNOWN)


def test_a_new_version_of_the_kind_answers_anew(sample):
    first = ask(known_at=KNOWN)
    registry._kinds["sample"] = sample_kind(version="2")
    assert ask(known_at=KNOWN) != first


def test_a_period_is_made_once_whatever_is_known_later(sample):
    facts = {"kind": "sample", "parameters": {"fund": "A"}, "period": MARCH, "language": "en"}
    first, created = actions.make_for_period(known_at=datetime(2026, 4, 1, tzinfo=UTC), **facts)
    again, created_again = actions.make_for_period(known_at=datetime(2026, 5, 1, tzinfo=UTC), **facts)
    assert (created, created_again, again) == (True, False, first)
    assert (first.period, first.as_of) == ("2026-03", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"kind": "nothing"}, "REPORT_KIND_UNKNOWN", None),
        ({"parameters": {}}, "REPORT_PARAMETERS", "fund"),
        ({"parameters": {"fund": "A", "stages": ["moon"]}}, "REPORT_PARAMETERS", "stages"),
        ({"known_at": datetime(2999, 1, 1, tzinfo=UTC)}, "KNOWN_AT_IN_FUTURE", "known_at"),
        ({"known_at": KNOWN, "as_of": date(2026, 3, 6)}, "AS_OF_AFTER_KNOWN_AT", "as_of"),
        ({"language": "fr"}, "REPORT_LANGUAGE", "language"),
    ],
)
def test_a_wrong_question_is_refused_and_leaves_no_row(sample, change, code, field):
    with pytest.raises(RuleViolation) as refused:
        ask(**change)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not ReportRun.objects.exists()


def test_the_day_of_knowledge_is_counted_in_china(sample):
    late = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)  # half past midnight of the sixth in Shanghai
    assert ask(known_at=late, as_of=date(2026, 3, 6)).as_of == date(2026, 3, 6)


@pytest.mark.parametrize("role", Role)
def test_only_the_roles_of_the_kind_may_ask(role):
    with registered(sample_kind(roles=frozenset({Role.FINANCE, Role.AUDITOR}))):
        user = UserFactory(role=role)
        if role in {Role.FINANCE, Role.AUDITOR}:
            assert ask(user).created_by == user
        else:
            with pytest.raises(RuleViolation, match="roles"):
                ask(user)
            assert not ReportRun.objects.visible_to(user).exists()


def test_a_kind_open_to_applicants_cannot_be_registered():
    with pytest.raises(ValueError, match="applicants"):
        registry.register(sample_kind(roles=frozenset({Role.APPLICANT, Role.FINANCE})))


@pytest.mark.parametrize("name", ["as_of", "known_at", "language", "mail_to_asker", "form_token"])
def test_a_parameter_cannot_take_the_name_of_what_every_question_has(name):
    parameters = type("Parameters", (registry.ParametersForm,), {name: forms.CharField()})
    with pytest.raises(ValueError, match=name):
        registry.register(sample_kind(parameters=parameters))


def test_every_question_has_the_reserved_fields():
    assert set(question_form(sample_kind())().fields) >= registry.RESERVED


def test_a_code_is_not_taken_twice(sample):
    with pytest.raises(ValueError, match="twice"):
        registry.register(sample_kind(title="Other"))


def test_only_a_failed_run_is_tried_again_and_only_by_its_roles(sample):
    run = ask()
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    with pytest.raises(RuleViolation) as refused:
        actions.retry(run=run, actor=manager)
    assert refused.value.code == "JOB_NOT_FAILED"
    failed(run)
    with pytest.raises(RuleViolation) as refused:
        actions.retry(run=run, actor=UserFactory(role=Role.APPLICANT))
    assert refused.value.code == "NOT_PERMITTED"
    again = actions.retry(run=run, actor=manager)
    assert (again.state, again.attempts, again.notified_at) == (JobState.QUEUED, 0, None)


@pytest.mark.django_db(transaction=True)
def test_impatient_clicks_at_the_same_moment_make_one_run(sample):
    user = UserFactory(role=Role.PROGRAMME_MANAGER)
    start = threading.Barrier(4)
    found, errors = [], []

    def click():
        try:
            start.wait(10)
            with transaction.atomic():
                found.append(ask(user, known_at=KNOWN).pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not errors
    assert len(found) == 4
    assert set(found) == set(ReportRun.objects.values_list("pk", flat=True))
    assert len(set(found)) == 1


def test_asking_without_times_means_today_and_now(sample):
    before = timezone.now()
    run = ask()
    assert before <= run.known_at <= timezone.now()
    assert run.as_of == timezone.localdate(run.known_at)

"""The staff's office: runs read-only with retry, schedules to edit."""

import pytest
from django.urls import reverse

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.core.jobs import JobState
from innovation.reports.models import ReportRun, ReportSchedule
from tests.factories.accounts import UserFactory, as_role, in_turn
from tests.factories.reports import ask, failed, finished, schedule

RUNS = reverse("admin:reports_reportrun_changelist")
SCHEDULES = reverse("admin:reports_reportschedule_changelist")

pytestmark = pytest.mark.django_db


def typed(**changes):
    return {
        "kind": "sample", "parameter-fund": "A", "every": "month", "day": "5", "day_rule": "working",
        "at": "08:00:00", "languages": ["en"], "active": "on", "subscriptions-TOTAL_FORMS": "0",
        "subscriptions-INITIAL_FORMS": "0", "subscriptions-MIN_NUM_FORMS": "0", "subscriptions-MAX_NUM_FORMS": "1000",
    } | changes  # fmt: skip


@pytest.mark.usefixtures("undrawn")
def test_staff_may_look_and_only_managers_edit_schedules(sample, client):
    run, owed = finished(ask()), schedule()
    for role in in_turn(client, Role):
        looks = 200 if role in STAFF_ROLES else 302
        edits = role in {Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
        detail = reverse("admin:reports_reportrun_change", args=[run.pk])
        for address in (RUNS, SCHEDULES, detail, reverse("admin:reports_reportschedule_change", args=[owed.pk])):
            assert client.get(address).status_code == looks, address
        assert client.post(detail, {"kind": "x"}).status_code in ({403} if looks == 200 else {302})
        added = client.post(reverse("admin:reports_reportschedule_add"), typed(**{"parameter-fund": "B"}))
        assert added.status_code == (302 if edits or looks == 302 else 403)
        assert ReportSchedule.objects.filter(parameters={"fund": "B"}).exists() == edits
        gone = client.post(reverse("admin:reports_reportschedule_delete", args=[owed.pk]), {"post": "yes"})
        assert gone.status_code == looks if looks == 302 else 403
        assert ReportSchedule.objects.filter(pk=owed.pk).exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"parameter-fund": ""}, "This field is required."),
        ({"parameter-stages": ["seed", "nonsense"]}, "nonsense is not one of the available choices."),
        ({"day": "28"}, "The day is too late"),
        ({"languages": []}, "This field is required."),
        ({"kind": "nothing"}, "Schedule which report?"),
        ({}, "There is such a schedule already"),
    ],
)
def test_a_wrong_schedule_is_refused_in_the_form(sample, client, change, words):
    schedule(day=5, day_rule="working")
    as_role(client, Role.PROGRAMME_MANAGER)
    response = client.post(reverse("admin:reports_reportschedule_add"), typed(**change))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert ReportSchedule.objects.filter(kind="sample").count() == 1


def test_an_edited_schedule_is_due_at_its_new_time(sample, client):
    owed = schedule()
    as_role(client, Role.PROGRAMME_MANAGER)
    before = owed.next_due
    data = typed(day="2", day_rule="calendar", at="09:30:00")
    assert client.post(reverse("admin:reports_reportschedule_change", args=[owed.pk]), data).status_code == 302
    owed.refresh_from_db()
    assert (owed.next_due - before).total_seconds() == 86_400 + 5_400


def test_a_new_schedule_asks_for_the_report_and_then_for_its_parameters(sample, client):
    as_role(client, Role.PROGRAMME_MANAGER)
    add = reverse("admin:reports_reportschedule_add")
    english = {"accept-language": "en"}
    assert f'href="?kind={sample.code}"' in client.get(add, headers=english).text
    page = client.get(add, {"kind": sample.code}, headers=english).text
    assert 'name="parameter-fund"' in page
    assert '<option value="angel">Angel</option>' in page
    assert 'name="parameters"' not in page
    client.post(add, typed(**{"parameter-fund": "B", "parameter-stages": ["angel"]}))
    made = ReportSchedule.objects.get(parameters__fund="B")
    assert made.parameters == {"fund": "B", "stages": ["angel"]}
    page = client.get(reverse("admin:reports_reportschedule_change", args=[made.pk]), headers=english).text
    assert '<option value="angel" selected>Angel</option>' in page
    assert 'value="B"' in page


def test_a_rule_between_parameters_is_told_at_its_field(client):
    as_role(client, Role.PROGRAMME_MANAGER)
    data = typed(kind="loss_tolerance", **{"parameter-fund": "", "parameter-stage": "seed"})
    response = client.post(reverse("admin:reports_reportschedule_add"), data, headers={"accept-language": "en"})
    form = response.context["adminform"].form
    assert form.errors == {"parameter-stage": ["A stage belongs to a fund or group: choose it too."]}


def test_who_only_looks_reads_the_question_in_words(sample, client):
    owed = schedule()
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("admin:reports_reportschedule_change", args=[owed.pk]), headers={"accept-language": "en"})
    assert "fund: A" in page.text
    assert client.get(reverse("admin:reports_reportschedule_add")).status_code == 403


def test_failed_runs_are_tried_again_and_others_left(sample, client):
    broken, done = failed(ask(parameters={"fund": "B"})), finished(ask())
    as_role(client, Role.PROGRAMME_MANAGER)
    data = {"action": "try_again", "_selected_action": [broken.pk, done.pk]}
    page = client.post(RUNS, data, follow=True).content.decode()
    broken.refresh_from_db()
    done.refresh_from_db()
    assert (broken.state, done.state) == (JobState.QUEUED, JobState.DONE)
    assert "1 queued again." in page
    assert "Only a failed job can be tried again." in page


def test_a_schedule_is_run_now_in_each_of_its_languages(sample, client):
    owed = schedule(languages=["en", "zh-hans"])
    user = as_role(client, Role.PROGRAMME_MANAGER)
    client.post(SCHEDULES, {"action": "run_now", "_selected_action": [owed.pk]}, follow=True)
    runs = ReportRun.objects.order_by("language")
    assert [(run.language, run.period, run.created_by) for run in runs] == [("en", "", user), ("zh-hans", "", user)]


def test_the_page_of_a_run_links_its_files(sample, client):
    run = finished(ask())
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("admin:reports_reportrun_change", args=[run.pk])).content.decode()
    assert reverse("reports:download", args=[run.pk, "pdf"]) in page
    assert run.data_hash in page


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_rows(sample, client, django_assert_num_queries, number):
    ReportSchedule.objects.all().delete()
    for place in range(number):
        finished(ask(parameters={"fund": str(place)}))
        schedule(parameters={"fund": str(place)})
    client.force_login(UserFactory(role=Role.AUDITOR))
    for address, queries in ((RUNS, ADMIN_RUNS_QUERIES), (SCHEDULES, ADMIN_SCHEDULES_QUERIES)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


ADMIN_RUNS_QUERIES = 9
ADMIN_SCHEDULES_QUERIES = 8

"""The pages of reports: who may open which door, what they show, in how many queries."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from django.urls import reverse

from innovation.accounts.choices import Role
from innovation.core.forms import new_token
from innovation.core.jobs import JobState
from innovation.reports.models import ReportRun, Subscription
from tests.factories.accounts import UserFactory, as_role, in_turn
from tests.factories.reports import ask, failed, finished, registered, sample_kind, schedule

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)
READERS = frozenset({Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.AUDITOR})

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(monkeypatch):
    """Only the sample kind, open to three roles."""
    with registered(sample_kind(roles=READERS)) as kind:
        monkeypatch.setattr("innovation.reports.registry._kinds", {"sample": kind})
        yield kind


def sent(fund="A", **changes):
    return {"fund": fund, "language": "en", "form_token": new_token()} | changes


DOORS = [
    ("get", lambda run, owed: reverse("reports:kinds"), 200),
    ("get", lambda run, owed: reverse("reports:runs"), 200),
    ("get", lambda run, owed: reverse("reports:runs") + "?export=csv", 200),
    ("get", lambda run, owed: reverse("reports:ask", args=["sample"]), 200),
    ("post", lambda run, owed: reverse("reports:ask", args=["sample"]), 302),
    ("get", lambda run, owed: reverse("reports:run", args=[run.pk]), 200),
    ("get", lambda run, owed: reverse("reports:download", args=[run.pk, "pdf"]), 200),
    ("get", lambda run, owed: reverse("reports:download", args=[run.pk, "json"]), 200),
    ("post", lambda run, owed: reverse("reports:retry", args=[run.pk]), 302),
    ("post", lambda run, owed: reverse("reports:subscribe", args=[owed.pk]), 302),
]


@pytest.mark.usefixtures("undrawn")
def test_every_door_opens_to_the_roles_of_the_kind_and_to_nobody_else(narrow, client):
    run, owed = finished(ask()), schedule()
    for role in in_turn(client):
        for method, address, expected in DOORS:
            response = getattr(client, method)(address(run, owed), sent() if method == "post" else None)
            if role in READERS:
                assert response.status_code == expected, (role, address(run, owed))
            elif role is None:
                assert response.status_code == 302
                assert "/login" in response["Location"] or "next=" in response["Location"]
            else:
                assert response.status_code == 403, (role, address(run, owed))
        assert ReportRun.objects.count() == (2 if role in READERS else 1)


@pytest.mark.parametrize("address", ["run", "download", "retry", "subscribe"])
def test_a_run_of_another_kind_does_not_exist_for_who_may_not_read_it(narrow, client, address):
    run, owed = finished(ask()), schedule()
    with registered(sample_kind(code="other", roles=frozenset({Role.FINANCE}))):
        as_role(client, Role.FINANCE)
        arguments = {"download": [run.pk, "pdf"], "subscribe": [owed.pk]}.get(address, [run.pk])
        method = client.post if address in {"retry", "subscribe"} else client.get
        assert method(reverse(f"reports:{address}", args=arguments)).status_code == 404
        assert client.get(reverse("reports:runs")).context["table"].count == 0


def test_asking_by_form_leads_to_the_run_and_a_double_click_to_the_same(sample, client):
    as_role(client, Role.FINANCE)
    data = sent(as_of="2026-03-01", known_at="2026-03-05T09:00")
    first, second = (client.post(reverse("reports:ask", args=["sample"]), data) for _ in range(2))
    run = ReportRun.objects.get()
    assert first["Location"] == second["Location"] == f"/reports/runs/{run.pk}/"
    assert (run.as_of.isoformat(), run.known_at) == ("2026-03-01", KNOWN)


def test_the_same_question_sent_anew_leads_to_the_same_run(sample, client):
    as_role(client, Role.FINANCE)
    for _ in range(2):
        response = client.post(reverse("reports:ask", args=["sample"]), sent(known_at="2026-03-05T09:00"), follow=True)
    assert ReportRun.objects.count() == 1
    assert "asked before" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fund": ""}, "This field is required."),
        ({"as_of": "yesterday"}, "Enter a valid date."),
        ({"known_at": "2999-01-01T00:00"}, "lies in the future"),
        ({"as_of": "2026-03-06", "known_at": "2026-03-05T09:00"}, "is after the day of"),
        ({"language": "fr"}, "Select a valid choice."),
    ],
)
def test_a_wrong_answer_is_shown_with_what_was_typed(sample, client, change, words):
    as_role(client, Role.FINANCE)
    response = client.post(reverse("reports:ask", args=["sample"]), sent(**{"fund": "Typed"} | change))
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "Error:" in page
    assert change.get("fund", "Typed") in page
    assert not ReportRun.objects.exists()


def test_the_address_of_the_form_may_hold_the_question(sample, client):
    as_role(client, Role.FINANCE)
    page = client.get(reverse("reports:ask", args=["sample"]) + "?fund=Sunrise&stages=seed&as_of=2026-01-31")
    form = page.context["form"]
    assert (form["fund"].value(), form["as_of"].value()) == ("Sunrise", "2026-01-31")
    assert form["stages"].value() == "seed"


def test_a_finished_run_shows_figures_charts_tables_stamp_and_files(sample, client):
    run = finished(ask(known_at=KNOWN))
    as_role(client, Role.AUDITOR)
    page = client.get(run.get_absolute_url()).content.decode()
    for words in (
        "Sample report", "31,000.00", "Unverified", "no valuation", "晨光科技", "A note.", run.data_hash,
        run.inputs_hash, run.asked_by.split(" <")[0], "2026-03-05 09:00:00 CST", "abc123", "<svg", 'href="/rows/"',
    ):  # fmt: skip
        assert words in page, words
    assert "=HYPERLINK(&quot;" in page
    for name in ("html", "pdf", "xlsx", "csv", "json"):
        assert reverse("reports:download", args=[run.pk, name]) in page
    assert "/reports/new/sample/?fund=A&amp;as_of=2026-03-05&amp;language=en" in page


def test_an_open_run_shows_its_progress_and_asks_for_it_by_itself(sample, client):
    run = ask()
    as_role(client, Role.AUDITOR)
    waiting = client.get(run.get_absolute_url()).content.decode()
    assert "Waiting for a free worker" in waiting
    assert f'hx-get="/reports/runs/{run.pk}/"' in waiting
    assert "Reload this page" in waiting
    ReportRun.objects.filter(pk=run.pk).update(state=JobState.RUNNING, attempts=1, progress=42, note="Writing PDF")
    part = client.get(run.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "Writing PDF" in part
    assert "42" in part
    assert "<html" not in part
    ReportRun.objects.filter(pk=run.pk).update(state=JobState.FAILED)
    ended = client.get(run.get_absolute_url(), headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"


def test_a_failed_run_says_why_and_can_be_tried_again(sample, client):
    run = failed(ask(), "The ledger is closed.")
    as_role(client, Role.FUND_OFFICER)
    assert "The ledger is closed." in client.get(run.get_absolute_url()).content.decode()
    assert "The ledger is closed." in client.get(reverse("reports:kinds")).content.decode()
    response = client.post(reverse("reports:retry", args=[run.pk]), follow=True)
    assert "Waiting for a free worker" in response.content.decode()
    again = client.post(reverse("reports:retry", args=[run.pk]), follow=True)
    assert "Only a failed job can be tried again." in again.content.decode()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8"), ("html", "text/html; charset=utf-8")],
)
def test_a_download_is_an_attachment_with_the_stored_bytes(sample, client, name, kind):
    run = finished(ask(known_at=KNOWN, language="zh-hans"))
    as_role(client, Role.AUDITOR)
    response = client.get(reverse("reports:download", args=[run.pk, name]))
    assert response.content == bytes(run.files.get(format=name).content)
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert unquote(response["Content-Disposition"]).endswith(f"Sample 2026-03-05.{name}")
    assert response["Content-Disposition"].startswith("attachment;")


def test_a_format_that_is_not_there_is_not_found(sample, client):
    run = ask()
    as_role(client, Role.AUDITOR)
    assert client.get(reverse("reports:download", args=[run.pk, "pdf"])).status_code == 404
    assert client.get(f"/reports/runs/{run.pk}/files/exe/").status_code == 404


def test_a_reader_begins_and_ends_being_told(sample, client):
    owed = schedule()
    user = as_role(client, Role.AUDITOR)
    address = reverse("reports:subscribe", args=[owed.pk])
    assert "Mail me each one" in client.get(reverse("reports:kinds")).content.decode()
    client.post(address, {"wanted": "1"})
    assert Subscription.objects.filter(user=user, schedule=owed).count() == 1
    assert "Stop the mails" in client.get(reverse("reports:kinds")).content.decode()
    client.post(address, {"wanted": "0"})
    assert not Subscription.objects.exists()


def test_runs_are_filtered_and_the_file_equals_the_list(sample, client):
    finished(ask(known_at=KNOWN))
    failed(ask(parameters={"fund": "B"}))
    as_role(client, Role.AUDITOR)
    address = reverse("reports:runs") + "?state=failed"
    assert client.get(address).context["table"].count == 1
    rows = b"".join(client.get(f"{address}&export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert rows[-1] == "Rows,1"
    assert "fund: B" in "\n".join(rows)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_the_rows(sample, client, django_assert_num_queries, number):
    for place in range(number):
        run = finished(ask(known_at=KNOWN, parameters={"fund": str(place)}))
        schedule(parameters={"fund": str(place)})
    client.force_login(UserFactory(role=Role.AUDITOR))
    for address, queries in (
        (reverse("reports:kinds"), KINDS_QUERIES),
        (reverse("reports:runs"), RUNS_QUERIES),
        (run.get_absolute_url(), RUN_QUERIES),
        (reverse("reports:download", args=[run.pk, "pdf"]), DOWNLOAD_QUERIES),
    ):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


KINDS_QUERIES = 7
RUNS_QUERIES = 5
RUN_QUERIES = 7
DOWNLOAD_QUERIES = 4


def test_pages_are_in_the_language_of_the_reader(sample, client):
    run = finished(ask(known_at=KNOWN))
    as_role(client, Role.AUDITOR)
    for address in (reverse("reports:kinds"), reverse("reports:runs"), run.get_absolute_url()):
        page = client.get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
        assert "报告" in page
        assert "Known at" not in page

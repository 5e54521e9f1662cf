"""Public pages of calls without an account: lists, one call, eligibility, self-test, feed, calendar files."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.choices import CallState
from innovation.calls.data.definitions import shipped
from innovation.calls.demo.calls import make_calls
from innovation.calls.icalendar import WIDTH, Event, calendar
from innovation.calls.models import Answer, Call, CallDocument, FormDefinition, RubricDefinition
from innovation.calls.rules.questions import questions, with_told
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory

RUBRICS = [row["content"] for row in shipped() if row["kind"] == "rubric"]
CALL_QUERIES, LIST_QUERIES = 2, 4


@pytest.fixture
def demo_calls(db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    make_calls()


def listed(client, **query):
    return [row[0].code for row in client.get("/calls/", query).context["calls"]]


def test_the_list_counts_searches_and_filters(client, demo_calls):
    assert listed(client) == ["rd-low-altitude", "poc-2026"]
    assert listed(client, phase="COMING") == ["basic-long"]
    assert listed(client, phase="CLOSED") == ["lidar-challenge", "srdi-batch-8", "rd-2025"]
    tabs = client.get("/calls/").context["tabs"]
    assert [tab.count for tab in tabs] == [2, 1, 3]
    assert listed(client, q="低空") == ["rd-low-altitude"]
    assert listed(client, q="lidar", phase="CLOSED") == ["lidar-challenge"]
    assert listed(client, q="没有这样的") == []
    assert listed(client, kind="challenge", phase="CLOSED") == ["lidar-challenge"]
    assert listed(client, goal="ladder", phase="CLOSED") == ["srdi-batch-8"]
    assert listed(client, sector="N") == ["poc-2026"]


def test_drafts_are_hidden_from_the_public_and_shown_to_the_staff(client, db):
    call = CallFactory(state=CallState.DRAFT, published_at=None)
    assert client.get(call.get_absolute_url()).status_code == 404
    assert listed(client) == []
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    assert client.get(call.get_absolute_url()).status_code == 200
    assert listed(client) == []


def test_one_call_tells_what_applicants_ask(client, demo_calls):
    page = client.get("/calls/rd-low-altitude/", headers={"accept-language": "en"}).content.decode()
    for words in (
        "Own money at least 50 % of all costs", "Reviewers do not see who applies", "within 10 working days",
        "5 working days", "China Standard Time", "days left", "/calls/rd-low-altitude/apply/", "Novelty and difficulty",
        "5,000,000 yuan",
    ):  # fmt: skip
        assert words in page, words
    assert "/apply/" not in client.get("/calls/lidar-challenge/").content.decode()
    assert "未核实" in client.get("/calls/lidar-challenge/", headers={"accept-language": "zh-hans"}).content.decode()


def test_documents_of_a_published_call_are_downloads(client, demo_calls):
    document = CallDocument.objects.filter(call__code="rd-low-altitude").first()
    answer = client.get(f"/calls/documents/{document.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    hidden = CallFactory(state=CallState.DRAFT, published_at=None)
    other = CallDocument.objects.create(call=hidden, title="x", file="calls/x.csv", file_kind="csv", size=1, sha256="0")
    assert client.get(f"/calls/documents/{other.pk}/").status_code == 404


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric["id"])
def test_gates_are_asked_in_fewer_than_ten_questions_and_every_fact_has_words(rubric):
    asked = questions(rubric, gates_alone=True)
    assert len(asked) < 10
    assert all(question.zh and question.en for question in questions(rubric, gates_alone=False))


def test_a_list_of_years_tells_the_last_year():
    rubric = next(one for one in RUBRICS if one["id"] == "srdi_2026")
    assert "revenue" not in {question.key for question in questions(rubric, gates_alone=True)}
    assert with_told(rubric, {"revenue_2y": [1, 2]})["revenue"] == 2


def test_eligibility_is_judged_in_three_values_and_kept_nowhere(client, demo_calls):
    address = "/calls/rd-low-altitude/eligibility/"
    good = {
        "registered_here": "true", "major_breach_3y": "false", "barred": "false", "months_founded": "12",
        "own_share": "50", "unfinished": "2", "revenue": "10000", "rd_expense": "300",
    }  # fmt: skip
    before = Call.objects.count()
    assert client.post(address, good).context["result"].passed is True
    low = client.post(address, good | {"own_share": "49.999999"})
    assert low.context["result"].failed_gates == ("own_share",)
    open_ended = client.post(address, good | {"rd_expense": ""}).context["result"]
    assert (open_ended.passed, open_ended.unknown_gates) == (None, ("rd_spending",))
    wrong = client.post(address, good | {"own_share": "half"})
    assert wrong.context["form"].errors["own_share"]
    assert "result" not in wrong.context
    assert Call.objects.count() == before
    assert not client.session.keys()


def test_the_self_test_gives_the_gap_to_the_next_level(client, db):
    answers = {
        "ip_class": "class1_own", "revenue": "1000", "rd_expense": "15", "main_revenue_growth": "12",
        "debt_ratio": "60", "strategic_industry": "false", "main_ratio": "56",
    }  # fmt: skip
    page = client.post("/calls/self-test/innovative_sme/", answers).context
    assert page["result"].passed is False
    assert (page["total"], page["shortfall"], page["short_groups"]) == ("55", "5", [])
    assert [step.item for step in page["steps"] if step.closes]
    answers["rd_expense"] = "20"
    assert client.post("/calls/self-test/innovative_sme/", answers).context["result"].passed is True
    assert client.get("/calls/self-test/nothing/").status_code == 404
    short = client.post(
        "/calls/self-test/srdi/", {"revenue_2y-0": "900", "revenue_2y-1": "1000", "equity_2y": "0"}
    ).content.decode()
    assert "asked for: at least 1,500 × 10,000 yuan (500 × 10,000 yuan short)" in short
    assert client.get("/calls/self-test/gd_enterprise_tech_centre/").status_code == 200


def test_the_self_test_takes_the_figures_of_an_own_application(client, db):
    form = FormDefinition.objects.get(family="sme_certification")
    case = ApplicationFactory(call__kind="sme_certificate", call__form=form, form=form)
    for key, value in {"segment_years": "2", "holds_srdi": True, "market_share": "4", "national_rank": "5"}.items():
        Answer.objects.create(application=case, key=key, value=value, saved_by=case.created_by)
    address = f"/calls/self-test/little_giant/?from={case.pk}"
    assert "gaps" not in client.get(address).context
    client.force_login(case.created_by)
    page = client.get(address).context
    assert page["form"].data["market_share"] == "4"
    assert {"segment_years", "market"} <= set(page["result"].failed_gates)


def test_a_confirmed_rule_loses_its_mark_everywhere(client, demo_calls):
    page = "/calls/self-test/srdi/"
    assert "Unverified" in client.get(page).content.decode()
    RubricDefinition.objects.filter(family="srdi", version=2).update(
        source_status="VERIFIED", confirmed_at=timezone.now()
    )
    assert "Unverified" not in client.get(page).content.decode()


def test_feed_and_calendar_hold_the_calls(client, demo_calls):
    feed = client.get("/calls/feed.xml")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert feed.content.count(b"<entry>") == 6
    file = client.get("/calls/calls.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert file.content.count(b"BEGIN:VEVENT") == 5
    assert client.get("/calls/lidar-challenge/calendar.ics").content.count(b"BEGIN:VEVENT") == 2
    assert client.get("/calls/none/calendar.ics").status_code == 404


def test_calendar_lines_are_folded_by_octets_and_escaped():
    moment = datetime(2026, 5, 1, 9, tzinfo=UTC)
    file = calendar("甲,乙", [Event("1@x", moment, "低空" * 60, "a;b\nc", "https://example.org/", moment)])
    lines = file.split(b"\r\n")
    assert all(len(line) <= WIDTH for line in lines)
    assert "低空" * 60 in file.replace(b"\r\n ", b"").decode()
    assert b"a\\;b\\nc" in file
    assert b"DTSTART:20260501T090000Z" in file


@pytest.mark.parametrize("count", [1, 3])
def test_public_pages_cost_the_same_for_one_call_and_three(client, db, django_assert_max_num_queries, count):
    calls = [CallFactory() for _ in range(count)]
    with django_assert_max_num_queries(LIST_QUERIES):
        assert len(listed(client)) == count
    with django_assert_max_num_queries(CALL_QUERIES):
        client.get(calls[0].get_absolute_url())
    with django_assert_max_num_queries(1):
        client.get("/calls/feed.xml")


def test_time_left_is_told_in_days_then_hours(client, db):
    now = timezone.now()
    CallFactory(code="soon", opens_at=now - timedelta(days=1), closes_at=now + timedelta(hours=5, minutes=1))
    assert "5 hours left" in client.get("/calls/", headers={"accept-language": "en"}).content.decode()

"""The officer's desk: who may open what, one list at any size, previewed bulk steps, the way to a ranking by pages."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.calls.actions import reviewing
from innovation.calls.choices import ApplicationState, ReviewState
from innovation.calls.models import Application, Review, ReviewSummary, RubricDefinition
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.calls.test_reviewing import NAME, PERSON, blind_case, leaks
from tests.calls.test_screening import RUBRIC
from tests.factories.accounts import as_role, in_turn
from tests.factories.calls import CallFactory
from tests.factories.reviews import ReviewFactory, SubmissionFactory, make_reviewer, submitted_case

pytestmark = pytest.mark.django_db
SCREENING = {Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER, Role.ADMINISTRATOR}
COORDINATING = SCREENING | {Role.PROGRAMME_MANAGER}
REVIEWERS = {Role.REVIEWER}


def addresses(case, review):
    """Every address of desk and reviews with who may open it by GET."""
    one, call = [case.pk], [case.call_id]
    return {
        reverse("calls:desk"): STAFF_ROLES, reverse("calls:case", args=one): STAFF_ROLES,
        reverse("calls:case_pass", args=one): SCREENING, reverse("calls:case_fail", args=one): SCREENING,
        reverse("calls:case_ask", args=one): SCREENING, reverse("calls:case_screen", args=one): SCREENING,
        reverse("calls:case_officer", args=one): SCREENING, reverse("calls:case_assign", args=one): COORDINATING,
        reverse("calls:case_replace", args=[case.pk, review.pk]): COORDINATING,
        reverse("calls:case_discuss", args=one): COORDINATING, reverse("calls:ranking", args=call): STAFF_ROLES,
        reverse("calls:propose", args=call): COORDINATING, reverse("calls:remind", args=call): COORDINATING,
        reverse("calls:close_reviews", args=call): COORDINATING, reverse("calls:messages"): SCREENING,
        reverse("calls:message_new"): SCREENING, reverse("reviews:desk"): REVIEWERS,
        reverse("reviews:relations"): REVIEWERS, reverse("reviews:profile"): REVIEWERS,
        reverse("reviews:relation_add"): REVIEWERS, reverse("reviews:packets"): REVIEWERS,
        reverse("reviews:review", args=[review.pk]): (), reverse("reviews:declare", args=[review.pk]): (),
        reverse("reviews:decline", args=[review.pk]): (), reverse("reviews:packet_pdf", args=[review.pk]): (),
    }  # fmt: skip


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client):
    review = ReviewFactory(application=submitted_case(ApplicationState.IN_REVIEW))
    for role in in_turn(client):
        for address, allowed in addresses(review.application, review).items():
            status = client.get(address).status_code
            wanted = {302} if role is None else {200, 302} if role in allowed else {403, 404}
            assert status in wanted, f"{role} {address}: {status}"


def test_the_list_costs_the_same_at_any_size(client, django_assert_max_num_queries):
    as_role(client, Role.FUND_OFFICER)
    call = CallFactory()
    submitted_case(call=call)
    with django_assert_max_num_queries(12):
        client.get(reverse("calls:desk"))
    for _ in range(2):
        ReviewFactory(application=submitted_case(ApplicationState.IN_REVIEW, call=call))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("calls:desk") + "?state=work").content.decode()
    assert page.count('form="bulk"') == 3


def test_a_bulk_step_says_first_what_would_happen(client):
    officer = as_role(client, Role.FUND_OFFICER)
    call = CallFactory()
    good, late = submitted_case(call=call), submitted_case(ApplicationState.RANKED, call=call)
    sent = {"act": "pass", "case": [good.pk, late.pk]}
    preview = client.post(reverse("calls:desk_bulk"), sent).content.decode()
    assert "Refused:" in preview
    good.refresh_from_db()
    assert good.state == ApplicationState.SUBMITTED
    client.post(reverse("calls:desk_bulk"), sent | {"confirm": "1"})
    states = dict(Application.objects.filter(call=call).values_list("pk", "state"))
    assert states == {good.pk: ApplicationState.ELIGIBLE, late.pk: ApplicationState.RANKED}
    good.refresh_from_db()
    assert good.officer == officer


def test_from_check_to_ranking_by_pages(client):
    as_role(client, Role.FUND_OFFICER)
    rubric = RubricDefinition.objects.create(
        family="trial", title_zh="试验", content=RUBRIC, state="PUBLISHED", published_at=timezone.now()
    )
    answers = {"title": "电机", "summary": "做出样机", "own": 100_000_000}
    case = submitted_case(answers=answers, call__rubric=rubric, call__reviewers_needed=1)
    SubmissionFactory(application=case, answers=answers | {"summary": "改了"})
    reviewer = make_reviewer(keywords=["改了"])

    def post(name, args, **data):
        response = client.post(reverse(f"calls:{name}", args=args), {"form_token": new_token(), **data})
        assert response.status_code == 302, response.content.decode()[-3000:]

    one, call = [case.pk], [case.call_id]
    assert "改了" in client.get(reverse("calls:case", args=one)).content.decode()
    post("case_screen", one)
    gates = client.get(reverse("calls:case", args=one) + "?tab=gates").content.decode()
    assert "Registered here" in gates
    here = case.screenings.get().gates.get(gate="here")
    post("case_override", [case.pk, here.pk], outcome="met", reason="执照")
    post("case_pass", one)
    preview = client.get(reverse("calls:propose", args=call)).content.decode()
    assert f"{case.pk}-{reviewer.pk}" in preview
    assert "改了" in preview
    post("propose", call, pair=f"{case.pk}-{reviewer.pk}")
    post("remind", call)
    assert OutboxMessage.objects.filter(recipient=reviewer.email).count() == 2
    review = Review.objects.get()
    reviewing.declare(review_id=review.pk, conflict=False, actor=reviewer)
    client.force_login(reviewer)
    sheet = {"points_novelty": 8, "points_team": 6, "none_market": "on", "comment": "可行", "form_token": new_token()}
    client.post(review.get_absolute_url(), sheet | {"submit": "1"})
    as_role(client, Role.PROGRAMME_MANAGER)
    post("close_reviews", call)
    assert ReviewSummary.objects.get().rank == 1
    page = client.get(reverse("calls:ranking", args=call)).content.decode()
    assert case.number in page
    assert "Reviewer" in client.get(reverse("calls:case", args=one) + "?tab=reviews").content.decode()
    for tab in ("files", "history"):
        assert client.get(reverse("calls:case", args=one) + f"?tab={tab}").status_code == 200


def test_the_api_gives_reviewers_their_packets_alone_and_without_identity(client):
    case = blind_case()
    review = ReviewFactory(application=case, state=ReviewState.INVITED)
    ReviewFactory(application=case)
    client.force_login(review.reviewer)
    own = f"/api/v1/reviews/{review.pk}/"
    assert client.get(own).json()["packet"] is None
    told = client.post(f"{own}declare/", json.dumps({"conflict": False}), content_type="application/json")
    assert "激光雷达" in told.content.decode()
    sheet = {"points": {"novelty": 8, "team": 7, "market": None}, "comment": "好"}
    saved = client.post(f"{own}save/", json.dumps(sheet), content_type="application/json")
    handed = client.post(f"{own}submit/", json.dumps(sheet), content_type="application/json")
    assert handed.json()["review_state"] == ReviewState.SUBMITTED
    listed = client.get("/api/v1/reviews/")
    assert [row["id"] for row in listed.json()["results"]] == [review.pk]
    found = client.get(f"/api/v1/reviews/?search={PERSON}&ordering=due_on")
    for response in (told, saved, handed, listed, client.get(own), client.get(f"{own}history/")):
        assert leaks(response.content) == []
    assert NAME not in found.content.decode()
    for address in (f"/api/v1/cases/{case.pk}/", f"/api/v1/screenings/?application={case.pk}"):
        response = client.get(address)
        assert leaks(response.content) == []
        assert response.status_code in {403, 404} or response.json()["results"] == []
    for address in (reverse("calls:desk"), reverse("calls:case", args=[case.pk]), reverse("calls:desk_bulk")):
        assert client.get(address).status_code in {403, 404, 405}

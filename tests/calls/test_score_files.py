"""Score sheets filled in offline, from download to hand-in with errors by row; a reviewer replaced in one step."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from innovation.accounts.choices import Role
from innovation.calls.actions import assigning, reviewing
from innovation.calls.choices import ApplicationState, ReviewState
from innovation.calls.models import Review
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.calls import CallFactory
from tests.factories.reviews import ReviewFactory, make_reviewer, submitted_case
from tests.refusals import rule_refuses

pytestmark = pytest.mark.django_db
POINTS, TEXT, KEY, REVIEW = 6, 7, 1, 0


@pytest.fixture
def two(client):
    """A signed-in reviewer with two open reviews of one call."""
    reviewer, call = make_reviewer(), CallFactory()
    reviews = [
        ReviewFactory(application=submitted_case(ApplicationState.IN_REVIEW, call=call), reviewer=reviewer)
        for _ in range(2)
    ]
    client.force_login(reviewer)
    return reviews


def _is_score(row):
    return len(row) > TEXT and str(row[REVIEW].value).isdecimal()


def filled_in(client, cells):
    """The workbook as downloaded with ``cells[review, key] = (points, text)`` typed in; and where each row stands."""
    book = load_workbook(io.BytesIO(b"".join(client.get(reverse("reviews:packets")).streaming_content)))
    places = {}
    for sheet in book:
        for row in sheet.iter_rows():
            found = (int(row[REVIEW].value), row[KEY].value) if _is_score(row) else None
            places[found] = row[REVIEW].row
            if found in cells:
                row[POINTS].value, row[TEXT].value = cells[found]
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue(), places


def upload(client, content, **more):
    file = SimpleUploadedFile("reviews.xlsx", content)
    return client.post(reverse("reviews:score_file"), {"file": file, "form_token": new_token(), **more})


def test_from_download_to_hand_in(client, two):
    first, second = two
    cells = {
        (first.pk, "novelty"): (8, "有新意"), (first.pk, "team"): (6.0, None), (first.pk, "market"): ("n/a", None),
        (second.pk, "novelty"): (7, None),
    }  # fmt: skip
    content, _places = filled_in(client, cells)
    page = upload(client, content, hand_in="on").content.decode()
    assert "Handed in" in page
    assert "Kept as a draft" in page
    assert {one.state for one in Review.objects.all()} == {ReviewState.OPEN}
    assert Review.objects.get(pk=first.pk).draft == {}
    kept = re.search(r'name="kept" value="([^"]+)"', page)[1]
    sent = {"kept": kept, "form_token": new_token()}
    for _ in range(2):
        assert client.post(reverse("reviews:score_confirm"), sent).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.versions.count()) == (ReviewState.SUBMITTED, 1)
    assert first.versions.get().points == {"novelty": 8, "team": 6, "market": None}
    assert (second.state, second.draft["points"]) == (ReviewState.OPEN, {"novelty": 7})
    client.force_login(make_reviewer())
    stolen = client.post(reverse("reviews:score_confirm"), {"kept": kept, "form_token": new_token()})
    assert stolen.status_code == 422


def test_each_wrong_row_is_named_and_its_sheet_stays_out(client, two):
    first, second = two
    foreign = ReviewFactory(application=first.application)
    cells = {
        (first.pk, "novelty"): (99, None), (first.pk, "team"): ("gut", None), (first.pk, "market"): ("n/a", None),
        (second.pk, "novelty"): ("n/a", None), (second.pk, "team"): (5, None),
    }  # fmt: skip
    content, places = filled_in(client, cells)
    page = upload(client, content).content.decode()
    assert f"Row {places[first.pk, 'novelty']}: 99 points are more than 10." in page
    assert f"Row {places[first.pk, 'team']}:" in page
    assert f"Row {places[second.pk, 'novelty']}:" in page
    assert reverse("reviews:score_confirm") not in page
    client.force_login(foreign.reviewer)
    assert "no open review of yours" in upload(client, content).content.decode()
    assert upload(client, b"PK no workbook").status_code == 422
    file = SimpleUploadedFile("reviews.xlsx", filled_in(client, {(foreign.pk, "novelty"): (4, None)})[0])
    answered = client.post("/api/v1/reviews/score-sheets/", {"file": file, "dry_run": "false"})
    assert [line["is_good"] for line in answered.json()] == [True]
    foreign.refresh_from_db()
    assert foreign.draft["points"] == {"novelty": 4}


def test_a_reviewer_is_replaced_in_one_step_and_the_scores_are_kept_aside(client):
    review = ReviewFactory(application=submitted_case(ApplicationState.IN_REVIEW))
    case, other, third = review.application, make_reviewer(), make_reviewer()
    sheet = reviewing.Written({"novelty": 9, "team": 9, "market": 9}, {})
    reviewing.submit_review(review_id=review.pk, written=sheet, actor=review.reviewer)
    client.force_login(UserFactory(role=Role.FUND_OFFICER))
    address = reverse("calls:case_replace", args=[case.pk, review.pk])
    assert str(other) in client.get(address).content.decode()
    sent = {"reason": "与申报单位有新合作", "reviewer": other.pk, "form_token": new_token()}
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    review.refresh_from_db()
    new = Review.objects.get(reviewer=other)
    assert (review.state, review.end_reason, review.total) == (ReviewState.REPLACED, sent["reason"], 90)
    assert (new.state, list(case.reviews.counting())) == (ReviewState.INVITED, [new])
    assert OutboxMessage.objects.filter(recipient=other.email).count() == 1
    page = client.get(reverse("calls:case", args=[case.pk]) + "?tab=reviews").content.decode()
    assert "(kept aside)" in page
    asked = json.dumps({"reason": "生病", "reviewer": third.pk})
    made = client.post(f"/api/v1/case-reviews/{new.pk}/replace/", asked, content_type="application/json")
    assert made.json()["reviewer"] == third.pk
    with rule_refuses("REPLACED_ALREADY"):
        assigning.replace_reviewer(review_id=review.pk, reason="x", actor=UserFactory(role=Role.FUND_OFFICER))

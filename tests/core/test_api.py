"""The API's base classes: what one sees, errors in one shape, pages by key, one POST per key, limits."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from rest_framework.test import APIClient

from innovation.accounts.choices import Role
from innovation.core.models import IdempotencyKey
from tests.factories.accounts import UserFactory
from tests.toys.models import Book

pytestmark = pytest.mark.django_db
URL = "/api/v1/toys/books/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def user():
    person = UserFactory()
    person.user_permissions.add(
        Permission.objects.get(codename="add_book"), Permission.objects.get(codename="change_book")
    )
    return person


@pytest.fixture
def api(user):
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user)
    return client


def walk(api, url):
    """All rows forwards, then all backwards from the last page."""
    pages = []
    while url:
        page = api.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        url, before = page["next"], page["previous"]
    back = []
    while before:
        page = api.get(before).json()
        back.append([row["id"] for row in page["results"]])
        before = page["previous"]
    return pages, back


def test_strangers_are_told_to_log_in_and_others_see_their_own(api, user):
    assert APIClient().get(URL).status_code == 401
    mine, foreign = Book.objects.create(title="Mine", owner=user), Book.objects.create(title="X", owner=UserFactory())
    assert [row["id"] for row in api.get(URL).json()["results"]] == [mine.pk]
    answer = api.get(f"{URL}{foreign.pk}/")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        404,
        "application/problem+json",
        "NOT_FOUND",
    )
    assert api.patch(f"{URL}{foreign.pk}/", {"title": "Stolen"}).status_code == 404


def test_writing_needs_the_permission_and_deleting_is_no_method(api, user):
    book = Book.objects.create(title="A", owner=user)
    assert api.delete(f"{URL}{book.pk}/").status_code in {403, 405}
    user.user_permissions.clear()
    api.force_authenticate(type(user).objects.get(pk=user.pk))
    assert api.post(URL, {"title": "B"}).json()["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize("ordering", ["title", "-title", "pages", "-pages", "id", "-pages,title"])
def test_pages_follow_each_other_without_gap_or_repeat_over_ties_and_empty_values(api, user, ordering):
    Book.objects.bulk_create(
        Book(title=f"T{number % 3}", pages=[None, 1, 2, None, 5][number % 5], owner=user) for number in range(23)
    )
    pages, back = walk(api, f"{URL}?ordering={ordering}&page_size=4")
    everything = [row["id"] for row in api.get(f"{URL}?ordering={ordering}&page_size=500").json()["results"]]
    assert [key for page in pages for key in page] == everything
    assert len(everything) == len(set(everything)) == 23
    assert back == pages[:-1][::-1]


def test_rows_added_meanwhile_neither_repeat_nor_hide_others(api, user):
    for number in range(6):
        Book.objects.create(title=f"M{number}", owner=user)
    first = api.get(f"{URL}?ordering=title&page_size=3").json()
    Book.objects.create(title="A", owner=user)
    second = api.get(first["next"]).json()
    assert [row["title"] for row in first["results"] + second["results"]] == [f"M{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=rubbish", "cursor"), ("cursor=WyJuIl0=", "cursor"), ("cursor=WyJ4IiwxXQ==", "cursor"),
        ("page_size=0", "page_size"), ("page_size=501", "page_size"), ("page_size=²", "page_size"),
        ("titel=A", "titel"), ("ordering=owner", "ordering"), ("pages__gte=many", "pages__gte"),
    ],
)  # fmt: skip
def test_what_the_list_does_not_understand_is_refused_by_name(api, user, query, field):
    answer = api.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_list_takes_the_same_queries_for_one_and_three_rows(api, user, django_assert_num_queries):
    Book.objects.create(title="A", owner=user)
    with django_assert_num_queries(1):
        api.get(URL)
    Book.objects.bulk_create([Book(title="B", owner=user), Book(title="C", owner=user)])
    with django_assert_num_queries(1):
        assert len(api.get(URL).json()["results"]) == 3


def test_each_error_is_a_problem_with_code_and_request_id(api, user):
    answer = api.post(URL, {"title": "forbidden"}, headers={"X-Request-ID": "given-by-client"})
    body = answer.json()
    assert (answer.status_code, body["code"], body["facts"]) == (422, "TITLE_FORBIDDEN", {"title": "x"})
    assert body["errors"] == [{"field": "title", "code": "TITLE_FORBIDDEN", "message": "This title is forbidden."}]
    assert body["request_id"] == answer["X-Request-ID"] == "given-by-client"
    body = api.post(URL, {"title": "x" * 51, "pages": "many"}).json()
    assert {(error["field"], error["code"]) for error in body["errors"]} == {
        ("title", "MAX_LENGTH"),
        ("pages", "INVALID"),
    }
    assert api.put(URL).json()["code"] == "METHOD_NOT_ALLOWED"
    broken = api.post(URL, "{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "PARSE_ERROR")


def test_unknown_addresses_and_our_own_faults_are_problems_too_and_tell_nothing(api):
    missing = api.get("/api/v1/nothing/")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    crash = api.post(URL, {"title": "crash"})
    assert (crash.status_code, crash.json()["code"]) == (500, "INTERNAL_ERROR")
    assert "inside" not in crash.content.decode()
    assert not Book.objects.exists()


# ── Idempotency ──────────────────────────────────────────────────────────────────────────────────
def post(api, title, key, **more):
    return api.post(URL, {"title": title, **more}, headers={"Idempotency-Key": key})


def test_a_repeated_key_gets_the_first_answer_and_makes_one_record(api):
    first, second = post(api, "A", "k1"), post(api, "A", "k1")
    assert (first.status_code, second.status_code, second["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.json() == second.json()
    assert Book.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(api):
    post(api, "A", "k1")
    answer = post(api, "B", "k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Book.objects.count() == 1


def test_a_key_belongs_to_one_person(api):
    post(api, "A", "k1")
    other = UserFactory()
    other.user_permissions.add(Permission.objects.get(codename="add_book"))
    api.force_authenticate(other)
    assert "Idempotent-Replayed" not in post(api, "A", "k1")
    assert Book.objects.count() == 2


@pytest.mark.parametrize("title", ["forbidden", "x" * 60, "crash"])
def test_a_failed_request_leaves_its_key_free(api, title):
    assert post(api, title, "k1").status_code >= 400
    assert not IdempotencyKey.objects.exists()
    assert post(api, "A", "k1").status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "ключ".encode().decode("latin-1"), "a\tb"])
def test_an_odd_key_is_refused(api, key):
    assert post(api, "A", key).status_code == 400


# ── Limits, history, schema ──────────────────────────────────────────────────────────────────────
def test_limits_count_reads_and_writes_apart_and_by_person(api, settings):
    settings.API_RATES = {"read": "5/min", "write": "2/min"}
    assert [post(api, "A", f"{n}").status_code for n in range(3)] == [201, 201, 429]
    answer = post(api, "A", "9")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["code"] == "THROTTLED"
    assert api.get(URL).status_code in {200, 429}
    api.force_authenticate(UserFactory())
    assert api.get(URL).status_code == 200


def test_an_outage_of_the_cache_does_not_close_the_api(api, settings):
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert api.get(URL).status_code == 200


def test_history_is_for_staff_and_names_person_and_request(api, user):
    key = post(api, "A", "k1").json()["id"]
    assert api.get(f"{URL}{key}/history/").status_code == 403
    user.is_staff = True
    user.save()
    entry = api.get(f"{URL}{key}/history/").json()[0]
    assert entry["action"] == "insert"
    assert {"field": "title", "label": "Title", "before": None, "after": "A"} in entry["changes"]


def test_the_schema_describes_cursor_and_key(api, user):
    user.is_staff = True
    schema = api.get("/api/v1/schema/?format=json").json()
    operation = schema["paths"]["/api/v1/toys/books/"]["get"]
    assert {"cursor", "page_size", "ordering", "title"} <= {item["name"] for item in operation["parameters"]}
    assert "/api/v1/toys/books/{id}/history/" in schema["paths"]


def test_the_index_names_what_one_may_use_and_nothing_else(api, user, django_assert_max_num_queries):
    public = APIClient().get("/api/v1/").json()["addresses"]
    assert [row["name"] for row in public] == ["calls", "challenge-needs", "public-notices"]
    assert all(row["methods"] == ["GET"] for row in public)
    assert "Bearer" in APIClient().get(URL).json()["detail"]
    answer = api.get("/api/v1/").json()
    of = {row["name"]: row for row in answer["addresses"]}
    assert of["toys/books"]["methods"] == ["GET", "POST"]
    assert "ledger" not in of
    user.user_permissions.clear()
    officer = UserFactory(role=Role.FUND_OFFICER)
    api.force_authenticate(officer)
    with django_assert_max_num_queries(8):
        answer = api.get("/api/v1/").json()
    of = {row["name"]: row["methods"] for row in answer["addresses"]}
    assert of["toys/books"] == ["GET"]
    assert {"funds", "ledger", "valuations"} <= set(of)
    assert [row for row in answer["addresses"] if api.get(row["url"]).status_code not in {200, 400}] == []
    assert api.get(answer["schema"]).status_code == 200

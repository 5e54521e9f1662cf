"""Request ids, logs without secrets, health, figures, errors, content policies."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import InterfaceError
from django.test import Client
from django.urls import path

from innovation import urls as product
from innovation.accounts.models import User
from innovation.core import health, logs
from tests.factories.accounts import UserFactory
from tests.toys.models import Book

pytestmark = pytest.mark.django_db


def crash(request):
    raise ZeroDivisionError("a canary of 4711")


def database_away(request):
    raise OperationalError("connection to server failed: password hunter2")


def too_slow(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(5)")


def change(request):
    Book.objects.update(title="changed")
    raise ZeroDivisionError


urlpatterns = [
    *product.urlpatterns,
    path("crash/", crash),
    path("away/", database_away),
    path("slow/", too_slow),
    path("api/v1/away/", database_away),
    path("change/", change),
]
handler400, handler403 = product.handler400, product.handler403
handler404, handler500 = product.handler404, product.handler500


@pytest.fixture
def web(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


# ── Request id and history ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("given", ["abcdefgh", "0af7651916cd43dd8448eb211c80319c", "a.b_c-1234"])
def test_a_well_formed_request_id_is_kept(client, given):
    assert client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f", "<script>alert</script>", "abc\tdefgh", "é" * 8]
)
def test_any_other_gets_a_new_one(client, given):
    found = client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"]
    assert found != given
    assert len(found) == 32


def test_a_change_made_by_a_page_names_its_person_and_request(web):
    user = UserFactory(name="Li Wei")
    book = Book.objects.create(title="A")
    web.force_login(user)
    response = web.get("/change/", headers={"X-Request-ID": "request-of-page"})
    assert response.status_code == 500
    event = book.history.latest("pgh_id")
    assert event.pgh_context == {
        "actor": user.pk, "actor_label": f"Li Wei <{user.email}>", "request_id": "request-of-page",
    }  # fmt: skip


# ── Errors ───────────────────────────────────────────────────────────────────────────────────────
def test_a_crash_shows_the_request_id_and_nothing_else(web):
    response = web.get("/crash/", headers={"X-Request-ID": "request-of-crash"})
    assert response.status_code == 500
    assert "request-of-crash" in response.content.decode()
    assert "4711" not in response.content.decode()
    assert "Content-Security-Policy" in response


@pytest.mark.parametrize("address", ["/away/", "/slow/", "/api/v1/away/"])
def test_a_database_that_is_away_or_too_slow_gives_503_and_the_next_page_works(web, address):
    response = web.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "hunter2" not in response.content.decode()
    if address.startswith("/api/"):
        assert response.json()["code"] == "HTTP_503"
    assert web.get("/livez").status_code == 200


def test_errors_are_pages_for_people_and_problems_for_programs(web):
    assert web.get("/nothing/")["Content-Type"].startswith("text/html")
    assert web.get("/api/nothing/")["Content-Type"] == "application/problem+json"


# ── Log ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def lines():
    """What the product's own formatter writes, one parsed line at a time."""
    stream = io.StringIO()
    configuration = logs.configuration("INFO", "json")["formatters"]["line"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(configuration.pop("()")(**configuration))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_a_request_is_one_line_with_its_id_route_and_time(client, lines):
    client.get("/api/v1/nothing/", headers={"X-Request-ID": "request-of-line"})
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert (line["request_id"], line["method"], line["status"]) == ("request-of-line", "GET", 404)
    assert line["ms"] >= 0
    assert line["timestamp"].endswith("Z")


def test_a_line_break_cannot_forge_a_line(lines):
    logging.getLogger("x").warning('first\n{"event": "forged", "level": "info"}')
    assert [line["event"] for line in lines()] == ['first\n{"event": "forged", "level": "info"}']


def test_secrets_are_hidden_by_name_and_by_shape(lines):
    canary = "s3cr3t-canary"
    logging.getLogger("x").error(
        "POST /accounts/password/reset/key/%s/ and postgresql://app:%s@db/app with Bearer %s", canary, canary, canary,
        extra={"password": canary, "nested": {"Authorization": canary, "list": [{"csrf_token": canary}]},
               "safe": "kept"},
    )  # fmt: skip
    (line,) = lines()
    assert canary not in json.dumps(line)
    assert line["safe"] == "kept"
    assert line["nested"] == {"Authorization": logs.HIDDEN, "list": [{"csrf_token": logs.HIDDEN}]}


def test_a_password_sent_to_the_log_in_is_in_no_line(client, lines):
    client.post("/accounts/login/", {"login": "a@b.cn", "password": "canary-4711-password"})
    assert lines()
    assert "canary-4711" not in json.dumps(lines())


# ── Health and figures ───────────────────────────────────────────────────────────────────────────
def test_alive_depends_on_nothing(client, settings, django_assert_num_queries):
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok\n"


def test_ready_reports_an_outage_of_redis_without_failing(client, settings):
    assert client.get("/readyz").json() == {"database": "ok", "migrations": "ok", "redis": "ok"}
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    response = client.get("/readyz")
    assert (response.status_code, response.json()["redis"]) == (200, "down")


def test_not_ready_while_a_migration_is_missing_or_the_database_away(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'toys'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")

    def away():
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")
    assert client.get("/livez").status_code == 200


def test_figures_are_for_staff_or_the_token_and_nobody_else(client, settings):
    client.get("/")
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403
    client.force_login(UserFactory())
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "long-and-random"
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    page = Client().get("/metrics", headers={"Authorization": "Bearer long-and-random"}).content.decode()
    assert "innovation_database_up 1.0" in page
    assert "innovation_outbox_oldest_seconds 0.0" in page
    assert 'innovation_requests_total{method="GET"' in page
    client.force_login(User.objects.create_superuser("root@example.org", "x"))
    assert client.get("/metrics").status_code == 200


# ── Content policies ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("address", ["/", "/nothing/", "/api/v1/nothing/", "/crash/", "/away/", "/api/v1/docs/"])
def test_the_strict_policy_is_on_every_answer_outside_the_admin(web, address):
    policy = web.get(address)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_icon_is_found_under_the_name_that_browsers_guess(client):
    assert client.get("/favicon.ico").url.endswith("favicon.svg")


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/nothing/"])
def test_the_admin_has_a_policy_of_its_own_never_none(web, address):
    policy = web.get(address, follow=False)["Content-Security-Policy"]
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy


# ── Time limits of the database ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("role", "limits"),
    [("web", ("15s", "3s", "30s")), ("worker", ("5min", "30s", "10min")), ("command", ("0", "0", "0"))],
)
def test_each_role_has_its_limits(role, limits):
    script = (
        "from django.db import connection as c; k = c.cursor(); "
        "print([k.execute(f'SHOW {n}').fetchone()[0] for n in "
        "('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')])"
    )
    environ = os.environ | {"INNOVATION_ROLE": role, "DJANGO_SETTINGS_MODULE": "innovation.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(list(limits))

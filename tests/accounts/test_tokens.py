"""API tokens: shown once, kept as a digest, limited, revocable."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from innovation.accounts import actions
from innovation.accounts.authentication import digest
from innovation.accounts.choices import LoginEventKind, Role
from innovation.accounts.models import ApiToken, LoginEvent, User
from innovation.core.errors import RuleViolation
from tests.factories.accounts import PASSWORD, UserFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db
USERS = "/api/v1/users/"


def call(key, **extra):
    return Client(**extra).get(USERS, HTTP_AUTHORIZATION=f"Bearer {key}").status_code


def confirmed(client, user):
    """Sign in, and confirm the password once more as the page of tokens asks."""
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def token():
    return actions.make_token(user=UserFactory(role=Role.FUND_OFFICER), name="export", days=30)


def test_a_token_is_shown_once_and_kept_as_a_digest(client, mails):
    user = UserFactory(role=Role.FUND_OFFICER)
    confirmed(client, user)
    assert client.post("/account/tokens/", {"name": "Monthly export", "days": "30"}).url == "/account/tokens/"
    answer = client.get("/account/tokens/")
    token = ApiToken.objects.get(user=user)
    key = answer.content.decode().split('id="new-token">', 1)[1].split("<", 1)[0]
    assert answer.headers["Cache-Control"] == "no-store"
    assert token.digest == digest(key)
    assert key not in str(dict(client.session))
    assert key not in client.get("/account/tokens/").content.decode()
    assert key not in mails()[0].body
    assert call(key) == 200
    token.refresh_from_db()
    assert token.last_used_at


def test_making_one_needs_a_fresh_password(client):
    user = UserFactory()
    client.force_login(user)
    answer = client.post("/account/tokens/", {"name": "x", "days": "30"})
    assert answer.url.startswith("/account/reauthenticate/")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("data", [{"name": "", "days": "30"}, {"name": "x", "days": "99999"}, {"name": "x"}])
def test_a_form_with_a_fault_makes_nothing(client, data):
    confirmed(client, UserFactory())
    assert "error-summary" in client.post("/account/tokens/", data).content.decode()
    assert not ApiToken.objects.exists()


def test_revoking_stops_it_at_once(client, token):
    row, key = token
    client.force_login(row.user)
    client.post(f"/account/tokens/{row.pk}/revoke/")
    assert call(key) == 401
    assert LoginEvent.objects.filter(kind=LoginEventKind.TOKEN_REVOKED, actor=row.user).exists()


def test_nobody_revokes_the_token_of_another(client, token):
    row, key = token
    client.force_login(UserFactory(role=Role.FINANCE))
    assert client.post(f"/account/tokens/{row.pk}/revoke/").status_code == 404
    with pytest.raises(RuleViolation):
        actions.revoke_token(token_id=row.pk, actor=UserFactory(role=Role.FINANCE))
    assert call(key) == 200


def test_a_token_runs_out(token):
    row, key = token
    past = timezone.now() - timedelta(days=40)
    ApiToken.objects.filter(pk=row.pk).update(created_at=past, expires_at=past + timedelta(days=30))
    assert call(key) == 401


def test_after_five_wrong_secrets_the_right_one_is_refused_too(token):
    row, key = token
    other = actions.make_token(user=row.user, name="other", days=30)[1]
    answers = [call(f"{key[:-4]}{number:04}", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(8)]
    assert answers == [401] * 5 + [429] * 3
    assert call(key) == 429
    assert call(other) == 200
    assert call(key, REMOTE_ADDR="198.51.100.3") == 200
    assert LoginEvent.objects.filter(kind=LoginEventKind.TOKEN_REFUSED).count() == 5


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer inn_zz_x", "Token inn_000000000000_x", "Bearer a b c", "Bearer \x00", "Bearer é"],
)
def test_what_is_no_token_is_refused(header):
    assert Client().get(USERS, HTTP_AUTHORIZATION=header).status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_whom_in_the_api(role):
    user, stranger = UserFactory(role=role), UserFactory()
    _row, key = actions.make_token(user=user, name="export", days=30)
    rows = Client().get(USERS, HTTP_AUTHORIZATION=f"Bearer {key}").json()["results"]
    sees_all = role in {Role.ADMINISTRATOR, Role.AUDITOR, Role.PRIVACY_OFFICER}
    assert {row["email"] for row in rows} == {user.email, *([stranger.email] if sees_all else [])}
    assert "password" not in rows[0]


def test_the_api_is_closed_to_nobody_in_particular():
    assert Client().get(USERS).status_code == 401


def test_a_password_is_no_key_to_the_api():
    user = UserFactory(role=Role.FUND_OFFICER)
    basic = Client().get(USERS, HTTP_AUTHORIZATION="Basic " + f"{user.email}:{PASSWORD}".encode().hex())
    assert basic.status_code in {401, 403}


def test_the_database_refuses_a_key_in_the_clear(token):
    row, key = token
    refused("accounts_token_digest_only", lambda: ApiToken.objects.filter(pk=row.pk).update(digest=key[:64]))


def test_the_database_refuses_a_token_that_ends_before_it_began(token):
    row, _key = token
    change = ApiToken.objects.filter(pk=row.pk)
    refused("accounts_token_ends_after_start", lambda: change.update(expires_at=timezone.now() - timedelta(9)))


def test_the_database_refuses_a_second_account_with_the_same_address():
    user = UserFactory()
    change = User.objects.filter(pk=UserFactory().pk)
    refused("accounts_user_email_once", lambda: change.update(email=user.email.upper()))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_happened(change):
    event = LoginEvent.objects.create(kind=LoginEventKind.LOGIN_FAILED, email="a@b.cn")
    rows = LoginEvent.objects.filter(pk=event.pk)
    act = {"update": lambda: rows.update(email="x@b.cn"), "delete": lambda: rows._raw_delete("default")}[change]
    refused("append_only", act)


def test_the_database_refuses_an_unknown_event():
    refused("accounts_event_kind_known", lambda: LoginEvent.objects.create(kind="nonsense"))


def test_events_stay_when_the_person_goes():
    user = UserFactory()
    LoginEvent.objects.create(kind=LoginEventKind.LOGGED_IN, user=user, email=user.email)
    number = user.pk
    user.delete()
    assert LoginEvent.objects.get(user_id=number).email == user.email

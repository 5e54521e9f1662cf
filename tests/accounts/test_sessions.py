"""Sessions end: by time, by password change, by their owner, by an administrator."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from innovation.accounts import sessions
from innovation.accounts.choices import LoginEventKind, Role
from innovation.accounts.models import LoginEvent
from tests.factories.accounts import PASSWORD, UserFactory, as_role

pytestmark = pytest.mark.django_db


def browser_of(user):
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def turn_back(client, **seconds):
    session = client.session
    for key, value in seconds.items():
        session[key] = int(time.time()) - value
    session.save()


def is_in(client):
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("seconds", "stays"),
    [
        ({"seen_at": 29 * 60}, True),
        ({"seen_at": 31 * 60}, False),
        ({"began_at": 12 * 3600 - 60}, True),
        ({"began_at": 12 * 3600 + 60}, False),
    ],
)
def test_a_session_ends_when_idle_and_when_old(client, seconds, stays):
    user = as_role(client, Role.FINANCE)
    turn_back(client, **seconds)
    assert is_in(client) is stays
    assert LoginEvent.objects.filter(user=user, kind=LoginEventKind.TIMED_OUT).exists() is not stays


def test_being_there_keeps_a_session_alive_but_not_for_ever(client):
    as_role(client, Role.FINANCE)
    turn_back(client, seen_at=20 * 60)
    assert is_in(client)
    assert time.time() - client.session["seen_at"] < 5
    turn_back(client, began_at=13 * 3600)
    assert not is_in(client)


def test_a_request_within_the_minute_writes_nothing(client, django_assert_num_queries):
    as_role(client, Role.APPLICANT)
    client.get("/account/notices/")
    # Session, person, groups, choices, digest; the menu asks for permissions, for one's own companies and funds, and
    # for one's standing in the registry of talent.
    with django_assert_num_queries(11) as queries:
        client.get("/account/notices/")
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_changing_the_password_ends_the_other_sessions_only():
    user = UserFactory()
    here, there = browser_of(user), browser_of(user)
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "quite another pass phrase"})
    assert is_in(here)
    assert not is_in(there)
    assert not UserSession.objects.filter(user=user).exclude(session_key=here.session.session_key).exists()


def test_resetting_the_password_by_mail_ends_every_session(mails):
    user = UserFactory()
    there, stranger = browser_of(user), Client()
    stranger.post("/account/password/reset/", {"email": user.email})
    link = next(line for line in mails()[0].body.splitlines() if "/reset/key/" in line)
    form = stranger.get(link.split("testserver", 1)[1], follow=True)
    stranger.post(form.request["PATH_INFO"], {"password1": "quite another pass phrase"})
    assert not is_in(there)
    again = stranger.get(link.split("testserver", 1)[1], follow=True)
    assert "This link has been used" in again.content.decode()
    assert LoginEvent.objects.filter(user=user, kind=LoginEventKind.PASSWORD_RESET).exists()


def test_a_person_ends_one_session_of_their_own():
    user = UserFactory()
    here, there = browser_of(user), browser_of(user)
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/sessions/{row.pk}/end/")
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_the_session_of_another():
    victim, stranger = browser_of(UserFactory()), browser_of(UserFactory())
    row = UserSession.objects.get(session_key=victim.session.session_key)
    stranger.post(f"/account/sessions/{row.pk}/end/")
    assert is_in(victim)


def test_all_other_sessions_end_at_once():
    user = UserFactory()
    here, there, elsewhere = browser_of(user), browser_of(user), browser_of(user)
    here.post("/account/sessions/")
    assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, False)


def test_a_closed_account_is_out_on_its_next_request():
    user = UserFactory()
    client = browser_of(user)
    assert is_in(client)
    user.is_active = False
    user.save()
    assert not is_in(client)


def test_last_seen_moves_with_the_person():
    user = UserFactory()
    client = browser_of(user)
    row = UserSession.objects.get(user=user)
    turn_back(client, seen_at=sessions.NOTE_EVERY_SECONDS + 5)
    client.get("/account/")
    assert UserSession.objects.get(user=user).last_seen_at > row.last_seen_at

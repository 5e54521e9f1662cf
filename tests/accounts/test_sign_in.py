"""Guessing stops, whatever door and address it comes from; nobody else is locked out."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from innovation.accounts.choices import LoginEventKind, Role
from innovation.accounts.models import LoginEvent
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client, email, password, path="/account/login/", **extra):
    return client.post(path, {"login": email, "password": password}, **extra)


def is_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_opens_and_is_recorded(client):
    user = UserFactory()
    response = sign_in(client, user.email.upper(), PASSWORD, HTTP_USER_AGENT="Test browser")
    assert (response.status_code, response.url) == (302, "/")
    event = LoginEvent.objects.get(user=user)
    assert (event.kind, event.ip, event.user_agent) == (LoginEventKind.LOGGED_IN, "127.0.0.1", "Test browser")
    assert event.facts == {"methods": ["password"]}


def test_a_new_session_id_at_sign_in(client):
    user = UserFactory()
    client.get("/account/login/?next=/account/")
    session = client.session
    session["probe"] = 1
    session.save()
    before = (
        client.cookies["innovation_session"].value if "innovation_session" in client.cookies else session.session_key
    )
    sign_in(client, user.email, PASSWORD)
    assert client.session.session_key != before


@pytest.mark.parametrize("path", ["/account/login/", "/account/login/?next=/admin/"])
def test_after_five_wrong_tries_the_right_password_is_refused_too(client, path):
    user = UserFactory(role=Role.ADMINISTRATOR)
    for number in range(30):
        sign_in(client, user.email, f"wrong {number}", path, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    sign_in(client, user.email, PASSWORD, path)
    assert not is_in(client)
    kinds = list(LoginEvent.objects.filter(user=user).values_list("kind", flat=True))
    assert kinds.count(LoginEventKind.LOGIN_FAILED) == 5
    assert kinds.count(LoginEventKind.LOCKED) == 1


def test_others_behind_the_same_address_are_not_locked_out(client):
    victim, other = UserFactory(), UserFactory()
    for number in range(40):
        sign_in(client, victim.email, f"wrong {number}")
    sign_in(client, other.email, PASSWORD)
    assert is_in(client)


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(client):
    user = UserFactory()
    for number in range(10):
        sign_in(Client(REMOTE_ADDR="198.51.100.7"), user.email, f"wrong {number}")
    sign_in(client, user.email, PASSWORD)
    assert is_in(client)


def test_guessing_from_many_addresses_stops_too(client):
    user = UserFactory()
    for number in range(40):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), user.email, "wrong")
    assert LoginEvent.objects.filter(user=user, kind=LoginEventKind.LOGIN_FAILED).count() == 30
    sign_in(client, user.email, PASSWORD)
    assert not is_in(client)


def test_an_address_that_tries_many_accounts_is_stopped(client):
    users = [UserFactory() for _ in range(3)]
    for number in range(100):
        sign_in(client, f"nobody{number}@example.org", "wrong")
    sign_in(client, users[0].email, PASSWORD)
    assert not is_in(client)
    sign_in(Client(REMOTE_ADDR="198.51.100.9"), users[0].email, PASSWORD)
    assert LoginEvent.objects.filter(user=users[0], kind=LoginEventKind.LOGGED_IN).exists()


@pytest.mark.parametrize(("proxies", "locked"), [(0, True), (1, False)])
def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(client, settings, proxies, locked):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    user = UserFactory()
    for number in range(6):
        sign_in(client, user.email, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    sign_in(client, user.email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.77")
    assert is_in(client) is not locked


def test_behind_a_trusted_proxy_what_the_client_forges_is_ignored(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory()
    for number in range(6):
        sign_in(client, user.email, "wrong", HTTP_X_FORWARDED_FOR=f"10.9.8.{number}, 203.0.113.5")
    sign_in(client, user.email, PASSWORD, HTTP_X_FORWARDED_FOR="10.1.1.1, 203.0.113.5")
    assert not is_in(client)


def test_known_and_unknown_addresses_get_the_same_answer(client):
    user = UserFactory()
    pages = set()
    for email in (user.email, "nobody.at.all@example.org"):
        page = sign_in(client, email, "wrong password").content.decode().replace(email, "X")
        pages.add(re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page))
    assert len(pages) == 1
    assert "The e-mail address or the password is wrong." in pages.pop()


def test_the_admin_has_no_sign_in_of_its_own(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    response = client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert not is_in(client)


def test_a_person_without_a_staff_role_gets_no_admin(client):
    client.force_login(UserFactory(role=Role.APPLICANT))
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/").status_code == 302


def test_asking_for_many_reset_links_stops_but_not_for_others(client, mails):
    user, other = UserFactory(), UserFactory()
    for _number in range(12):
        client.post("/account/password/reset/", {"email": user.email})
    client.post("/account/password/reset/", {"email": other.email})
    receivers = [mail.to[0] for mail in mails()]
    assert (receivers.count(user.email), receivers.count(other.email)) == (5, 1)


def test_signing_out_needs_a_post(client):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)
    client.post("/account/logout/")
    assert not is_in(client)
    assert LoginEvent.objects.filter(user=user, kind=LoginEventKind.LOGGED_OUT).exists()

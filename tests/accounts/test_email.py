"""Changing the address: with a code, also while a second factor is on; nobody learns who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from innovation.accounts.choices import LoginEventKind
from innovation.accounts.models import LoginEvent, User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NEW = "new.address@example.org"


def ask_for(client, user, email):
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client.post("/account/email/", {"action_add": "", "email": email})


def code_in(mail):
    return re.search(r"^ {4}(\S+)$", mail.body, re.MULTILINE)[1]


@pytest.mark.parametrize("has_mfa", [False, True])
def test_the_address_changes_when_the_code_is_entered_and_not_before(client, mails, has_mfa):
    user = UserFactory(language="en")
    before = user.email
    if has_mfa:
        TOTP.activate(user, generate_totp_secret())
    assert ask_for(client, user, NEW).url == "/account/confirm-email/"
    assert User.objects.get(pk=user.pk).email == before
    client.post("/account/confirm-email/", {"action": "verify", "code": code_in(mails()[0])})
    assert User.objects.get(pk=user.pk).email == NEW
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert LoginEvent.objects.get(user=user, kind=LoginEventKind.EMAIL_CHANGED).facts == {
        "before": before,
        "after": NEW,
    }
    assert {mail.to[0] for mail in mails()} >= {NEW, before}, "the old address must hear of it"


def test_changing_it_asks_for_the_password_first(client, mails):
    client.force_login(UserFactory())
    assert client.post("/account/email/", {"action_add": "", "email": NEW}).url.startswith("/account/reauthenticate/")
    assert not mails()


def test_three_wrong_codes_end_it(client, mails):
    user = UserFactory()
    ask_for(client, user, NEW)
    for _number in range(3):
        client.post("/account/confirm-email/", {"action": "verify", "code": "WRONG"})
    client.post("/account/confirm-email/", {"action": "verify", "code": code_in(mails()[0])})
    assert User.objects.get(pk=user.pk).email != NEW


def test_the_address_of_another_cannot_be_taken_and_nothing_is_told(client, mails):
    owner, user = UserFactory(), UserFactory()
    assert ask_for(client, user, owner.email).url == "/account/confirm-email/"
    assert {mail.to[0] for mail in mails()} == {owner.email}
    client.post("/account/confirm-email/", {"action": "verify", "code": code_in(mails()[0])})
    assert User.objects.get(pk=user.pk).email != owner.email
    assert EmailAddress.objects.get(email=owner.email).user == owner


def test_signing_up_with_a_known_address_looks_the_same(client, mails):
    known = UserFactory(language="en")
    answers = []
    for email in (known.email, NEW):
        client.cookies.clear()
        data = {"name": "Somebody", "email": email, "password1": "harbour lantern seven"}
        response = client.post("/account/signup/", data)
        page = client.get(response.url).content.decode().replace(email, "X")
        page = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page)
        answers.append((response.status_code, response.url, page))
    (status, place, page), other = answers
    assert (status, place) == other[:2]
    assert page.splitlines() == other[2].splitlines()
    subjects = {mail.to[0]: mail.subject for mail in mails()}
    assert subjects[known.email] == "You have an account already"
    assert User.objects.filter(email=known.email).count() == 1


def test_too_many_sign_ups_get_a_page_in_our_own_words(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "1/m/ip"}
    client.post("/account/signup/", {})
    answer = client.post("/account/signup/", {}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert answer.status_code == 429
    assert "请求过于频繁" in answer.content.decode()


def test_a_demonstration_says_where_its_mails_lie_and_an_installation_does_not(client, settings, tmp_path):
    data = {"name": "Somebody", "email": NEW, "password1": "harbour lantern seven"}
    page = client.get(client.post("/account/signup/", data).url)
    assert "Look into the spam folder." in page.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    for address in ("/account/confirm-email/", "/account/password/reset/done/"):
        page = client.get(address)
        assert f"Each is a file in the folder {tmp_path / 'mail'}; open the newest." in page.text
        assert "Look into the spam folder." not in page.text
    settings.IS_LOCAL = False
    assert str(tmp_path) not in client.get("/account/password/reset/done/").text

"""Two languages: chosen, kept, switched without leaving the page; mails in the language of the person."""

import re

import pytest
from django.conf import settings as product
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from innovation.accounts.mails import MAILS, render
from innovation.accounts.models import NotificationChoice, User
from innovation.accounts.notifications import Kind, choice_of, register
from innovation.core.models import OutboxMessage
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def language_of(response):
    return re.search(r'<html lang="([^"]+)"', response.content.decode())[1]


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [("zh-CN,zh;q=0.9", "zh-Hans"), ("zh-TW", "zh-Hans"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_the_browser_decides_first(client, accepted, shown):
    assert language_of(client.get("/account/login/", HTTP_ACCEPT_LANGUAGE=accepted)) == shown


def test_switching_keeps_the_page_and_stays(client):
    response = client.post("/account/language/", {"language": "zh-hans", "next": "/account/login/?next=/funds/"})
    assert response.url == "/account/login/?next=/funds/"
    assert language_of(client.get(response.url, HTTP_ACCEPT_LANGUAGE="en")) == "zh-Hans"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_switching_leads_nowhere_else(client, target):
    assert client.post("/account/language/", {"language": "en", "next": target}).url == "/"


def test_an_unknown_language_changes_nothing(client):
    client.post("/account/language/", {"language": "tlh"})
    assert product.LANGUAGE_COOKIE_NAME not in client.cookies


def test_the_choice_goes_with_the_person_to_another_browser(client):
    user = UserFactory()
    client.force_login(user)
    client.post("/account/language/", {"language": "zh-hans"})
    assert User.objects.get(pk=user.pk).language == "zh-hans"
    elsewhere = Client()
    elsewhere.force_login(user)
    assert language_of(elsewhere.get("/account/", HTTP_ACCEPT_LANGUAGE="en")) == "zh-Hans"


def test_the_profile_changes_name_and_language(client):
    user = UserFactory()
    client.force_login(user)
    client.post("/account/", {"name": " 周雨桐 ", "language": "zh-hans"})
    user.refresh_from_db()
    assert (user.name, user.language) == ("周雨桐", "zh-hans")
    answer = client.post("/account/", {"name": "", "language": "zh-hans"}).content.decode()
    assert "请输入您的姓名" in answer
    assert "周雨桐" in answer


CONTEXT = {
    "code": "ABC-123",
    "password_reset_url": "https://x.example/reset",
    "signup_url": "https://x.example/sign-up",
    "email": "a@b.cn",
    "from_email": "a@b.cn",
    "to_email": "c@d.cn",
    "deleted_email": "a@b.cn",
    "reason": "R",
    "name": "N",
    "timestamp": None,
    "ip": "203.0.113.1",
    "user_agent": "Browser",
}


@pytest.mark.parametrize("name", list(MAILS))
def test_every_mail_exists_in_both_languages(name):
    with translation.override("en"):
        english = render(name, CONTEXT)
    with translation.override("zh-hans"):
        chinese = render(name, CONTEXT)
    assert not any(CHINESE.search(text) for text in english)
    assert CHINESE.search(chinese[0])
    lines = [line for line in chinese[1].splitlines() if line.strip()]
    foreign = [line for line in lines if not CHINESE.search(line)]
    assert all(any(str(value) in line for value in CONTEXT.values() if value) for line in foreign)
    assert "%(" not in "".join(english + chinese)
    for _subject, text, html in (english, chinese):
        for value in (CONTEXT["code"], CONTEXT["password_reset_url"], CONTEXT["signup_url"]):
            assert (value in text) == (value in html)


@pytest.mark.parametrize(("language", "subject"), [("en", "Choose a new password"), ("zh-hans", "设置新密码")])
def test_a_mail_comes_in_the_language_of_the_person_not_of_the_page(client, mails, language, subject):
    user = UserFactory(language=language)
    other = "zh-CN" if language == "en" else "en"
    client.post("/account/password/reset/", {"email": user.email}, HTTP_ACCEPT_LANGUAGE=other)
    assert mails()[0].subject == subject


def test_what_opens_an_account_is_wiped_from_the_outbox(client, mails):
    user = UserFactory()
    client.post("/account/password/reset/", {"email": user.email})
    assert "/reset/key/" in OutboxMessage.objects.get().payload["text"]
    assert "/reset/key/" in mails()[0].body
    assert OutboxMessage.objects.get().payload["text"] == OutboxMessage.objects.get().payload["html"] == ""


MESSAGES = [
    "account/messages/email_confirmed.txt",
    "account/messages/email_deleted.txt",
    "account/messages/logged_out.txt",
    "account/messages/password_changed.txt",
    "account/messages/password_set.txt",
    "mfa/messages/recovery_codes_generated.txt",
    "mfa/messages/totp_activated.txt",
    "mfa/messages/totp_deactivated.txt",
    "mfa/messages/webauthn_added.txt",
    "mfa/messages/webauthn_removed.txt",
    "usersessions/messages/sessions_logged_out.txt",
]


@pytest.mark.parametrize("template", MESSAGES)
def test_every_message_after_a_step_is_chinese_too(template):
    with translation.override("zh-hans"):
        text = render_to_string(template, {"email": "a@b.cn"}).strip()
    assert CHINESE.search(text)
    assert not re.search(r"[a-z]{4,} [a-z]{3,}", text)


def test_each_kind_of_notice_comes_as_the_person_chose(client):
    kind = Kind("tests.kind", "Something happened")
    register(kind)
    user = UserFactory(password=PASSWORD)
    client.force_login(user)
    assert choice_of(user, kind.code) == (True, "at_once")
    page = client.get("/account/notices/").content.decode()
    fields = dict.fromkeys(re.findall(r'<select name="([^"]+)"', page), "off")
    client.post("/account/notices/", fields | {"tests.kind-mail": "digest"})
    assert choice_of(user, kind.code) == (False, "digest")
    assert NotificationChoice.objects.filter(user=user, kind=kind.code).count() == 1
    with pytest.raises(ValueError, match=r"tests\.kind"):
        register(Kind("tests.kind", "Another"))

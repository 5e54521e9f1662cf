"""The second factor: who needs one, how it is set up, that each code works once."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib import admin
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver

from innovation.accounts import actions
from innovation.accounts.choices import STAFF_ROLES, LoginEventKind, Role
from innovation.accounts.models import LoginEvent
from tests.factories.accounts import PASSWORD, UserFactory, as_role

pytestmark = pytest.mark.django_db
GATE = "/account/2fa/"


def code_of(secret, step=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def sign_in(client, user):
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def is_in(client):
    return "_auth_user_id" in client.session


def paths(patterns, prefix="/"):
    """Every address of the product with something in each place of its arguments."""
    for pattern in patterns:
        route = re.sub(r"<(int:|path:|str:|slug:|uuid:)?\w+>", "1", str(pattern.pattern))
        route = re.sub(r"\(\?P<\w+>[^)]*\)", "1", route).replace("^", "").replace("\\Z", "").replace("$", "")
        if isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            yield prefix + route.replace("\\", "")


@pytest.mark.parametrize(("method", "step"), [("get", 1), ("post", 10)])
def test_no_admin_address_opens_before_the_second_factor(client, settings, method, step):
    settings.MFA_REQUIRED_FOR_STAFF = True
    as_role(client, Role.ADMINISTRATOR)
    every = [path for path in paths(get_resolver().url_patterns) if path.startswith("/admin/")]
    assert len(every) > 5 * len(admin.site._registry)
    open_doors = []
    for path in every[::step]:
        client.cookies.pop("messages", None)  # else each refusal would carry the words of all before it
        response = getattr(client, method)(path)
        # What the resolver does not know (the cut pattern of a catch-all) is a plain 404 without content.
        if not (response.status_code == 302 and response.url == GATE) and response.status_code != 404:
            open_doors.append((path, response.status_code))
    assert not open_doors


@pytest.mark.parametrize("role", list(Role))
def test_only_staff_are_asked_for_a_second_factor(client, settings, role):
    settings.MFA_REQUIRED_FOR_STAFF = True
    as_role(client, role)
    response = client.get("/")
    assert (response.status_code == 302 and response.url == GATE) is (role in STAFF_ROLES)
    assert client.get(GATE).status_code == 200


def test_without_the_setting_staff_walk_in(client):
    as_role(client, Role.ADMINISTRATOR)
    assert client.get("/admin/").status_code == 200


def test_the_api_says_no_in_its_own_words(client, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    user = as_role(client, Role.FUND_OFFICER)
    by_session = client.get("/api/v1/users/")
    assert by_session.status_code == 403
    assert by_session.json()["code"] == "MFA_NEEDED"
    _token, key = actions.make_token(user=user, name="export", days=30)
    assert Client().get("/api/v1/users/", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 403


def set_up_app(client):
    """Follow the pages from the gate to the recovery codes; return secret and codes."""
    assert client.get("/account/2fa/totp/activate/").status_code == 302
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)[1]
    assert 'src="data:image/svg+xml;base64,' in page
    spaced = f" {code_of(secret)[:3]} {code_of(secret)[3:]} "
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = client.post("/account/2fa/totp/activate/", {"code": spaced})
    assert response.url == "/account/2fa/recovery-codes/"
    codes = re.findall(r"<li><code>(\d+)</code>", client.get(response.url).content.decode())
    assert len(codes) == 10
    return secret, codes


def test_a_staff_person_is_led_to_an_app_and_then_walks_in(client, settings, mails):
    settings.MFA_REQUIRED_FOR_STAFF = True
    user = UserFactory(role=Role.ADMINISTRATOR)
    sign_in(client, user)
    assert client.get("/admin/").url == GATE
    secret, _codes = set_up_app(client)
    assert client.get("/admin/").status_code == 200
    assert secret not in str(Authenticator.objects.get(user=user, type="totp").data)

    other = Client()
    assert sign_in(other, user).url == "/account/2fa/authenticate/"
    assert not is_in(other)
    other.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not is_in(other)
    assert LoginEvent.objects.filter(user=user, kind=LoginEventKind.MFA_FAILED).count() == 1
    used = code_of(secret, 1)
    other.post("/account/2fa/authenticate/", {"code": used})
    assert is_in(other)
    third = Client()
    sign_in(third, user)
    third.post("/account/2fa/authenticate/", {"code": used})
    assert not is_in(third), "a code must not work twice"


def test_a_recovery_code_works_once(client):
    user = UserFactory(role=Role.APPLICANT)
    sign_in(client, user)
    _secret, codes = set_up_app(client)
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser, user)
        browser.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert is_in(first)
    assert not is_in(second)
    assert LoginEvent.objects.get(user=user, kind=LoginEventKind.RECOVERY_CODE_USED).facts == {"left": 9}


def test_five_wrong_codes_lock_the_second_step(client):
    user = UserFactory()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    sign_in(client, user)
    for _number in range(8):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert not is_in(client)


@pytest.mark.parametrize("needed", [True, False])
def test_staff_keep_their_last_second_factor(client, settings, needed):
    settings.MFA_REQUIRED_FOR_STAFF = needed
    user = UserFactory(role=Role.FINANCE)
    sign_in(client, user)
    set_up_app(client)
    client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=user, type="totp").exists() is needed


def test_staff_keep_their_last_passkey(client, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True
    user = UserFactory(role=Role.FINANCE)
    sign_in(client, user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    key = WebAuthn.add(user, "Phone", {}).instance
    RecoveryCodes.activate(user)
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert Authenticator.objects.filter(pk=key.pk).exists()
    TOTP.activate(user, generate_totp_secret())
    client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/")
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_changing_the_second_factor_ends_other_sessions(client):
    user = UserFactory(role=Role.APPLICANT)
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    assert other.get("/account/").status_code == 200
    set_up_app(client)
    assert other.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_setting_up_and_removing_is_recorded_and_told(client, mails):
    user = UserFactory(role=Role.APPLICANT)
    sign_in(client, user)
    set_up_app(client)
    client.post("/account/2fa/totp/deactivate/")
    kinds = list(LoginEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [LoginEventKind.MFA_ADDED, LoginEventKind.MFA_REMOVED]

"""Role × address: every address below /account/ stands in this table; a new one without a row fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from innovation.accounts.choices import Role
from tests.factories.accounts import as_role, in_turn

pytestmark = pytest.mark.django_db

LOGIN, HOME, ASK = "/account/login/", "/", "/account/reauthenticate/"
# name: (arguments, answer to GET for nobody, answer to GET for a person); a text is the start of a redirect
PAGES = {
    "account_change_password": ({}, LOGIN, 200),
    "account_archive": ({}, LOGIN, ASK),
    "account_confirm_login_code": ({}, LOGIN, HOME),
    "account_data": ({}, LOGIN, 200),
    "account_delete": ({}, LOGIN, 200),
    "account_email": ({}, LOGIN, 200),
    "account_email_verification_sent": ({}, LOGIN, "/account/email/"),
    "account_inactive": ({}, 200, 200),
    "account_login": ({}, 200, HOME),
    "account_logout": ({}, HOME, 200),
    "account_notices": ({}, LOGIN, 200),
    "account_reauthenticate": ({}, LOGIN, 200),
    "account_reset_password": ({}, 200, 200),
    "account_reset_password_done": ({}, 200, 200),
    "account_reset_password_from_key": ({"uidb36": "1", "key": "bad"}, 200, 200),
    "account_reset_password_from_key_done": ({}, 200, 200),
    "account_session_end": ({"pk": 999999}, LOGIN, 405),
    "account_set_password": ({}, LOGIN, "/account/password/change/"),
    "account_settings": ({}, LOGIN, 200),
    "account_signup": ({}, 200, HOME),
    "account_token_revoke": ({"pk": 999999}, LOGIN, 405),
    "account_tokens": ({}, LOGIN, 200),
    "mfa_activate_totp": ({}, LOGIN, ASK),
    "mfa_add_webauthn": ({}, LOGIN, ASK),
    "mfa_authenticate": ({}, LOGIN, HOME),
    "mfa_deactivate_totp": ({}, LOGIN, 404),
    "mfa_download_recovery_codes": ({}, LOGIN, 404),
    "mfa_edit_webauthn": ({"pk": 999999}, LOGIN, ASK),
    "mfa_generate_recovery_codes": ({}, LOGIN, ASK),
    "mfa_index": ({}, LOGIN, 200),
    "mfa_list_webauthn": ({}, LOGIN, 200),
    "mfa_login_webauthn": ({}, LOGIN, HOME),
    "mfa_reauthenticate": ({}, LOGIN, ASK),
    "mfa_reauthenticate_webauthn": ({}, LOGIN, ASK),
    "mfa_remove_webauthn": ({"pk": 999999}, LOGIN, ASK),
    "mfa_view_recovery_codes": ({}, LOGIN, 404),
    "set_language": ({}, 405, 405),
    "usersessions_list": ({}, LOGIN, 200),
}


def names(patterns, inside=False):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, inside or str(pattern.pattern) == "account/")
        elif isinstance(pattern, URLPattern) and inside:
            yield pattern.name


def test_every_address_has_a_row():
    assert set(names(get_resolver().url_patterns)) == set(PAGES)


@pytest.mark.usefixtures("undrawn")
def test_who_gets_what(client):
    for role in in_turn(client):
        wrong = []
        for name, (arguments, nobody, person) in PAGES.items():
            expected = person if role else nobody
            response = client.get(reverse(name, kwargs=arguments))
            got = response.url if response.status_code == 302 else response.status_code
            fits = (
                got == HOME
                if expected == HOME
                else str(got).startswith(expected)
                if isinstance(expected, str)
                else got == expected
            )
            if not fits:
                wrong.append((name, expected, got))
        assert not wrong


@pytest.mark.parametrize(
    "name", ["account_settings", "mfa_index", "usersessions_list", "account_notices", "account_tokens"]
)
def test_no_inline_script_or_style_and_nothing_that_a_browser_checks_itself(client, name):
    as_role(client, Role.APPLICANT)
    response = client.get(reverse(name))
    page = response.content.decode()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    for banned in (" style=", "<style", " onclick=", " required", "<script>"):
        assert banned not in page
    assert page.count("<form") - page.count('class="form" novalidate') >= 0


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/change/"]
)
def test_forms_leave_checking_to_the_server(client, path):
    if "change" in path:
        as_role(client, Role.APPLICANT)
    page = client.get(path).content.decode().split("<main", 1)[1]
    assert "novalidate" in page
    assert " required" not in page
    assert "placeholder" not in page
    answer = client.post(path, {}).content.decode()
    assert "<title>Error: " in answer
    assert 'class="error-summary"' in answer
    assert 'href="#id_' in answer


@pytest.mark.parametrize(
    ("path", "most"), [("/account/", 8), ("/account/2fa/", 9), ("/account/tokens/", 8), ("/account/notices/", 9)]
)
def test_pages_cost_few_queries(client, path, most, django_assert_max_num_queries):
    as_role(client, Role.PROGRAMME_MANAGER)
    client.get(path)
    with django_assert_max_num_queries(most):
        assert client.get(path).status_code == 200

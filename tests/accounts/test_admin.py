"""The admin of people: who may look, who may act, and that each act asks why."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from innovation.accounts import actions
from innovation.accounts.choices import STAFF_ROLES, LoginEventKind, Role
from innovation.accounts.models import ApiToken, LoginEvent, User
from innovation.core.errors import RuleViolation
from tests.factories.accounts import PASSWORD, UserFactory, as_role, in_turn

pytestmark = pytest.mark.django_db

LISTS = ["user", "loginevent", "apitoken"]
SEES = {
    Role.ADMINISTRATOR: {"user", "loginevent", "apitoken"},
    Role.AUDITOR: {"user", "loginevent", "apitoken"},
    Role.PRIVACY_OFFICER: {"user"},
}


@pytest.mark.usefixtures("undrawn")
def test_who_sees_which_list(client):
    for role in in_turn(client, Role):
        for name in LISTS:
            status = client.get(f"/admin/accounts/{name}/").status_code
            expected = 302 if role not in STAFF_ROLES else 200 if name in SEES.get(role, set()) else 403
            assert status == expected, (role, name)


ACTS = ["close", "open", "reset-mfa", "end-sessions", "send-link"]


@pytest.mark.usefixtures("undrawn")
def test_nobody_but_an_administrator_acts_on_people(client):
    target = UserFactory(role=Role.FINANCE)
    for role in in_turn(client, [role for role in Role if role is not Role.ADMINISTRATOR]):
        for act in ACTS:
            response = client.post(f"/admin/accounts/user/{target.pk}/{act}/", {"reason": "x", "_form_submitted": "on"})
            assert response.status_code in {302, 403}, (role, act)
            assert not LoginEvent.objects.filter(user=target).exclude(kind=LoginEventKind.ROLES_CHANGED).exists()


def act_on(client, target, act, reason="The phone was lost on Monday"):
    return client.post(
        f"/admin/accounts/user/{target.pk}/{act}/", {"reason": reason, "_form_submitted": "on"}, follow=True
    )


def test_closing_an_account_ends_its_sessions_on_the_next_request(client):
    administrator = as_role(client, Role.ADMINISTRATOR)
    target, other_browser = UserFactory(role=Role.FINANCE), Client()
    other_browser.post("/account/login/", {"login": target.email, "password": PASSWORD})
    _token, key = actions.make_token(user=target, name="export", days=30)
    assert other_browser.get("/account/").status_code == 200
    act_on(client, target, "close", "Left the office")
    assert other_browser.get("/account/").status_code == 302
    assert not User.objects.get(pk=target.pk).is_active
    event = LoginEvent.objects.get(kind=LoginEventKind.DEACTIVATED)
    assert (event.user, event.actor, event.reason) == (target, administrator, "Left the office")
    assert Client().get("/api/v1/users/", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
    other_browser.post("/account/login/", {"login": target.email, "password": PASSWORD})
    assert other_browser.get("/account/").status_code == 302
    act_on(client, target, "open", "Came back")
    assert User.objects.get(pk=target.pk).is_active


def test_resetting_second_factors_is_recorded_and_told(client, mails):
    administrator = as_role(client, Role.ADMINISTRATOR)
    target = UserFactory(role=Role.FINANCE, language="zh-hans")
    TOTP.activate(target, generate_totp_secret())
    act_on(client, target, "reset-mfa")
    assert not Authenticator.objects.filter(user=target).exists()
    event = LoginEvent.objects.get(kind=LoginEventKind.MFA_RESET)
    assert (event.user, event.actor, event.facts) == (target, administrator, {"removed": 1})
    assert mails()[0].to == [target.email]
    assert "The phone was lost on Monday" in mails()[0].body


@pytest.mark.parametrize("act", ["close", "open", "reset-mfa", "end-sessions"])
def test_an_act_without_a_reason_does_nothing(client, act):
    as_role(client, Role.ADMINISTRATOR)
    target = UserFactory(role=Role.FINANCE)
    act_on(client, target, act, reason="  ")
    assert User.objects.get(pk=target.pk).is_active
    assert not LoginEvent.objects.filter(user=target).exclude(kind=LoginEventKind.ROLES_CHANGED).exists()


@pytest.mark.parametrize(("action", "code"), [(actions.deactivate, "OWN_ACCOUNT"), (actions.reset_mfa, "OWN_ACCOUNT")])
def test_nobody_does_it_to_oneself(action, code):
    UserFactory(role=Role.ADMINISTRATOR)
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(RuleViolation) as refused:
        action(user=administrator, actor=administrator, reason="because")
    assert refused.value.code == code


def test_inviting_a_colleague_mails_a_link_that_works(client, mails):
    as_role(client, Role.ADMINISTRATOR)
    data = {"email": "new.person@example.org", "name": "New Person", "language": "en", "roles": ["finance", "auditor"]}
    response = client.post("/admin/accounts/user/add/", data)
    assert response.status_code == 302
    person = User.objects.get(email="new.person@example.org")
    assert person.roles == {"finance", "auditor"}
    assert person.is_staff
    assert EmailAddress.objects.get(user=person).verified
    link = next(line for line in mails()[0].body.splitlines() if "/account/password/reset/key/" in line)
    browser = Client()
    form = browser.get(link.split("8000", 1)[1], follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": "a brand new pass phrase"})
    browser.post("/account/login/", {"login": person.email, "password": "a brand new pass phrase"})
    assert browser.get("/account/").status_code == 200


def test_an_administrator_changes_roles_in_the_form(client):
    as_role(client, Role.ADMINISTRATOR)
    target = UserFactory(role=Role.FINANCE)
    path = f"/admin/accounts/user/{target.pk}/change/"
    assert client.get(path).status_code == 200
    response = client.post(
        path, {"name": "Other name", "language": "", "roles": ["reviewer"], "email": "x@example.org"}
    )
    assert response.status_code == 302
    target = User.objects.get(pk=target.pk)
    assert (target.name, target.roles, target.is_staff) == ("Other name", {"reviewer"}, False)
    assert target.email != "x@example.org"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PRIVACY_OFFICER])
def test_who_only_looks_cannot_change(client, role):
    as_role(client, role)
    target = UserFactory(role=Role.FINANCE)
    path = f"/admin/accounts/user/{target.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"name": "X", "roles": ["administrator"]}).status_code == 403
    assert User.objects.get(pk=target.pk).roles == {"finance"}


def test_nobody_deletes_a_person(client):
    as_role(client, Role.ADMINISTRATOR)
    target = UserFactory()
    assert client.post(f"/admin/accounts/user/{target.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=target.pk).exists()


def test_the_secrets_of_the_packages_have_no_admin(client):
    as_role(client, Role.ADMINISTRATOR)
    for path in ("mfa/authenticator", "account/emailaddress", "usersessions/usersession", "auth/group"):
        assert client.get(f"/admin/{path}/").status_code == 404


def test_an_administrator_revokes_a_token(client):
    as_role(client, Role.ADMINISTRATOR)
    token, _key = actions.make_token(user=UserFactory(), name="export", days=30)
    client.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    assert ApiToken.objects.get(pk=token.pk).revoked_at


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_and_three_rows(client, name, django_assert_max_num_queries):
    as_role(client, Role.ADMINISTRATOR)
    counts = []
    for _step in range(2):
        for person in [UserFactory(role=Role.FINANCE) for _number in range(1 + 2 * _step)]:
            actions.make_token(user=person, name="export", days=30)
        client.get(f"/admin/accounts/{name}/")
        with django_assert_max_num_queries(15) as captured:
            client.get(f"/admin/accounts/{name}/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_history_tab_shows_who_changed_a_person(client):
    as_role(client, Role.ADMINISTRATOR)
    target = UserFactory(role=Role.FINANCE)
    page = client.get(f"/admin/accounts/user/{target.pk}/history/")
    assert page.status_code == 200
    assert target.email in page.content.decode()

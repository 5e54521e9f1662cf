import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from innovation.accounts import permissions
from innovation.accounts.actions import set_roles
from innovation.accounts.choices import STAFF_ROLES, LoginEventKind, Role
from innovation.accounts.models import LoginEvent, RoleGrant, User
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory, as_role

pytestmark = pytest.mark.django_db


def migrate():
    call_command("migrate", verbosity=0)


def names_of(role):
    return {
        f"{label}.{codename}"
        for label, codename in Permission.objects.filter(group__name=role).values_list(
            "content_type__app_label", "codename"
        )
    }


def test_every_role_is_a_group():
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.AUDITOR, Role.ADMINISTRATOR}])
def test_a_role_holds_what_the_apps_declare_and_no_more(role):
    assert names_of(role) == permissions.declared()[role]


def test_the_auditor_sees_every_record_of_ours_and_changes_none():
    names = names_of(Role.AUDITOR)
    own = permissions.own_labels()
    assert {"accounts", "core", "organisations", "reports", "funds"} <= own
    assert not own & {"auth", "account", "admin"}
    seen = {name for name in permissions.known() if name.split(".")[0] in own and ".view_" in name}
    # A proof of the books reads them and writes down only that it was made.
    assert names == seen | {"funds.prove_ledger"}


def test_the_administrator_may_do_everything():
    assert names_of(Role.ADMINISTRATOR) == permissions.known()


def test_a_permission_given_by_hand_in_our_apps_is_taken_away_at_the_next_migrate():
    group = Group.objects.get(name=Role.APPLICANT)
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    migrate()
    assert names_of(Role.APPLICANT) == permissions.declared()[Role.APPLICANT]


def test_a_group_that_is_gone_comes_back_with_its_permissions():
    Group.objects.filter(name=Role.AUDITOR).delete()
    migrate()
    assert "accounts.view_user" in names_of(Role.AUDITOR)


def test_a_declared_permission_that_does_not_exist_fails_the_check(monkeypatch):
    wrong = {Role.FINANCE: ["funds.view_nothing"]}
    monkeypatch.setattr(apps.get_app_config("funds"), "role_permissions", wrong, raising=False)
    assert [error.id for error in permissions.check_declared()] == ["accounts.E001"]
    assert "funds.view_nothing" in permissions.check_declared()[0].msg


@pytest.mark.parametrize("role", list(Role))
def test_a_staff_role_opens_the_admin_and_losing_it_closes_it(role):
    UserFactory(role=Role.ADMINISTRATOR)
    user = UserFactory(role=role)
    assert user.is_staff is (role in STAFF_ROLES)
    assert user.has_role(role)
    set_roles(user=user, roles=[Role.APPLICANT])
    user.refresh_from_db()
    assert not user.is_staff
    assert user.roles == {Role.APPLICANT}


def test_as_role_logs_in(client):
    user = as_role(client, Role.FINANCE)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_last_administrator_keeps_the_role():
    last = UserFactory(role=Role.ADMINISTRATOR)
    UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(RuleViolation) as refused:
        set_roles(user=last, roles=[Role.AUDITOR])
    assert refused.value.code == "LAST_ADMINISTRATOR"
    assert User.objects.get(pk=last.pk).roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_gives_roles(role):
    actor, user = UserFactory(role=role), UserFactory()
    with pytest.raises(RuleViolation) as refused:
        set_roles(user=user, roles=[Role.AUDITOR], actor=actor)
    assert refused.value.code == "NOT_ADMINISTRATOR"
    assert not User.objects.get(pk=user.pk).roles


def test_a_change_of_roles_is_recorded_with_its_maker():
    actor, user = UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.APPLICANT)
    set_roles(user=user, roles=[Role.FINANCE, Role.REVIEWER], actor=actor)
    event = LoginEvent.objects.get(kind=LoginEventKind.ROLES_CHANGED, user=user, actor=actor)
    assert event.facts == {"before": ["applicant"], "after": ["finance", "reviewer"]}
    labels = RoleGrant.pgh_event_model.objects.filter(user_id=user.pk).values_list("pgh_label", flat=True)
    assert sorted(labels) == ["delete", "insert", "insert", "insert"]

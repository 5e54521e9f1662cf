from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from innovation.accounts import permissions
from innovation.accounts.choices import Role
from innovation.core import demo


class AccountsConfig(AppConfig):
    name = "innovation.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    role_permissions = {Role.PRIVACY_OFFICER: ["accounts.view_user"]}

    def ready(self) -> None:
        post_migrate.connect(permissions.sync, dispatch_uid="accounts.sync_role_permissions")
        register(permissions.check_declared)
        import_module("innovation.accounts.receivers")
        own_data = import_module("innovation.accounts.own_data")
        own_data.register(import_module("innovation.accounts.erasing").PART)
        people = import_module("innovation.accounts.demo")
        demo.register("People, one for each role", people.make_people, order=100)
        for role in Role:
            demo.add_login(role, people.email_of(role), people.PASSWORD)

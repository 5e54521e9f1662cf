from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from funds import permissions


class FundsConfig(AppConfig):
    name = "funds"
    verbose_name = _("Funds")
    role_permissions = permissions.role_permissions()

    def ready(self) -> None:
        import_module("funds.registration").register()

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from innovation.calls import permissions


class CallsConfig(AppConfig):
    name = "innovation.calls"
    label = "calls"
    verbose_name = _("Calls and applications")
    role_permissions = permissions.role_permissions()

    def ready(self) -> None:
        import_module("innovation.calls.registration").register()

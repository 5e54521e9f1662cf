from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from talent import permissions


class TalentConfig(AppConfig):
    name = "talent"
    verbose_name = _("Talent")
    role_permissions = permissions.role_permissions()

    def ready(self) -> None:
        import_module("talent.registration").register()

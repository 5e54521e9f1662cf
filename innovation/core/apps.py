from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "innovation.core"
    label = "core"
    verbose_name = _("Core floor")

    def ready(self) -> None:
        import_module("innovation.core.checks")

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from innovation.core.navigation import NavItem, administrator_only, register, staff_only
from innovation.core.resident_ids import guard_every_text_field
from innovation.core.trigger_registry import install as keep_names_of_triggers

keep_names_of_triggers()


class CoreConfig(AppConfig):
    name = "innovation.core"
    label = "core"
    verbose_name = _("Core floor")

    def ready(self) -> None:
        guard_every_text_field()
        import_module("innovation.core.checks")
        register(NavItem(_("Administration"), _("All records"), "admin:index", staff_only, 900))
        register(NavItem(_("Administration"), _("Components"), "gallery", administrator_only, 990))

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.core import demo, home, navigation

READ = ["reports.view_reportrun", "reports.view_reportschedule", "reports.view_subscription"]
EDIT = [
    "reports.add_reportschedule", "reports.change_reportschedule",
    "reports.add_subscription", "reports.change_subscription", "reports.delete_subscription",
]  # fmt: skip


class ReportsConfig(AppConfig):
    name = "innovation.reports"
    label = "reports"
    verbose_name = _("Reports")
    # Which runs and schedules a person sees is decided by the roles of each kind, see ReportRunQuerySet.visible_to.
    role_permissions = {role: READ + (EDIT if role == Role.PROGRAMME_MANAGER else []) for role in STAFF_ROLES}

    def ready(self) -> None:
        registry = import_module("innovation.reports.registry")
        registry.register(import_module("innovation.reports.activity").KIND)
        # Once a migrate, after all of it: emission is per app, ours is enough.
        post_migrate.connect(make_default_schedules, sender=self, dispatch_uid="reports.default_schedules")
        home.register(import_module("innovation.reports.cards").cards, order=400)
        demo.register("First reports", import_module("innovation.reports.demo").make_reports, order=900)
        navigation.register(
            navigation.NavItem(
                _("Reports"), _("Reports"), "reports:kinds", lambda user: bool(registry.kinds_for(user)), order=400
            )
        )


def make_default_schedules(**kwargs: Any) -> None:
    """Every kind gets its default schedule when the tables are there (a migrate back to nothing takes them away)."""
    if "reports_reportschedule" not in connection.introspection.table_names():
        return
    import_module("innovation.reports.actions").ensure_default_schedules()

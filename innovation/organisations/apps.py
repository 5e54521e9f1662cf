from importlib import import_module
from operator import attrgetter

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.core import demo, navigation
from innovation.core.navigation import NavItem

_RECORDS = ("organisation", "organisationname", "organisationrole", "contact", "membership")
_LISTS = ("industry", "division", "rolekind", "organisationmerge")
_VIEW = [f"organisations.view_{model}" for model in (*_RECORDS, *_LISTS)]
_EDIT = [
    *(f"organisations.{verb}_{model}" for verb in ("add", "change") for model in _RECORDS),
    *(f"organisations.delete_{model}" for model in _RECORDS if model != "organisation"),
    "organisations.merge_organisation",
]
_EDITORS = (Role.FUND_OFFICER, Role.TALENT_OFFICER, Role.PATENT_OFFICER, Role.PROGRAMME_MANAGER)


class OrganisationsConfig(AppConfig):
    name = "innovation.organisations"
    label = "organisations"
    verbose_name = _("Organisations")
    # Officers, manager and administrator keep the register; the rest of the staff reads it.
    role_permissions = {role: [*_VIEW, *(_EDIT if role in _EDITORS else [])] for role in sorted(STAFF_ROLES)}

    def ready(self) -> None:
        navigation.register(
            NavItem(
                _("Register"),
                _("Organisations"),
                "organisations:directory",
                visible=attrgetter("is_authenticated"),
                order=300,
            )
        )
        import_module("innovation.accounts.own_data").register(import_module("innovation.organisations.own_data").PART)
        organisations = import_module("innovation.organisations.demo")
        demo.register("Organisations with their roles and groups", organisations.make_organisations, order=200)

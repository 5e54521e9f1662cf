"""What each role may do: declared by every app, made true in the groups at each migrate.

An app's ``AppConfig.role_permissions`` maps a role to names such as ``"funds.view_fund"``. Beyond these, the auditor
may view every record of the product and the administrator may do everything. Permissions of the product's own apps
that a group holds without a declaration are taken away; those of other packages are only added to.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.core.checks import Error

from innovation.accounts.choices import Role

RolePermissions = Mapping[Role, Iterable[str]]


def own_labels() -> frozenset[str]:
    """Labels of the apps that are part of this project, not of an installed package."""
    base = Path(settings.BASE_DIR)
    return frozenset(
        config.label
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(base) and "site-packages" not in config.path
    )


def declared() -> dict[Role, set[str]]:
    """The union of all apps' ``role_permissions``; every role is a key."""
    table: dict[Role, set[str]] = {role: set() for role in Role}
    for config in apps.get_app_configs():
        for role, names in getattr(config, "role_permissions", {}).items():
            table[Role(role)].update(names)
    return table


def known() -> set[str]:
    """Every permission that the models of the installed apps define, read without a database."""
    return {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models(include_auto_created=False)
        for codename in (
            *(get_permission_codename(action, model._meta) for action in model._meta.default_permissions),
            *(codename for codename, _label in model._meta.permissions),
        )
    }


def check_declared(**_kwargs: Any) -> list[Error]:
    """System check: a declared permission must exist, else a role silently lacks it."""
    existing = known()
    return [
        Error(f"Role {role.value} is given {name}, which no model defines.", id="accounts.E001")
        for role, names in declared().items()
        for name in sorted(names - existing)
    ]


def sync(*, app_config: AppConfig, **kwargs: Any) -> None:
    """After the last app has migrated (and has its permissions), make the groups equal to the table."""
    if app_config is not [config for config in apps.get_app_configs() if config.models_module][-1]:
        return
    state = kwargs.get("apps", apps)
    try:
        group_model, permission_model = state.get_model("auth", "Group"), state.get_model("auth", "Permission")
    except LookupError:  # migrating a part of the project only
        return
    group_model.objects.bulk_create([group_model(name=role.value) for role in Role], ignore_conflicts=True)
    groups = {group.name: group.pk for group in group_model.objects.filter(name__in=Role.values)}
    own, table = own_labels(), declared()
    wanted: set[tuple[int, int]] = set()
    governed: set[int] = set()
    for pk, codename, label in permission_model.objects.values_list("pk", "codename", "content_type__app_label"):
        if label in own:
            governed.add(pk)
        for role, names in table.items():
            if (
                role is Role.ADMINISTRATOR
                or f"{label}.{codename}" in names
                or (role is Role.AUDITOR and label in own and codename.startswith("view_"))
            ):
                wanted.add((groups[role.value], pk))
    through = group_model.permissions.through
    held = {
        (group_id, permission_id): pk
        for pk, group_id, permission_id in through.objects.filter(group_id__in=groups.values()).values_list(
            "pk", "group_id", "permission_id"
        )
    }
    surplus = [pk for pair, pk in held.items() if pair not in wanted and pair[1] in governed]
    if surplus:
        through.objects.filter(pk__in=surplus).delete()
    through.objects.bulk_create(
        [through(group_id=group, permission_id=permission) for group, permission in sorted(wanted - held.keys())],
        ignore_conflicts=True,
    )

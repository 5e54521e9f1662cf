"""What may be done to people who log in."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.accounts.models import User


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], actor: User | None = None) -> User:
    """Give ``user`` exactly ``roles``; who holds a staff role, or is superuser, may open the admin."""
    wanted = {Role(role) for role in roles}
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.groups.set(Group.objects.filter(name__in=wanted))
    locked.is_staff = locked.is_superuser or not wanted.isdisjoint(STAFF_ROLES)
    locked.save(update_fields=["is_staff"])
    user.is_staff = locked.is_staff
    user.__dict__.pop("roles", None)
    return user

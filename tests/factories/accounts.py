"""People for tests: ``UserFactory(role=Role.AUDITOR)`` and ``as_role(client, Role.AUDITOR)``."""

from collections.abc import Iterable, Iterator
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client

from innovation.accounts.actions import set_roles
from innovation.accounts.choices import Role
from innovation.accounts.models import User

PASSWORD = "correct horse battery staple"


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a verified address and ``PASSWORD``; ``role=`` or ``roles=`` gives groups and staff status."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        role, roles = kwargs.pop("role", None), kwargs.pop("roles", ())
        user = model_class.objects.create_user(kwargs.pop("email"), kwargs.pop("password", PASSWORD), **kwargs)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        wanted = [role, *roles] if role else list(roles)
        return set_roles(user=user, roles=wanted) if wanted else user


def as_role(client: Client, role: Role | None) -> User | None:
    """Log a new person of ``role`` in; None logs out, so that a role table may have a row for nobody."""
    if role is None:
        client.logout()
        return None
    user = UserFactory(role=role)
    client.force_login(user)
    return user


def in_turn(client: Client | None = None, roles: Iterable[Role | None] = (None, *Role)) -> Iterator[Role | None]:
    """Each role after the other, signed in where there is a client; what one wrote is undone before the next."""
    for role in roles:
        with transaction.atomic():
            if client is not None:
                as_role(client, role)
            yield role
            transaction.set_rollback(True)


def officer() -> User:
    return UserFactory(role=Role.FUND_OFFICER)


def manager() -> User:
    return UserFactory(role=Role.PROGRAMME_MANAGER)

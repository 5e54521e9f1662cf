"""Who sees the funds part: the whole office, and nobody else."""

from typing import Any, Self, TypeVar

from django.db import models

from innovation.accounts.choices import Role

SEES_FUNDS = (Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR)
AnyModel = TypeVar("AnyModel", bound=models.Model)


def sees_funds(user: Any) -> bool:
    """Whether ``user`` (a User or an anonymous visitor) may read funds, books and policies."""
    return bool(user.is_authenticated and user.has_role(*SEES_FUNDS))


class OfficeQuerySet(models.QuerySet[AnyModel]):
    def visible_to(self, user: Any) -> Self:
        """All rows for the office, none for others."""
        return self if sees_funds(user) else self.none()

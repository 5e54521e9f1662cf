"""Who sees personal records of the talent part: the office and whom the law appoints; each person sees their own."""

from typing import Any

from innovation.accounts.choices import Role

SEES_PEOPLE = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
WORKS_ON_PEOPLE = (Role.TALENT_OFFICER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
SEES_TALENT_FIGURES = (*SEES_PEOPLE, Role.PROGRAMME_MANAGER)


def sees_people(user: Any) -> bool:
    """Whether ``user`` (a User or an anonymous visitor) may read personal records of others."""
    return bool(user.is_authenticated and user.has_role(*SEES_PEOPLE))


def works_on_people(user: Any) -> bool:
    """Whether ``user`` may have work to do on records of others; who reads them only has none."""
    return bool(user.is_authenticated and user.has_role(*WORKS_ON_PEOPLE))


def sees_talent_figures(user: Any) -> bool:
    """Whether ``user`` may read figures about the whole registry: sums, ratios, mandates, never a profile."""
    return bool(user.is_authenticated and user.has_role(*SEES_TALENT_FIGURES))

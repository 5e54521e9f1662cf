"""What a person is in the talent part: asked in one statement, once for each request, for navigation and start page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.models import Assessment, BlindReview, Laboratory, Mandate, MatchRound, Person, TrainingProgramme

_KEPT = "_talent_standing"


@dataclass(frozen=True)
class Standing:
    """Whether the registry knows the person, who assesses or is assessed, and what the person's organisations have."""

    in_registry: bool = False
    is_assessed: bool = False
    scores_blind: bool = False
    has_laboratories: bool = False
    leads_a_unit: bool = False
    teaches: bool = False
    has_mandates: bool = False
    ranks: bool = False


def in_registry(user: Any) -> bool:
    """Whether the registry knows ``user`` as a person."""
    return standing_of(user).in_registry


def standing_of(user: Any) -> Standing:
    """The standing of ``user``, kept on this very object, which lives for one request.

    Nothing for visitors and for accounts of the office alone, which no person registers with.
    """
    if not user.is_authenticated or (user.works_for_programme and not user.has_role(Role.APPLICANT, Role.REVIEWER)):
        return Standing()
    if not hasattr(user, _KEPT):
        mine = Organisation.objects.of_member(user)
        asked = {
            "in_registry": Person.objects.current().filter(user=user),
            "is_assessed": Assessment.objects.of(user),
            "scores_blind": BlindReview.objects.of(user),
            "has_laboratories": Laboratory.objects.filter(organisation__in=mine),
            "leads_a_unit": Organisation.objects.of_member(user, MembershipRole.LEAD),
            "teaches": TrainingProgramme.objects.filter(base__in=mine),
            "ranks": MatchRound.objects.of(user),
            "has_mandates": Mandate.objects.filter(Q(person__user=user) | Q(demand__organisation__in=mine)),
        }
        row = User.objects.filter(pk=user.pk).values(**{name: Exists(rows) for name, rows in asked.items()}).get()
        setattr(user, _KEPT, Standing(**row))
    found: Standing = getattr(user, _KEPT)
    return found

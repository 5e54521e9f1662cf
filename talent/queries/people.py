"""What lists, the directory, exports and the API ask of people."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from innovation.core.models import TransitionRecord
from talent.choices.people import RoleState
from talent.choices.skills import ProofState
from talent.models import Affiliation, Person, RoleProfile, SkillClaim
from talent.models.person import PersonQuerySet
from talent.rules import orcid


def registry(user: Any) -> PersonQuerySet:
    """People that ``user`` may see, with all that a row shows: ``held`` profiles and ``posts`` of today."""
    return with_rows(Person.objects.visible_to(user).current())


def directory() -> PersonQuerySet:
    """The public directory: who asked for it and holds a profile in force; with what a row may show."""
    verified = SkillClaim.objects.filter(state=ProofState.VERIFIED).select_related("skill").order_by("-level", "pk")
    in_force = RoleProfile.objects.active()
    return (
        Person.objects.listed()
        .select_related("home")
        .prefetch_related(
            Prefetch("roles", in_force, to_attr="held"),
            Prefetch("affiliations", posts_today(), to_attr="posts"),
            Prefetch("skills", verified, to_attr="proven"),
        )
        .defer("search")
    )


def with_rows(people: PersonQuerySet) -> PersonQuerySet:
    """``people`` with their standing profiles and the posts of today, in a constant number of queries."""
    standing = RoleProfile.objects.exclude(state__in=[RoleState.WITHDRAWN, RoleState.ERASED])
    return (
        people.select_related("home")
        .prefetch_related(
            Prefetch("roles", standing, to_attr="held"), Prefetch("affiliations", posts_today(), to_attr="posts")
        )
        .defer("search")
    )


def posts_today() -> Any:
    """Posts held today with their organisation and laboratory, the larger share first."""
    rows = Affiliation.objects.on(timezone.localdate()).select_related("organisation", "laboratory")
    return rows.order_by("-fte_centi", "pk")


def search_registry(people: PersonQuerySet, text: str) -> PersonQuerySet:
    """The office's search: names and pinyin by the index, an ORCID iD, and former names.

    The directory searches names alone, so that nothing can be found by what its person does not show.
    """
    words = text.strip()
    if not words:
        return people
    found = orcid.canonical(words)
    if found:
        return people.filter(orcid=found)
    named = Person.objects.search(words).values("pk")
    return people.filter(Q(pk__in=named) | Q(former_names__icontains=words))


def steps_of_profiles(keys: Sequence[str]) -> QuerySet[TransitionRecord]:
    """The steps of the role profiles of these keys, newest first."""
    kind = ContentType.objects.get_for_model(RoleProfile)
    return TransitionRecord.objects.filter(content_type=kind, object_pk__in=keys).order_by("-pk")


def waiting_for_verification(user: Any) -> dict[str, int]:
    """How much waits for an officer: profiles to take up or judge, claims with evidence."""
    states = (RoleState.SUBMITTED, RoleState.IN_VERIFICATION)
    return {
        "roles": RoleProfile.objects.visible_to(user).filter(state__in=states).count(),
        "skills": SkillClaim.objects.visible_to(user).filter(state=ProofState.SUPPORTED).count(),
    }

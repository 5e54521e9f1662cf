"""Filters of the directory and of the office's list. None of them knows age, sex or year of anything."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from talent.choices.people import RoleKind, RoleState
from talent.choices.skills import ProofState
from talent.models import Person, RoleProfile, Skill, SkillClaim
from talent.queries.people import search_registry


class DirectoryFilters(django_filters.FilterSet):
    """By name, kind and verified skill; a skill is found only with those who show their skills."""

    q = django_filters.CharFilter(method="by_words", label=_("Name, pinyin or initials"))
    kind = django_filters.ChoiceFilter(
        choices=RoleKind.choices, method="by_kind", label=_("Kind"), empty_label=_("All")
    )
    skill = django_filters.CharFilter(method="by_skill", label=_("Verified skill"))

    class Meta:
        model = Person
        fields = ["q", "kind", "skill"]

    def by_words(self, people: Any, name: str, value: str) -> Any:
        return people.search(value)

    def by_kind(self, people: Any, name: str, value: str) -> Any:
        return people.filter(pk__in=RoleProfile.objects.active().filter(kind=value).values("person"))

    def by_skill(self, people: Any, name: str, value: str) -> Any:
        skills = Skill.objects.search(value).values("pk")
        proven = SkillClaim.objects.filter(state=ProofState.VERIFIED, skill__in=skills)
        return people.filter(pk__in=proven.values("person"), shown_fields__contains=["skills"])


class RegistryFilters(django_filters.FilterSet):
    """The office's list: also former names and ORCID iDs, any state."""

    q = django_filters.CharFilter(method="by_words", label=_("Name, pinyin, former name or ORCID iD"))
    kind = django_filters.ChoiceFilter(
        choices=RoleKind.choices, method="by_kind", label=_("Kind"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        choices=RoleState.choices, method="by_state", label=_("State of a profile"), empty_label=_("All")
    )

    class Meta:
        model = Person
        fields = ["q", "kind", "state"]

    def by_words(self, people: Any, name: str, value: str) -> Any:
        return search_registry(people, value)

    def by_kind(self, people: Any, name: str, value: str) -> Any:
        return people.filter(pk__in=RoleProfile.objects.filter(kind=value).values("person"))

    def by_state(self, people: Any, name: str, value: str) -> Any:
        return people.filter(pk__in=RoleProfile.objects.filter(state=value).values("person"))

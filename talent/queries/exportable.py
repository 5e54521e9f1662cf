"""Lists of people that may leave the product, with the columns that they hold and the fields that they read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.exports import Column, Kind
from talent.choices.people import RoleKind
from talent.models import Person


@dataclass(frozen=True)
class PeopleList:
    """One list: ``rows(filters)`` gives people, ``fields`` are what the read log names."""

    key: str
    label: str | Promise
    columns: Sequence[Column]
    fields: Sequence[str]
    rows: Callable[[Mapping[str, Any]], "QuerySet[Person]"]


def _people(filters: Mapping[str, Any]) -> "QuerySet[Person]":
    rows = Person.objects.current()
    if filters.get("kind"):
        rows = rows.filter(roles__kind=filters["kind"], roles__in=_active()).distinct()
    return rows.prefetch_related("roles", "affiliations__organisation").order_by("pinyin", "pk")


def _active() -> Any:
    return Person.roles.rel.related_model.objects.active()


def _roles(person: Person) -> str:
    return ", ".join(role.get_kind_display() for role in person.roles.all())


def _posts(person: Person) -> str:
    return "; ".join(f"{post.title}, {post.organisation}" for post in person.affiliations.all() if not post.valid_to)


PEOPLE = PeopleList(
    "people",
    _("People with roles and posts"),
    (
        Column(pgettext_lazy("record", "Number"), "pk", Kind.INTEGER),
        Column(_("Name"), "shown_name"),
        Column(_("Roles"), _roles),
        Column(_("Posts held"), _posts),
        Column(_("ORCID iD"), "orcid"),
        Column(_("Registered"), "registered_at", Kind.DATETIME),
    ),
    ("name_zh", "kind", "title", "organisation", "orcid", "registered_at"),
    _people,
)
LISTS: dict[str, PeopleList] = {PEOPLE.key: PEOPLE}


def filter_words(filters: Mapping[str, Any]) -> list[tuple[str | Promise, str | Promise]]:
    """The filters of an export in words, for its head."""
    kind = filters.get("kind")
    return [(_("Role"), RoleKind(kind).label)] if kind else []

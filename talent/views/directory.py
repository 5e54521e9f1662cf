"""The public directory: people who asked to stand in it, with what each of them shows."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageView, TableView, everyone
from talent.actions.reading import record_reads
from talent.choices.people import DirectoryField, OrcidState
from talent.choices.privacy import ReadPurpose
from talent.filters.people import DirectoryFilters
from talent.models import Person
from talent.queries.people import directory
from talent.views.limits import DirectoryLimit

TITLE = _("Talent directory")
MOST_SKILLS = 5


def kinds_of(person: Any) -> str:
    """Names of the kinds of ``person.held``."""
    return " · ".join(profile.get_kind_display() for profile in person.held)


def shows(person: Person, field: DirectoryField) -> bool:
    return field in person.shown_fields


def _post(person: Any) -> str | None:
    if not shows(person, DirectoryField.ORGANISATION) or not person.posts:
        return None
    post = person.posts[0]
    return f"{post.title}, {post.organisation}"


def _skills(person: Any) -> str | None:
    if not shows(person, DirectoryField.SKILLS) or not person.proven:
        return None
    return " · ".join(claim.skill.name for claim in person.proven[:MOST_SKILLS])


class Directory(DirectoryLimit, TableView):
    """Found by name, kind and skill. It is not given as a file."""

    title = TITLE
    lead = _("Research assistants, technology managers, founders and commissioners who wish to be found.")
    allowed = staticmethod(everyone)
    filterset_class = DirectoryFilters
    default_sort = "name"
    page_sizes = (25, 50)
    empty_title = _("Nobody is found")
    empty_text = _("Only who asked for it stands here. Search with fewer words.")
    columns = (
        TableColumn(
            _("Name"), "shown_name", key="name", order_by=("pinyin", "id"), heading=True,
            link=lambda row: reverse("talent:directory_person", args=[row.uuid]),
        ),
        TableColumn(_("Registered as"), kinds_of, key="kinds"),
        TableColumn(_("Post"), _post, key="post", unknown=_("Not shown by the person")),
        TableColumn(_("Verified skills"), _skills, key="skills", unknown=_("Not shown by the person")),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return directory()

    def table_options(self) -> dict[str, Any]:
        searched = bool(self.request.GET.get("q", "").strip())
        return {"refusal": _("The directory is not given as a file."), "searched": searched}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class DirectoryPerson(DirectoryLimit, PageView):
    """One person as the public sees them; gone the moment that the person leaves the directory."""

    template_name = "talent/directory_person.html"
    allowed = staticmethod(everyone)

    @cached_property
    def person(self) -> Any:
        found = directory().filter(uuid=self.kwargs["uuid"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.person.shown_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:directory")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record_reads(self.request.user, self.person, ["name_zh", *self.person.shown_fields], ReadPurpose.DIRECTORY)
        skills = self.person.proven if shows(self.person, DirectoryField.SKILLS) else []
        return super().get_context_data(
            person=self.person, facts=public_facts(self.person), skills=skills, kinds=kinds_of(self.person), **kwargs
        )


def public_facts(person: Any) -> list[Fact]:
    """What the person shows beside name and kinds."""
    home = str(person.home) if person.home else None
    verified = person.orcid if person.orcid_state == OrcidState.VERIFIED else None
    told = (
        (DirectoryField.ORGANISATION, _post(person), ""),
        (DirectoryField.DIVISION, home, ""),
        (DirectoryField.ORCID, verified, f"https://orcid.org/{verified}"),
        (DirectoryField.OFFERS, person.offers or None, ""),
    )
    return [Fact(field.label, value, href) for field, value, href in told if shows(person, field) and value]

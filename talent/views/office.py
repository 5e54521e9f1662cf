"""The office's pages of people: the register with search, one person with everything that is recorded."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core import history
from innovation.core.components import Moment
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageView, TableView
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadPurpose
from talent.filters.people import RegistryFilters
from talent.models import Person, RoleProfile
from talent.models.visibility import sees_people
from talent.queries.people import registry, steps_of_profiles
from talent.views.personal import PersonalTable
from talent.views.profile import own_facts, shown_post, status_of

TITLE = _("Talent registry")
LATEST = 20
READ = ("family_name", "given_name", "former_names", "orcid", "kind", "organisation", "skill", "title")
"""What the page of a person shows, in the names of the field register."""


def _roles(person: Any) -> str:
    return " · ".join(f"{role.get_kind_display()} ({role.get_state_display()})" for role in person.held)


def _post(person: Any) -> str | None:
    return f"{person.posts[0].title}, {person.posts[0].organisation}" if person.posts else None


class People(PersonalTable, TableView):
    """Everybody of the registry, for whom the law lets see it."""

    title = TITLE
    lead = _("The registry of talent. Look only at whom your task concerns; who looked is recorded.")
    read_fields = ("family_name", "given_name", "name_en", "kind", "title", "organisation", "home", "orcid")
    allowed = staticmethod(sees_people)
    filterset_class = RegistryFilters
    default_sort = "name"
    empty_title = _("Nobody is recorded yet")
    empty_text = _("People begin their own profile, or you import them.")
    columns = (
        TableColumn(
            _("Name"), "shown_name", key="name", order_by=("pinyin", "id"), heading=True,
            link=lambda row: reverse("talent:person", args=[row.pk]),
        ),
        TableColumn(_("Name in Latin letters"), "name_en", key="latin", order_by=("name_en", "id")),
        TableColumn(_("Registered as"), _roles, key="roles", unknown=_("Not registered")),
        TableColumn(_("Post today"), _post, key="post", unknown=_("No post today")),
        TableColumn(_("Division"), lambda row: row.home and str(row.home), key="home", order_by=("home_id", "id")),
        TableColumn(_("ORCID iD"), "orcid", key="orcid", unknown=_("None given")),
        TableColumn(_("Recorded"), "registered_at", Kind.DATETIME, key="since", order_by=("registered_at", "id")),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return registry(self.request.user)

    def table_options(self) -> dict[str, Any]:
        return {"refusal": _("Lists of people leave by the page of exports alone, with a reason.")}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class PersonPage(PageView):
    """One person: profiles with their steps, posts, skills with evidence, changes."""

    template_name = "talent/person.html"
    allowed = staticmethod(sees_people)

    @cached_property
    def person(self) -> Person:
        found = Person.objects.visible_to(self.request.user).select_related("home", "merged_into").filter(
            pk=self.kwargs["pk"]
        ).first()  # fmt: skip
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.person.shown_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:people")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.person, timezone.localdate()
        record_reads(self.request.user, person, READ, ReadPurpose.CASE)
        profiles = list(person.roles.select_related("person"))
        posts = person.affiliations.select_related("organisation", "laboratory")
        return super().get_context_data(
            person=person,
            facts=own_facts(person),
            roles=[{"profile": profile, "status": status_of(profile, public=False)} for profile in profiles],
            posts=[shown_post(post, today) for post in posts],
            claims=person.skills.select_related("skill").prefetch_related("evidence"),
            steps=step_moments(profiles),
            changes=[change_moment(entry) for entry in history.history_of(person, limit=LATEST)],
            **kwargs,
        )


def step_moments(profiles: Sequence[RoleProfile]) -> list[Moment]:
    """Steps of all profiles of one person, newest first."""
    known = {str(profile.pk): profile for profile in profiles}
    moments = []
    for step in steps_of_profiles(list(known))[:LATEST]:
        profile = known[step.object_pk]
        title = f"{profile.get_kind_display()}: {label_of(profile, step.to_state)}"
        moments.append(Moment(step.at, title, step.reason, step.actor_label))
    return moments


def label_of(profile: RoleProfile, state: str) -> str:
    """The office's name of a state."""
    return str(next((names.staff for known, names in profile.state_names.items() if known == state), state))


def change_moment(entry: Any) -> Moment:
    """One change of the record with what changed."""
    changed = ", ".join(str(change.label) for change in entry.changes) if entry.action == "update" else ""
    return Moment(entry.at, entry.action_label, changed, entry.actor)

"""Rounds for who ranks: the rounds of one's own, the ranking of places, the ranking of people, the result."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Status
from innovation.core.views import Crumb, FormPage, PageView
from talent.actions import rankings
from talent.actions.reading import record_reads
from talent.choices.matching import MatchSector, MatchSkill
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.choices.rounds import RoundState
from talent.forms.rounds import RankForm
from talent.models import MatchProfile, MatchRound, Person, Placement, Ranking, RoundHost
from talent.models.visibility import sees_talent_figures
from talent.queries.own import person_of
from talent.queries.rounds import candidates, eligible, hosts_of, interests_of, offers_of
from talent.queries.standing import standing_of
from talent.views.matching.base import one
from talent.views.rounds.base import OWN_ROUNDS, mandate_words, outcome_words, ranking_status, round_status

READ_FIELDS = ("name_zh", "skills", "sectors")


def ranks(user: Any) -> bool:
    """Who may rank in some round, or did; the office has the whole list."""
    return not sees_talent_figures(user) and standing_of(user).ranks


@dataclass(frozen=True)
class OwnLine:
    """One ranking that the reader owes or gave: for whom, until when, how it stands, where to go."""

    title: str
    by: Any
    status: Status
    href: str


@dataclass(frozen=True)
class OwnRound:
    """One round as the reader sees it: what to rank, and what came out for the reader."""

    round: MatchRound
    status: Status
    next_step: Any
    lines: list[OwnLine]
    results: list[tuple[str, str, str]]


class OwnRounds(PageView):
    """The rounds in which the reader ranks."""

    title = OWN_ROUNDS
    lead = _("You rank whom you want, best first. Nobody on the other side ever sees your ranking.")
    template_name = "talent/rounds/own.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(OWN_ROUNDS, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = MatchRound.objects.of(self.request.user).exclude(state=RoundState.CANCELLED)[:20]
        return super().get_context_data(rounds=[self.own(each) for each in found], **kwargs)

    @cached_property
    def person(self) -> Person | None:
        return person_of(self.request.user)

    def own(self, round_: MatchRound) -> OwnRound:
        return OwnRound(
            round_, round_status(round_), MatchRound.state_names[RoundState(round_.state)].next_step,
            self.lines(round_), self.results(round_),
        )  # fmt: skip

    def lines(self, round_: MatchRound) -> list[OwnLine]:
        today, is_open = timezone.localdate(), round_.state == RoundState.RANKING
        found = []
        if self.person and eligible(round_).filter(pk=self.person.pk).exists():
            ranking = Ranking.objects.filter(round=round_, person=self.person).first()
            href = reverse("talent:rank_places", args=[round_.pk]) if is_open and today <= round_.people_by else ""
            found.append(OwnLine(gettext("My ranking of places"), round_.people_by, ranking_status(ranking), href))
        for host in hosts_of(self.request.user, round_):
            href = reverse("talent:rank_people", args=[host.pk]) if is_open and today <= round_.hosts_by else ""
            title = gettext("Ranking of people by %(host)s") % {"host": host}
            found.append(OwnLine(title, round_.hosts_by, ranking_status(getattr(host, "ranking", None)), href))
        return found

    def results(self, round_: MatchRound) -> list[tuple[str, str, str]]:
        """Name, outcome and mandate; nothing before the publication."""
        rows = Placement.objects.visible_to(self.request.user).filter(run__round=round_)
        rows = rows.select_related(
            "person", "offer__technology", "offer__host__laboratory", "offer__host__organisation", "mandate"
        )
        return [(str(row.person), outcome_words(row), mandate_words(row) or "") for row in rows]


class _Rank(FormPage, ABC):
    """Numbers beside lines; saved as a draft or handed in."""

    form_class = RankForm
    template_name = "talent/rounds/rank.html"

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:own_rounds")

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(OWN_ROUNDS, self.cancel_url), (self.get_title(), None)]

    @abstractmethod
    def ranking(self) -> Ranking | None:
        """What the reader handed in or drafted before."""

    def get_initial(self) -> dict[str, Any]:
        ranking = self.ranking()
        rows = ranking.choices.all() if ranking else []
        return {f"rank_{row.offer_id or row.person_id}": row.position for row in rows}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ranking = self.ranking()
        return super().get_context_data(ranking=ranking, ranking_tag=ranking_status(ranking), **kwargs)

    def told(self, *, submit: bool) -> None:
        done = gettext("Your ranking is handed in. You can change it until the last day.")
        kept = gettext("Your draft is saved. Only what is handed in counts.")
        messages.success(self.request, done if submit else kept)


class RankPlaces(_Rank):
    """The ranking of a person."""

    lead = _("1 is the place that you want most. Leave empty what you would not take. The sides that you rank see your "
             "name, skills and sectors, never your ranking.")  # fmt: skip

    @cached_property
    def round(self) -> MatchRound:
        return one(MatchRound.objects.of(self.request.user).filter(state=RoundState.RANKING), self.kwargs["pk"])

    @cached_property
    def person(self) -> Person:
        person = person_of(self.request.user)
        if person is None:
            raise Http404
        return person

    def get_title(self) -> str:
        return gettext("Rank places: %(round)s") % {"round": self.round}

    def ranking(self) -> Ranking | None:
        return Ranking.objects.filter(round=self.round, person=self.person).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        offers = list(offers_of(self.round))
        owners = {each.host.organisation_id for each in offers}
        conflicts, declared = interests_of([self.person.pk], owners, timezone.localdate())
        barred = {owner for _person, owner in conflicts}
        lines = [
            (each.pk, line_of(str(each), each.places)) for each in offers
            if each.host.organisation_id not in barred
        ]  # fmt: skip
        return super().get_form_kwargs() | {"lines": lines, "asks_conflict": len(declared) < len(owners)}

    def act(self, form: RankForm) -> None:
        submit = "submit" in self.request.POST
        rankings.rank_places(
            round_id=self.round.pk, person_id=self.person.pk, offer_ids=form.chosen(), actor=self.request.user,
            submit=submit, no_conflict=bool(form.cleaned_data.get("no_conflict")),
        )  # fmt: skip
        self.told(submit=submit)


def line_of(name: str, places: int) -> str:
    """A side with its number of places, as a line of a ranking."""
    return gettext("%(name)s (places: %(places)s)") % {"name": name, "places": places}


class RankPeople(_Rank):
    """The ranking of a laboratory or an institute."""

    lead = _("1 is the person whom you want most. Leave empty whom you would not take. You see who chose you, not how "
             "they ranked you.")  # fmt: skip

    @cached_property
    def host(self) -> RoundHost:
        rows = RoundHost.objects.filter(round__state=RoundState.RANKING).select_related("round")
        host = one(rows, self.kwargs["pk"])
        return one(hosts_of(self.request.user, host.round), host.pk)

    def get_title(self) -> str:
        return gettext("Rank people: %(host)s") % {"host": self.host}

    def ranking(self) -> Ranking | None:
        return Ranking.objects.filter(host=self.host.pk).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        people = list(candidates(self.host))
        record_reads(self.request.user, people, READ_FIELDS, ReadPurpose.MATCHING, ReadDoor.LIST)
        offers = {row.person_id: row for row in MatchProfile.objects.filter(person__in=people)}
        lines = [(person.pk, f"{person} – {_words(offers[person.pk])}" if person.pk in offers else str(person))
                 for person in people]  # fmt: skip
        return super().get_form_kwargs() | {"lines": lines}

    def act(self, form: RankForm) -> None:
        submit = "submit" in self.request.POST
        rankings.rank_people(host_id=self.host.pk, person_ids=form.chosen(), actor=self.request.user, submit=submit)
        self.told(submit=submit)


def _words(profile: MatchProfile) -> str:
    """Skills and sectors that the person offers."""
    words = [*(str(MatchSkill(each).label) for each in profile.skills),
             *(str(MatchSector(each).label) for each in profile.sectors)]  # fmt: skip
    return " · ".join(words) or gettext("nothing told")

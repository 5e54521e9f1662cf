"""Rounds in the office: the list, and one round with who has ranked and what came out."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core import transitions
from innovation.core.components import Fact, Figure, Moment, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageView, TableView
from talent.actions import rounds
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.choices.rounds import RoundState
from talent.models import MatchRound, MatchRun, Placement
from talent.queries.rounds import host_lines, last_run, people_lines
from talent.rules.matching.rounds import RoundInput, blocking
from talent.views.matching.base import desk_allowed, job_status, one
from talent.views.rounds.base import (
    ROUNDS,
    mandate_words,
    outcome_words,
    placement_status,
    ranking_status,
    round_facts,
    round_status,
    stability_words,
)

READ_FIELDS = ("name_zh", "state", "offer")


class RoundList(TableView):
    """All rounds, the latest first."""

    title = ROUNDS
    lead = _("Both sides rank each other; the matching is stable and gives people the best that any stable one can.")
    allowed = staticmethod(desk_allowed)
    template_name = "talent/rounds/list.html"
    default_sort = "-opens"
    empty_title = _("No round is recorded yet")
    empty_text = _("Record the first one: who ranks whom, on which days.")
    columns = (
        TableColumn(_("Round"), str, key="round", heading=True,
                    link=lambda row: row.get_absolute_url()),
        TableColumn(_("Who ranks whom"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",)),
        TableColumn(_("Opens on"), "opens_on", Kind.DATE, key="opens", order_by=("opens_on", "pk")),
        TableColumn(_("People rank until"), "people_by", Kind.DATE, key="people", order_by=("people_by",)),
        TableColumn(_("Places rank until"), "hosts_by", Kind.DATE, key="hosts", order_by=("hosts_by",)),
        TableColumn(_("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
                    cell=lambda row: status_html(round_status(row))),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[MatchRound]:
        return MatchRound.objects.visible_to(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_add=self.request.user.has_perm("talent.add_matchround"), **kwargs)


HOSTS = (
    TableColumn(_("Side with places"), lambda row: str(row.host), key="host", heading=True),
    TableColumn(_("Organisation"), lambda row: row.host.organisation.name, key="organisation"),
    TableColumn(_("Places"), lambda row: row.host.places, Kind.INTEGER, key="places"),
    TableColumn(_("Offered on"), lambda row: "; ".join(
        f"{each.technology}: {each.places}" for each in row.host.offers.all() if each.technology) or None,
        key="offers", unknown=_("The laboratory as a whole")),
    TableColumn(_("Chosen by"), "candidates", Kind.INTEGER, key="candidates"),
    TableColumn(_("People ranked"), "ranked", Kind.INTEGER, key="ranked"),
    TableColumn(pgettext_lazy("round", "Ranking"), lambda row: str(ranking_status(row.ranking).label), key="state",
                cell=lambda row: status_html(ranking_status(row.ranking))),
    TableColumn(_("Submitted"), lambda row: row.ranking.submitted_at if row.ranking else None, Kind.DATETIME, key="at",
                unknown=_("Not submitted")),
)  # fmt: skip
PEOPLE = (
    TableColumn(_("Person"), lambda row: str(row.person), key="person", heading=True),
    TableColumn(_("Places ranked"), "chosen", Kind.INTEGER, key="chosen"),
    TableColumn(pgettext_lazy("round", "Ranking"), lambda row: str(ranking_status(row.ranking).label), key="state",
                cell=lambda row: status_html(ranking_status(row.ranking))),
    TableColumn(_("Submitted"), lambda row: row.ranking.submitted_at if row.ranking else None, Kind.DATETIME, key="at",
                unknown=_("Not submitted")),
    TableColumn(_("Reached by"), lambda row: gettext("mail") if row.person.user_id else gettext("no account"),
                key="reach"),
)  # fmt: skip
RESULTS = (
    TableColumn(_("Person"), lambda row: str(row.person), key="person", heading=True, order_by=("person__pinyin",)),
    TableColumn(pgettext_lazy("round", "Result"), lambda row: str(placement_status(row).label), key="state",
                cell=lambda row: status_html(placement_status(row))),
    TableColumn(_("Places, or why none"), outcome_words, key="places"),
    TableColumn(_("Rank given by the person"), "own_rank", Kind.INTEGER, key="own", unknown=_("Not ranked"),
                order_by=("own_rank",)),
    TableColumn(_("Rank given by the other side"), "their_rank", Kind.INTEGER, key="their", unknown=_("Not ranked"),
                order_by=("their_rank",)),
    TableColumn(_("Reason"), lambda row: row.reason or None, key="reason", unknown=_("None was needed")),
    TableColumn(_("Mandate"), mandate_words, key="mandate", unknown=_("Not published"),
                link=lambda row: row.mandate.get_absolute_url() if row.mandate else ""),
)  # fmt: skip
CHANGE = TableColumn(
    pgettext_lazy("round", "Decision"), lambda row: gettext("Place otherwise"), key="change",
    link=lambda row: reverse("talent:round_override", args=[row.pk]),
)  # fmt: skip


class OneRound:
    """Mixin of the office's pages of one round."""

    request: Any
    kwargs: dict[str, Any]
    allowed = staticmethod(desk_allowed)

    @cached_property
    def round(self) -> MatchRound:
        return one(MatchRound.objects.visible_to(self.request.user), self.kwargs["pk"])

    def record(self) -> MatchRound:
        return self.round


class RoundPage(OneRound, PageView):
    """One round: its days, who has ranked, the result with its proof, the steps."""

    template_name = "talent/rounds/round.html"

    def get_title(self) -> str:
        return str(self.round)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ROUNDS, reverse("talent:rounds")), (str(self.round), None)]

    @cached_property
    def run(self) -> MatchRun | None:
        return last_run(self.round)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tables = self.tables()
        return self.respond(tables.values(), sheets=tables)

    def tables(self) -> dict[str, Table]:
        people = people_lines(self.round)
        seen = [row.person.pk for row in people]
        record_reads(self.request.user, seen, READ_FIELDS, ReadPurpose.MATCHING, ReadDoor.LIST)
        found = {
            "hosts": Table(self.request, HOSTS, host_lines(self.round), _("Sides with places"), name="h",
                           empty_title=_("No places are recorded yet")),
            "people": Table(self.request, PEOPLE, people, _("People who may rank"), name="p",
                            empty_title=_("Nobody is registered for this round")),
        }  # fmt: skip
        if self.placements is not None:
            columns = (*RESULTS, CHANGE) if self.may_override else RESULTS
            found["results"] = Table(self.request, columns, self.placements, pgettext_lazy("round", "Result"), name="r",
                                     default_sort="person", empty_title=_("Nobody ranked"))  # fmt: skip
        return found

    @cached_property
    def placements(self) -> QuerySet[Placement] | None:
        """The standing result; None before there is one."""
        if self.run is None or self.round.state not in {RoundState.MATCHED, RoundState.PUBLISHED}:
            return None
        rows = Placement.objects.visible_to(self.request.user).filter(run=self.run)
        related = ("person", "offer__technology", "offer__host__laboratory", "offer__host__organisation", "mandate")
        return rows.select_related(*related)

    @cached_property
    def may_override(self) -> bool:
        return self.round.state == RoundState.MATCHED and self.request.user.has_perm("talent.change_placement")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_, run = self.round, self.run
        waits = run is not None and run.is_open
        return super().get_context_data(
            round=round_, run=run, status=round_status(round_), facts=round_facts(round_), acts=self.acts(),
            waits=waits, poll=reverse("talent:match_progress", args=[run.pk]) if run and waits else "",
            failed=run.error if run and run.state == "failed" else "",
            result=self.result() if run and self.placements is not None else None,
            run_facts=self.run_facts(run) if run else [],
            steps=[self.moment(step) for step in transitions.steps_of(round_)],
            **kwargs,
        )  # fmt: skip

    def result(self) -> dict[str, Any]:
        """Figures of the result, and the proof made anew from what stands now."""
        given = RoundInput.from_data(self.run.snapshot)  # type: ignore[union-attr]
        places = dict((self.placements or Placement.objects.none()).values_list("person_id", "offer_id"))
        placed = [where for where in places.values() if where is not None]
        total = sum(each.places for each in given.hosts)
        pairs = blocking(given, places)
        tone, words = stability_words(self.run, len(pairs))
        return {
            "tone": tone, "words": words,
            "figures": [
                Figure(_("People placed"), f"{len(placed)} / {len(places)}"),
                Figure(_("Places taken"), f"{len(placed)} / {total}"),
                Figure(_("Blocking pairs"), str(len(pairs)), note=_("0: proved to be stable")),
            ],
        }  # fmt: skip

    def run_facts(self, run: MatchRun) -> list[Fact]:
        return [
            Fact(pgettext("matching", "Run no."), str(run.pk)), Fact(_("State"), str(job_status(run).label)),
            Fact(_("As of"), run.day.isoformat()), Fact(_("Rules"), run.rule_version),
            Fact(_("Hash of the inputs"), run.inputs_hash), Fact(_("Asked for by"), str(run.created_by or "") or None),
        ]  # fmt: skip

    def acts(self) -> list[tuple[Any, str]]:
        """Label and address of what the reader may do now, the next step first."""
        round_, user = self.round, self.request.user
        if not user.has_perm("talent.change_matchround"):
            return []
        state, found = round_.state, []
        if state == RoundState.CLOSED and not (self.run and self.run.is_open):
            found.append((_("Run the matching"), "round_run"))
        elif state == RoundState.MATCHED:
            found.append((_("Publish the result"), "round_publish"))
        elif state == RoundState.RANKING:
            found.append((_("Write to who has not ranked"), "round_chase"))
        if state in rounds.CHANGING:
            found += [(_("Record places"), "round_places"), (_("Change the round"), "round_edit")]
        steps = [
            (step.label, reverse("talent:round_step", args=[round_.pk, event]))
            for event, step in MatchRound.transitions.get(state, {}).items()
            if event not in {"publish", "match"} and transitions.may(step, round_, user)
        ]
        return [(label, reverse(f"talent:{name}", args=[round_.pk])) for label, name in found] + steps

    @staticmethod
    def moment(step: Any) -> Moment:
        names = {state: name.staff for state, name in MatchRound.state_names.items()}
        return Moment(step.at, f"{names[step.from_state]} → {names[step.to_state]}", step.reason, step.actor_label,
                      Tone.IDLE)  # fmt: skip

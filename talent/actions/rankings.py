"""Rankings of a round: kept as a draft, handed in, changed until the last day; by people and by sides with places."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions import match_inputs
from talent.choices.matching import ConflictSource
from talent.choices.rounds import RankingState, RoundState
from talent.models import MatchRound, Person, RankedChoice, Ranking, RoundHost
from talent.queries.rounds import candidates, eligible, hosts_of, interests_of, offers_of

OFFICE = "talent.change_ranking"


@transaction.atomic
def rank_places(
    *, round_id: int, person_id: int, offer_ids: Sequence[int], actor: User, submit: bool, no_conflict: bool = False
) -> Ranking:
    """Rank places, the most wanted first; the person, or the office for somebody without an account.

    ``no_conflict`` declares that no conflict of interest stands in the organisations about which the person has not
    spoken. Raises RuleViolation NOT_OPEN, DEADLINE_OVER, NOT_ELIGIBLE, UNKNOWN_CHOICE, RANKED_TWICE, NOTHING_RANKED,
    CONFLICT, UNDECLARED.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if person.user_id != actor.pk and not (person.user_id is None and actor.has_perm(OFFICE)):
        raise PermissionDenied
    round_ = _open_round(round_id, actor)
    _refuse_late(round_.people_by)
    if not eligible(round_).filter(pk=person.pk).exists():
        raise RuleViolation(
            "NOT_ELIGIBLE",
            _("To rank you need a profile of this kind in force, consent to matching, and to be open to proposals."),
        )
    owner = dict(offers_of(round_).values_list("pk", "host__organisation_id"))
    _refuse_unfit(offer_ids, owner, submit=submit)
    ranking = Ranking.objects.select_for_update().filter(round=round_, person=person).first()
    kept = _kept(ranking or Ranking(round=round_, person=person), actor, submit=submit)
    if submit:
        _declare(person, {owner[each] for each in offer_ids}, actor, no_conflict=no_conflict)
    kept.choices.all().delete()
    RankedChoice.objects.bulk_create(
        RankedChoice(ranking=kept, position=place, offer_id=each) for place, each in enumerate(offer_ids, 1)
    )
    return kept


@transaction.atomic
def rank_people(*, host_id: int, person_ids: Sequence[int], actor: User, submit: bool) -> Ranking:
    """Rank those who chose one's places; a lead or editor of the organisation, or the office.

    Raises RuleViolation NOT_OPEN, DEADLINE_OVER, UNKNOWN_CHOICE, RANKED_TWICE, NOTHING_RANKED.
    """
    host = RoundHost.objects.select_for_update(of=("self",)).select_related("round").get(pk=host_id)
    if not hosts_of(actor, host.round).filter(pk=host.pk).exists() and not actor.has_perm(OFFICE):
        raise PermissionDenied
    round_ = _open_round(host.round_id, actor)
    _refuse_late(round_.hosts_by)
    _refuse_unfit(person_ids, set(candidates(host).values_list("pk", flat=True)), submit=submit)
    ranking = Ranking.objects.select_for_update().filter(host=host).first()
    kept = _kept(ranking or Ranking(round=round_, host=host), actor, submit=submit)
    kept.choices.all().delete()
    RankedChoice.objects.bulk_create(
        RankedChoice(ranking=kept, position=place, person_id=each) for place, each in enumerate(person_ids, 1)
    )
    return kept


def _open_round(round_id: int, actor: User) -> MatchRound:
    """The round, held so that it is not closed while a ranking is written."""
    round_ = MatchRound.objects.select_for_update(of=("self",), no_key=True).get(pk=round_id)
    if round_.state != RoundState.RANKING:
        raise RuleViolation("NOT_OPEN", _("The round is not open for rankings."))
    return round_


def _refuse_late(last: date) -> None:
    if timezone.localdate() > last:
        raise RuleViolation("DEADLINE_OVER", _("The last day to rank was %(day)s.") % {"day": last})


def _refuse_unfit(chosen: Sequence[int], known: Any, *, submit: bool) -> None:
    if len(set(chosen)) != len(chosen):
        raise RuleViolation("RANKED_TWICE", _("Nobody and nothing is ranked twice."))
    if not set(chosen) <= set(known):
        raise RuleViolation("UNKNOWN_CHOICE", _("Rank only what this round offers you."))
    if submit and not chosen:
        raise RuleViolation("NOTHING_RANKED", _("Give at least one rank before you submit."))


def _kept(ranking: Ranking, actor: User, *, submit: bool) -> Ranking:
    now = timezone.now()
    ranking.changed_at = now
    ranking.state = RankingState.SUBMITTED if submit else RankingState.DRAFT
    ranking.submitted_at, ranking.submitted_by = (now, actor) if submit else (None, None)
    ranking.save()
    return ranking


def _declare(person: Person, organisations: set[int], actor: User, *, no_conflict: bool) -> None:
    """What the matcher needs to know: a conflict rules a place out, silence does as well."""
    conflicts, declared = interests_of([person.pk], organisations, timezone.localdate())
    if conflicts:
        raise RuleViolation(
            "CONFLICT", _("You have declared a conflict of interest with one of these organisations: leave it out.")
        )
    silent = sorted(each for each in organisations if (person.pk, each) not in declared)
    if silent and not no_conflict:
        raise RuleViolation(
            "UNDECLARED", _("Say that no conflict of interest stands, or leave these places out."), field="no_conflict"
        )
    for each in silent:
        match_inputs.declare(person_id=person.pk, organisation_id=each, source=ConflictSource.NONE, actor=actor)

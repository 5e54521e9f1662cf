"""Rounds of the demonstration city: assistants and laboratories are matched, founders and technologies may rank."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.core import jobs
from talent.actions import rounds
from talent.choices.matching import ConflictSource
from talent.choices.rounds import RankingState, RoundKind
from talent.models import (
    ConflictDeclaration,
    Laboratory,
    MatchRound,
    MatchRun,
    RankedChoice,
    Ranking,
    RoundOffer,
    Technology,
)
from talent.queries.rounds import eligible, interests_of

SEED = 20260912
LABORATORIES, PEOPLE = 4, 12


def make_rounds() -> None:
    """Make what is not there yet; the same each time."""
    officer = User.objects.filter(email=email_of(Role.TALENT_OFFICER)).first()
    laboratories = list(Laboratory.objects.filter(closed_on=None).select_related("organisation")[:LABORATORIES])
    if officer is None or not laboratories or MatchRound.objects.exists():
        return
    today = timezone.localdate()
    days = {
        "opens_on": today - timedelta(days=20), "people_by": today + timedelta(days=4),
        "hosts_by": today + timedelta(days=9), "starts_on": today + timedelta(days=30),
        "ends_on": today + timedelta(days=395),
    }  # fmt: skip
    assistants = rounds.save_round(
        actor=officer, kind=RoundKind.LABORATORIES, title_zh="秋季科研助理双选", load=2, **days,
        title_en="Research assistants and laboratories, autumn",
    )  # fmt: skip
    for place, laboratory in enumerate(laboratories):
        rounds.offer_places(round_id=assistants.pk, laboratory=laboratory, places=1 + place % 2, actor=officer)
    rounds.step(round_id=assistants.pk, event="open", actor=officer)
    _rank(assistants)
    rounds.step(round_id=assistants.pk, event="close", actor=officer)
    if Ranking.objects.filter(round=assistants, person__isnull=False).exists():
        run = rounds.ask_run(round_id=assistants.pk, actor=officer)
        jobs.run(MatchRun, run.pk, rounds.match_round)
    technologies = list(Technology.objects.select_related("organisation")[:3])
    if technologies:
        founders = rounds.save_round(
            actor=officer, kind=RoundKind.TECHNOLOGIES, title_zh="创业者与技术双选", **days | {"load": 4},
            title_en="Founders and technologies",
        )  # fmt: skip
        for technology in technologies:
            rounds.offer_places(round_id=founders.pk, technology=technology, places=1, in_all=2, actor=officer)
        rounds.step(round_id=founders.pk, event="open", actor=officer)


def _rank(round_: MatchRound) -> None:
    """Both sides hand in rankings; one laboratory and one assistant have none yet."""
    dice = Random(SEED)  # noqa: S311 - the same city each time
    now = timezone.now()
    offers = list(RoundOffer.objects.filter(host__round=round_).select_related("host").order_by("pk"))
    people = list(eligible(round_).order_by("pk")[:PEOPLE])[1:]
    owners = {offer.host.organisation_id for offer in offers}
    declared = interests_of([person.pk for person in people], owners, timezone.localdate())[1]
    ConflictDeclaration.objects.bulk_create(
        ConflictDeclaration(person=person, organisation_id=owner, source=ConflictSource.NONE)
        for person in people for owner in sorted(owners) if (person.pk, owner) not in declared
    )  # fmt: skip
    handed_in = {"round": round_, "state": RankingState.SUBMITTED, "submitted_at": now, "changed_at": now}
    own = Ranking.objects.bulk_create(Ranking(person=each, submitted_by=each.user, **handed_in) for each in people)
    wishes = {ranking.pk: dice.sample(offers, dice.randint(1, len(offers))) for ranking in own}
    RankedChoice.objects.bulk_create(
        RankedChoice(ranking=ranking, position=place, offer=offer)
        for ranking in own for place, offer in enumerate(wishes[ranking.pk], 1)
    )  # fmt: skip
    for offer in offers[:-1] or offers:
        chosen_by = [ranking.person for ranking in own if offer in wishes[ranking.pk]]
        if not chosen_by:
            continue
        theirs = Ranking.objects.create(host=offer.host, **handed_in)
        RankedChoice.objects.bulk_create(
            RankedChoice(ranking=theirs, position=place, person=person)
            for place, person in enumerate(dice.sample(chosen_by, max(1, len(chosen_by) - 1)), 1)
        )

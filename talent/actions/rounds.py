"""Rounds of stable matching: recorded, opened, closed, run by a job, put right by hand, published as mandates."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import jobs, transitions
from innovation.core.errors import RuleViolation
from talent.actions import match_inputs, round_mails
from talent.actions.clean import refuse_invalid
from talent.actions.mandates import propose
from talent.choices.matching import DemandKind, Objective
from talent.choices.rounds import RoundKind, RoundState, Unplaced
from talent.models import (
    Laboratory,
    Mandate,
    MatchRound,
    MatchRun,
    Placement,
    RoundHost,
    RoundOffer,
    Technology,
)
from talent.queries.rounds import input_of, last_run
from talent.rules.matching.rounds import RULE_VERSION, RoundAnswer, RoundInput, blocking, free_places, solve
from talent.rules.matching.snapshot import digest_of

CHANGING = (RoundState.PLANNED, RoundState.RANKING)
"""While nobody has been matched, places may be added and changed."""
FIXED_ONCE_OPEN = ("kind", "opens_on")


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


def _locked(round_id: int) -> MatchRound:
    return MatchRound.objects.select_for_update(of=("self",)).get(pk=round_id)


@transaction.atomic
def save_round(*, actor: User, round_id: int | None = None, **values: Any) -> MatchRound:
    """Record a round, or change one; once open, its kind and opening day stay. Raises ROUND_FIXED, INVALID."""
    _require(actor, "talent.change_matchround" if round_id else "talent.add_matchround")
    round_ = _locked(round_id) if round_id else MatchRound()
    changed = {name for name, value in values.items() if getattr(round_, name) != value}
    fixed = changed & set(FIXED_ONCE_OPEN) if round_.state == RoundState.RANKING else changed
    if round_.state != RoundState.PLANNED and fixed:
        raise RuleViolation("ROUND_FIXED", _("This cannot be changed any more."), field=min(fixed))
    for name, value in values.items():
        setattr(round_, name, value)
    refuse_invalid(round_)
    round_.save()
    return round_


@transaction.atomic
def offer_places(
    *,
    round_id: int,
    places: int,
    actor: User,
    laboratory: Laboratory | None = None,
    technology: Technology | None = None,
    in_all: int | None = None,
) -> RoundOffer:
    """Record the places of a laboratory, or those on a technology and (``in_all``) of its institute; again to change.

    Raises RuleViolation ROUND_FIXED, WRONG_SIDE, INVALID.
    """
    _require(actor, "talent.change_matchround")
    round_ = _locked(round_id)
    if round_.state not in CHANGING:
        raise RuleViolation("ROUND_FIXED", _("This cannot be changed any more."))
    side = laboratory if round_.kind == RoundKind.LABORATORIES else technology
    if side is None or (laboratory is not None and technology is not None):
        raise RuleViolation(
            "WRONG_SIDE", _("Laboratories offer places to assistants, technologies to founders."),
            field="laboratory" if round_.kind == RoundKind.LABORATORIES else "technology",
        )  # fmt: skip
    known = RoundHost.objects.filter(round=round_, organisation=side.organisation, laboratory=laboratory).first()
    host = known or RoundHost(round=round_, organisation=side.organisation, laboratory=laboratory)
    host.places = places if laboratory is not None else in_all or (known.places if known else places)
    refuse_invalid(host)
    host.save()
    offer = RoundOffer.objects.filter(host=host, technology=technology).first() or RoundOffer(
        host=host, technology=technology
    )
    offer.places = places
    refuse_invalid(offer)
    offer.save()
    return offer


@transaction.atomic
def withdraw_places(*, offer_id: int, actor: User) -> None:
    """Take places back that nobody has ranked. Raises RuleViolation ROUND_FIXED, RANKED_ALREADY."""
    _require(actor, "talent.change_matchround")
    offer = RoundOffer.objects.select_related("host").get(pk=offer_id)
    if _locked(offer.host.round_id).state not in CHANGING:
        raise RuleViolation("ROUND_FIXED", _("This cannot be changed any more."))
    if offer.choices.exists():
        raise RuleViolation("RANKED_ALREADY", _("Somebody has ranked these places."))
    host = offer.host
    offer.delete()
    if not host.offers.exists():
        host.delete()


@transaction.atomic
def step(*, round_id: int, event: str, actor: User | None, reason: str = "") -> MatchRound:
    """open, close, cancel, take_back. Raises NO_PLACES, REASON_MISSING, NO_SUCH_TRANSITION, NOT_PERMITTED."""
    round_ = _locked(round_id)
    if event in {"publish", "match"}:
        raise RuleViolation("NO_SUCH_TRANSITION", _("This step is not possible in the present state."))
    facts = {"places": round_.hosts.count(), "reason_given": bool(reason.strip())}
    moved = transitions.apply(round_, event, actor=actor, reason=reason.strip(), facts=facts)
    if event == "open":
        transaction.on_commit(lambda: round_mails.kick(round_id))
    return moved


@transaction.atomic
def ask_run(*, round_id: int, actor: User) -> MatchRun:
    """Keep the submitted rankings as they stand and hand them to the queue.

    Raises RuleViolation NOT_CLOSED, NOTHING_RANKED, STILL_RUNNING.
    """
    _require(actor, "talent.change_matchround")
    round_ = _locked(round_id)
    if round_.state != RoundState.CLOSED:
        raise RuleViolation("NOT_CLOSED", _("Close the rankings first; a published round stays as it is."))
    before = last_run(round_)
    if before is not None and before.is_open:
        raise RuleViolation("STILL_RUNNING", _("The matching of this round is running."))
    today = timezone.localdate()
    data = input_of(round_, today).as_data()
    if not data["people"]:
        raise RuleViolation("NOTHING_RANKED", _("Nobody has handed in a ranking."))
    run = MatchRun.objects.create(
        round=round_, role_kind=round_.role_kind, day=today, objective=Objective.STABLE, snapshot=data,
        inputs_hash=digest_of(data, RULE_VERSION, str(Objective.STABLE)), rule_version=RULE_VERSION, created_by=actor,
    )  # fmt: skip
    jobs.enqueue(run)
    return run


def match_round(job: MatchRun) -> None:
    """The job: the stable matching that people like best, the proof, and a reason for everybody without a place."""
    given = RoundInput.from_data(job.snapshot)
    jobs.report_progress(job, 10, gettext("Matching"))
    answer = solve(given)
    with transaction.atomic():
        round_ = _locked(job.round_id or 0)
        transitions.apply(round_, "match", actor=None, facts={"run": job.pk})
        Placement.objects.bulk_create(_placements(job, given, answer))
        found = blocking(given, answer.places)
        jobs.finish(
            job, served=sum(offer is not None for offer in answer.places.values()),
            result={
                "people": len(given.people), "hosts": len(given.hosts), "blocking": len(found), "only": answer.only,
                "places": sum(each.places for each in given.hosts),
                "free": sum(free_places(given, answer.places).values()),
            },
        )  # fmt: skip


def _placements(job: MatchRun, given: RoundInput, answer: RoundAnswer) -> list[Placement]:
    return [
        Placement(
            run=job, person_id=who, offer_id=offer, why_not=answer.reasons.get(who, ""), **_ranks(given, who, offer)
        )
        for who, offer in answer.places.items()
    ]


def _ranks(given: RoundInput, who: int, offer: int | None) -> dict[str, int | None]:
    """The rank that each side gave the other; None outside of a ranking."""
    if offer is None:
        return {"own_rank": None, "their_rank": None}
    wishes = given.people.get(who, ())
    own = wishes.index(offer) + 1 if offer in wishes else None
    return {"own_rank": own, "their_rank": given.rank_at[given.host_of[offer]].get(who)}


@transaction.atomic
def override(*, placement_id: int, reason: str, actor: User, offer_id: int | None = None) -> Placement:
    """Give a person other places, or none, by hand and with a reason, before the result is published.

    Raises RuleViolation REASON_MISSING, NOT_MATCHED, OTHER_ROUND, NO_PLACE_LEFT, INVALID.
    """
    _require(actor, "talent.change_placement")
    placement = Placement.objects.select_related("run__round", "person").get(pk=placement_id)
    round_ = _locked(placement.run.round_id or 0)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why this person is placed by hand."), field="reason")
    if round_.state != RoundState.MATCHED or last_run(round_) != placement.run:
        raise RuleViolation("NOT_MATCHED", _("Only a result that waits for its publication can be changed."))
    if offer_id is not None and not RoundOffer.objects.filter(pk=offer_id, host__round=round_).exists():
        raise RuleViolation("OTHER_ROUND", _("These places belong to another round."), field="offer")
    placement.offer_id, placement.why_not = offer_id, "" if offer_id else Unplaced.BY_HAND
    ranks = _ranks(RoundInput.from_data(placement.run.snapshot), placement.person_id, offer_id)
    placement.own_rank, placement.their_rank = ranks["own_rank"], ranks["their_rank"]
    placement.by_hand, placement.reason, placement.decided_by = True, reason.strip(), actor
    refuse_invalid(placement)
    try:
        with transaction.atomic():
            placement.save()
    except IntegrityError as error:
        if "talent_placement_within_places" not in str(error):
            raise
        raise RuleViolation("NO_PLACE_LEFT", _("All places there are taken."), field="offer") from error
    return placement


@transaction.atomic
def publish(*, round_id: int, actor: User) -> MatchRound:
    """Publish the result: each pair becomes a demand with a mandate that both sides accept; everybody is told.

    Raises RuleViolation NOT_FOLLOWED with whose mandate is refused and why; nothing is published then.
    """
    round_ = transitions.apply(_locked(round_id), "publish", actor=actor)
    rows = Placement.objects.filter(run=last_run(round_)).select_related(
        "person__user", "offer__technology", "offer__host__laboratory", "offer__host__organisation"
    )
    for placement in rows:
        if placement.offer is not None:
            placement.mandate = _mandate(round_, placement, placement.offer, actor)
            placement.save(update_fields=["mandate"])
        else:
            round_mails.tell_unplaced(round_, placement)
    return round_


def _mandate(round_: MatchRound, placement: Placement, offer: RoundOffer, actor: User) -> Mandate:
    side = offer.technology or offer.host.laboratory or offer.host.organisation
    demand = match_inputs.save_demand(
        actor=actor, code=f"R{round_.pk}-{placement.pk}", name_zh=side.name_zh, name_en=side.name_en,
        kind=DemandKind.TECHNOLOGY if offer.technology else DemandKind.POST, role_kind=round_.role_kind,
        organisation=offer.host.organisation, technology=offer.technology, load=round_.load,
        starts_on=round_.starts_on, ends_on=round_.ends_on,
    )  # fmt: skip
    try:
        return propose(
            person_id=placement.person_id, demand_id=demand.pk, actor=actor, by_hand=placement.by_hand,
            reason=placement.reason,
        )  # fmt: skip
    except RuleViolation as refused:
        raise RuleViolation(
            "NOT_FOLLOWED", _("%(person)s – %(places)s: %(why)s Place this person otherwise by hand, then publish.")
            % {"person": placement.person, "places": offer, "why": refused},
            facts={"placement": placement.pk, "code": refused.code},
        ) from refused  # fmt: skip


def keep_rounds(today: date) -> dict[str, int]:
    """Every night: open rounds whose day has come, close those whose last day is over, write to who has not ranked."""
    counts = {"opened": 0, "closed": 0, "told": 0}
    due = (
        ("open", "opened", MatchRound.objects.filter(state=RoundState.PLANNED, opens_on__lte=today)),
        ("close", "closed", MatchRound.objects.filter(state=RoundState.RANKING, hosts_by__lt=today)),
    )
    for event, name, rows in due:
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                step(round_id=pk, event=event, actor=None)
            except RuleViolation:  # without places, or moved a moment ago
                continue
            counts[name] += 1
    for round_ in MatchRound.objects.filter(state=RoundState.RANKING):
        counts["told"] += round_mails.tell_opened(round_) or round_mails.remind(round_, today)
    return counts


def chase(*, round_id: int, actor: User) -> int:
    """Write once a day to everybody who has not handed in a ranking. Returns how many. Raises ROUND_NOT_OPEN."""
    _require(actor, "talent.change_matchround")
    round_ = MatchRound.objects.get(pk=round_id)
    if round_.state != RoundState.RANKING:
        raise RuleViolation("ROUND_NOT_OPEN", _("The round is not open for rankings."))
    return round_mails.chase(round_, timezone.localdate())

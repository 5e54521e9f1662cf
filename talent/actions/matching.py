"""Ask the matcher, let it work, decide on what it proposes."""

import time
from datetime import date
from typing import Any

import scipy
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.jobs import JobState
from talent.actions.mandates import propose
from talent.actions.permitted import require
from talent.choices.matching import Objective, ProposalState, Unserved
from talent.models import Mandate, MatchProposal, MatchRun
from talent.queries.matching import snapshot_of
from talent.rules.matching.fairness import gini
from talent.rules.matching.matcher import Answer, Clock, match, without
from talent.rules.matching.problem import RULE_VERSION, Id
from talent.rules.matching.reasons import solutions_of
from talent.rules.matching.snapshot import Snapshot, digest_of
from talent.rules.matching.solver import Goal, OutOfTime
from talent.rules.matching.teams import team_for

COMPARED_SHARE = 0.7
"""Of the time limit: what the plan itself may take; the rest is for comparing it and for costs of not choosing."""


@transaction.atomic
def ask_matching(
    *,
    role_kind: str,
    actor: User,
    day: date | None = None,
    objective: str = Objective.MAX_TOTAL,
    change_penalty: int = 10,
    per_institute: int | None = None,
    replan: bool = False,
    seconds: int = 300,
) -> MatchRun:
    """Keep what the matcher is given now and hand it to the queue.

    Raises RuleViolation NOBODY_OPEN, NOTHING_OPEN.
    """
    require(actor, "talent.add_matchrun")
    day = day or timezone.localdate()
    snapshot = snapshot_of(role_kind, day, replan=replan, change_penalty=change_penalty, per_institute=per_institute)
    if not snapshot.people:
        raise RuleViolation("NOBODY_OPEN", _("Nobody of this kind is registered and open to proposals."))
    if not snapshot.demands:
        raise RuleViolation("NOTHING_OPEN", _("No demand for this kind of people is open."))
    data = snapshot.as_data()
    run = MatchRun.objects.create(
        role_kind=role_kind, day=day, objective=objective, change_penalty=change_penalty,
        per_institute=per_institute, replan=replan, seconds=seconds, snapshot=data,
        inputs_hash=digest_of(data, RULE_VERSION, str(objective)), rule_version=RULE_VERSION, created_by=actor,
    )  # fmt: skip
    jobs.enqueue(run)
    return run


def match_people(job: MatchRun) -> None:
    """The job: match, compare with the other objective, price each pair, name reasons and ways out; freeze it all."""
    end = time.monotonic() + job.seconds

    def left() -> float:
        return end - time.monotonic()

    snapshot = Snapshot.from_data(job.snapshot)
    objective = Objective(job.objective)
    jobs.report_progress(job, 5, gettext("Matching"))
    try:
        answer = match(snapshot.problem, objective, seconds_left=lambda: left() - (1 - COMPARED_SHARE) * job.seconds)
    except OutOfTime:
        raise RuleViolation("OUT_OF_TIME", _("No plan was found in time. Allow more seconds.")) from None
    jobs.report_progress(job, 50, gettext("Comparing with the other objective"))
    other = _other(snapshot, objective, left)
    jobs.report_progress(job, 60, gettext("Pricing each pair"))
    costs = _costs(job, snapshot, answer, left)
    with transaction.atomic():
        MatchProposal.objects.bulk_create(_proposals(job, snapshot, answer, costs))
        jobs.finish(job, served=answer.served, result=_result(snapshot, answer, objective, other))


def _other(snapshot: Snapshot, objective: Objective, left: Clock) -> Answer | None:
    """The answer by the other objective, None when the time is over."""
    other = Objective.LEXIMIN if objective == Objective.MAX_TOTAL else Objective.MAX_TOTAL
    try:
        return match(snapshot.problem, other, seconds_left=left)
    except OutOfTime:
        return None


def _costs(job: MatchRun, snapshot: Snapshot, answer: Answer, left: Clock) -> dict[Id, tuple[int, int]]:
    """By demand: fit and demands that are lost when its pair may not be."""
    found: dict[Id, tuple[int, int]] = {}
    objective = Objective(job.objective)
    for number, (demand, person) in enumerate(sorted(answer.lead.items(), key=lambda pair: str(pair[0]))):
        if left() <= (1 - COMPARED_SHARE) * job.seconds / 2:
            break
        try:
            instead = match(without(snapshot.problem, (person, demand)), objective, seconds_left=left, settle=False)
        except OutOfTime:
            break
        found[demand] = (answer.total_fit - instead.total_fit, answer.served - instead.served)
        if number % 10 == 0:
            jobs.report_progress(job, 60 + 35 * number // max(1, answer.served), gettext("Pricing each pair"))
    return found


def _proposals(
    job: MatchRun, snapshot: Snapshot, answer: Answer, costs: dict[Id, tuple[int, int]]
) -> list[MatchProposal]:
    problem = snapshot.problem
    suitors: dict[Id, list[Id]] = {}
    for person, demand in problem.pairs:
        suitors.setdefault(demand, []).append(person)
    earlier = MatchRun.objects.filter(role_kind=job.role_kind, round=None, state=JobState.DONE, pk__lt=job.pk)
    last = earlier.order_by("-pk").first()
    before = dict(last.proposals.values_list("demand_id", "person_id")) if last else {}
    rows = []
    for demand, person in answer.lead.items():
        others = [each for each in suitors[demand] if each != person]
        best = max(others, key=lambda each: (problem.fit[each][demand], -int(each)), default=None)
        fit, served = costs.get(demand, (None, None))
        rows.append(
            MatchProposal(
                run=job, demand_id=demand, person_id=person, fit=problem.fit[person][demand],
                parts={part: round(points * 100) for part, points in snapshot.parts(int(person), int(demand)).items()},
                checks=_checks(snapshot, int(person), int(demand)), next_best_id=best,
                next_fit=problem.fit[best][demand] if best else None, cost_fit=fit, cost_served=served,
                before_id=before.get(int(demand)),
            )
        )  # fmt: skip
    return rows


def _checks(snapshot: Snapshot, person: int, demand: int) -> list[list[Any]]:
    """What was tested before the fit counted: name of the check, what is needed, what is there."""
    row, wanted = snapshot.person[person], snapshot.demand[demand]
    free = min(row.free_on(wanted.starts_on), row.free_on(wanted.ends_on))
    return [
        ["conflict", "", snapshot.day],
        ["skills", sorted(wanted.skills), sorted(row.skills)],
        ["languages", sorted(wanted.languages), sorted(row.languages)],
        ["level", wanted.level, row.level],
        ["dates", wanted.starts_on, wanted.ends_on],
        ["load", wanted.load, free],
    ]


def _result(snapshot: Snapshot, answer: Answer, objective: Objective, other: Answer | None) -> dict[str, Any]:
    by_total = objective == Objective.MAX_TOTAL
    leximin = other if by_total else answer
    best = answer.total_fit if by_total else answer.max_total_fit
    problem = snapshot.problem
    used = {person for person, points in answer.used.items() if points}
    newly = {row.id for row in snapshot.people if row.newly}
    small = {row.id for row in snapshot.demands if row.small}
    spread = gini(answer.used.values())
    return {
        "demands": len(problem.demands),
        "people": len(problem.people),
        "pairs": len(problem.pairs),
        "served": answer.served,
        "total_fit": answer.total_fit,
        "max_total_fit": answer.max_total_fit,
        "worst_fit": min(answer.fits, default=None),
        "total_load": answer.total_load,
        "changes": answer.changes,
        "gap": answer.gap,
        "stopped": answer.stopped,
        "goals": _goals(answer.goals),
        "leximin_total": leximin.total_fit if leximin else None,
        "leximin_worst": min(leximin.fits, default=None) if leximin else None,
        "price": best - leximin.total_fit if leximin and best is not None else None,
        "gini": [spread.numerator, spread.denominator],
        "newly": [len(newly & used), len(newly)],
        "small": [len(small & answer.lead.keys()), len(small)],
        "unserved": [_unserved(snapshot, answer, demand, reason) for demand, reason in answer.reasons.items()],
        "solver": f"HiGHS, SciPy {scipy.__version__}",
        "seed": 0,
    }


def _goals(goals: tuple[Goal, ...]) -> list[list[Any]]:
    """Steps of one name in a row as one: name, steps, value and bound of the last, whether all are proved."""
    rows: list[list[Any]] = []
    for goal in goals:
        if rows and rows[-1][0] == goal.name:
            rows[-1] = [goal.name, rows[-1][1] + 1, goal.value, goal.bound, rows[-1][4] and goal.proved]
        else:
            rows.append([goal.name, 1, goal.value, goal.bound, goal.proved])
    return rows


def _unserved(snapshot: Snapshot, answer: Answer, demand: Id, reason: Unserved) -> dict[str, Any]:
    team = team_for(snapshot.problem, demand).people if reason == Unserved.NOT_IN_ONE else ()
    return {
        "demand": demand,
        "reason": reason.value,
        "solutions": [
            {
                "remedy": each.remedy.value, "people": list(each.people), "skills": list(each.skills),
                "points": each.points,
            }
            for each in solutions_of(snapshot.problem, demand, answer.lead, team)
        ],
    }  # fmt: skip


@transaction.atomic
def confirm(*, proposal_id: int, actor: User, **values: Any) -> Mandate:
    """Confirm a proposal: both sides are asked. ``values`` are ``engagement``.

    Raises RuleViolation DECIDED, and what stands against a mandate by now.
    """
    proposal = _undecided(proposal_id, actor)
    mandate = propose(
        person_id=proposal.person_id, demand_id=proposal.demand_id, actor=actor, proposal=proposal, by_hand=False,
        **values,
    )  # fmt: skip
    _decide(proposal, ProposalState.CONFIRMED, actor, "")
    return mandate


@transaction.atomic
def set_aside(
    *, proposal_id: int, reason: str, actor: User, instead_id: int | None = None, **values: Any
) -> Mandate | None:
    """Set a proposal aside with a reason; ``instead_id`` proposes another person by hand.

    Raises RuleViolation REASON_MISSING, DECIDED, and what stands against the other person.
    """
    proposal = _undecided(proposal_id, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the proposal is set aside."), field="reason")
    _decide(proposal, ProposalState.SET_ASIDE, actor, reason)
    if instead_id is None:
        return None
    return propose(
        person_id=instead_id, demand_id=proposal.demand_id, actor=actor, reason=reason, proposal=proposal, **values
    )


def _undecided(proposal_id: int, actor: User) -> MatchProposal:
    require(actor, "talent.change_matchproposal")
    proposal = MatchProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        raise RuleViolation("DECIDED", _("This proposal is decided already."))
    return proposal


def _decide(proposal: MatchProposal, state: str, actor: User, reason: str) -> None:
    proposal.state, proposal.reason = state, reason
    proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])

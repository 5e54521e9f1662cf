"""What the board needs to know of a case: figures of its review, votes, quorum, and the order of the ranking."""

from collections import Counter
from typing import Any

from innovation.calls.choices import AWARDING_EVENTS, ApplicationState, BoardChoice
from innovation.calls.models import AgendaItem, Application, Decision, Meeting, ReviewSummary
from innovation.calls.rules.workflow import transitions

FIGURES = ("n", "mean", "sd", "min", "max", "rank")
WAITING = (ApplicationState.RANKED, ApplicationState.RESERVE)


def review_figures(application_ids: list[int]) -> dict[int, dict[str, Any]]:
    """``{application: {"n", "mean", "sd", "min", "max", "rank"}}`` of finished reviews.

    Cases that came without a review (a fast grant) are absent.
    """
    rows = ReviewSummary.objects.filter(application__in=application_ids)
    return {row["application"]: {name: row[name] for name in FIGURES} for row in rows.values("application", *FIGURES)}


def waiting_for_board(call_id: int) -> list[Application]:
    """Cases of a call that the board may decide now and that stand on no agenda without decision; best rank first."""
    on_agenda = AgendaItem.objects.filter(decisions=None, meeting__call=call_id).values("application")
    cases = list(Application.objects.filter(call=call_id, state__in=WAITING).exclude(pk__in=on_agenda))
    figures = review_figures([case.pk for case in cases])
    return sorted(cases, key=lambda case: (figures.get(case.pk, {}).get("rank") or 10_000, case.pk))


def votes_of(item: AgendaItem) -> Counter[str]:
    """How many members voted for what."""
    return Counter(item.votes.values_list("choice", flat=True))


def has_quorum(item: AgendaItem) -> bool:
    """Whether enough members voted; who stepped out has no vote and therefore does not count."""
    return item.votes.count() >= item.meeting.quorum


def majority_for(item: AgendaItem, event: str) -> bool:
    """Whether more than half of the votes that are no abstentions are for ``event``."""
    votes = votes_of(item)
    cast = sum(count for choice, count in votes.items() if choice != BoardChoice.ABSTAIN)
    return votes[event] * 2 > cast


def leaves_rank_order(item: AgendaItem, event: str) -> bool:
    """Whether ``event`` would leave the order of the ranking: a better case refused while a worse one is approved.

    Only cases of the same call count whose newest decision stands; without ranks there is no order to leave.
    """
    rank = item.figures.get("rank")
    if rank is None:
        return False
    decided = (
        Decision.objects.filter(item__meeting__call=item.meeting.call_id)
        .exclude(application=item.application_id)
        .order_by("application_id", "-id")
        .distinct("application_id")
        .values_list("event", "item__figures")
    )
    others = [(name, figures.get("rank")) for name, figures in decided if figures and figures.get("rank") is not None]
    if event in AWARDING_EVENTS:
        return any(name in {"reject", "reserve"} and other < rank for name, other in others)
    return any(name in AWARDING_EVENTS and other > rank for name, other in others)


def open_events(application: Application) -> set[str]:
    """The events that the process of a case has in its present state, whoever may ask for them."""
    return {row.event for row in transitions(application.process.content) if row.state == application.state}


def seats(meeting: Meeting) -> dict[int, Any]:
    """The members of a meeting by their user."""
    return {member.user_id: member for member in meeting.members.all()}

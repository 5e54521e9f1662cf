"""The end of scoring: a round of discussion where reviewers are far apart, then figures and ranks that stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions import letters_of_office as letters
from innovation.calls.actions.assigning import COORDINATE
from innovation.calls.actions.screening import refuse_related, require
from innovation.calls.choices import ApplicationState, ReviewState
from innovation.calls.models import Application, Call, DiscussionRound, Review, ReviewSummary
from innovation.calls.queries.deadlines import due_after
from innovation.calls.queries.ranking import criterion_means
from innovation.calls.queries.relations import is_related
from innovation.calls.rules.scoring import CaseRule, Entry, case_score, divergent, rank, shown, spread
from innovation.core import transitions
from innovation.core.errors import RuleViolation

DECISION_DAYS = 15
PLACES = 6


@dataclass(frozen=True)
class Refused:
    """A case that cannot be closed now, and why."""

    case: Application
    why: RuleViolation


@transaction.atomic
def open_discussion(*, application_id: int, note: str, due_on: date, actor: User) -> DiscussionRound:
    """Let the reviewers of a case that are far apart look again. Raises ``NOT_PERMITTED``, ``RELATED_PARTY``,
    ``NOT_IN_REVIEW``, ``NOT_FAR_APART``, ``DISCUSSED_ALREADY``, ``DUE_IN_PAST``, ``REASON_MISSING``.
    """
    require(actor, COORDINATE)
    case = Application.objects.select_for_update(of=("self",)).select_related("call").get(pk=application_id)
    refuse_related(actor, case)
    if case.state != ApplicationState.IN_REVIEW:
        raise RuleViolation("NOT_IN_REVIEW", _("This case is not in review."))
    if DiscussionRound.objects.filter(application=case).exists():
        raise RuleViolation("DISCUSSED_ALREADY", _("This case had its round of discussion."))
    reviews = list(case.reviews.filter(state=ReviewState.SUBMITTED).select_related("reviewer", "application"))
    if not divergent(_totals(reviews), case.call.divergence_limit):
        raise RuleViolation("NOT_FAR_APART", _("The reviews are not far apart."))
    if due_on < timezone.localdate():
        raise RuleViolation("DUE_IN_PAST", _("This day is over."), field="due_on")
    if not note.strip():
        raise RuleViolation("REASON_MISSING", _("Say what is to be discussed."), field="note")
    found = DiscussionRound.objects.create(application=case, note=note.strip(), due_on=due_on, opened_by=actor)
    for review in reviews:
        letters.discussion_opened(review)
    return found


def _totals(reviews: Sequence[Review]) -> dict[str, Fraction]:
    return {str(one.pk): one.total for one in reviews if one.total is not None}


def closing_facts(case: Application, reviews: Sequence[Review], today: date, actor: User | None) -> dict[str, Any]:
    """What the end of scoring is held against: everything handed in, or the last day of every open review passed.

    A running round of discussion keeps a case open.
    """
    waiting = [one for one in reviews if one.state in {ReviewState.INVITED, ReviewState.OPEN}]
    discussion = getattr(case, "discussion", None)
    discussing = discussion is not None and discussion.due_on >= today
    handed_in = sum(one.state == ReviewState.SUBMITTED for one in reviews)
    return {
        "all_reviews_in": not waiting and handed_in > 0 and not discussing,
        "review_deadline_passed": not discussing
        and bool(waiting)
        and all(one.due_on is not None and one.due_on < today for one in waiting),
        "related": is_related(actor, case),
    }


@transaction.atomic
def close_reviews(*, call_id: int, actor: User) -> tuple[list[ReviewSummary], list[Refused]]:
    """Close scoring for every case of a call that is ready; freeze their figures and rank them together.

    Cases that are not ready stay in review and come back with the reason. Raises ``NOT_PERMITTED``, ``NONE_READY``.
    """
    require(actor, COORDINATE)
    call = Call.objects.select_for_update(of=("self",)).select_related("deadlines", "score_sheet").get(pk=call_id)
    cases = list(
        call.applications.filter(state=ApplicationState.IN_REVIEW)
        .select_for_update(of=("self",)).select_related("process", "discussion").order_by("pk")
    )  # fmt: skip
    today, moment = timezone.localdate(), timezone.now()
    due = due_after(call, "decision", today, days=DECISION_DAYS)
    closed: list[Application] = []
    refused: list[Refused] = []
    totals: dict[int, dict[str, Fraction]] = {}
    for case in cases:
        reviews = list(case.reviews.counting())
        facts = closing_facts(case, reviews, today, actor)
        changes = {"state_since": moment, "due_on": due}
        try:
            transitions.apply(case, "close_review", actor=actor, facts=facts, changes=changes)
        except RuleViolation as violation:
            refused.append(Refused(case, violation))
            continue
        totals[case.pk] = _totals([one for one in reviews if one.state == ReviewState.SUBMITTED])
        closed.append(case)
    if not closed:
        raise RuleViolation(
            "NONE_READY", _("No case of this call is ready: reviews are still open."),
            facts={"cases": [str(one.case.number) for one in refused]},
        )  # fmt: skip
    return _freeze(call, closed, totals, moment, actor), refused


def _freeze(
    call: Call, cases: Sequence[Application], totals: dict[int, dict[str, Fraction]], moment: Any, actor: User
) -> list[ReviewSummary]:
    rule = CaseRule(call.score_rule)
    means = criterion_means([case.pk for case in cases])
    scores = {case.pk: case_score(list(totals[case.pk].values()), rule) for case in cases}
    breaks = {case.pk: tuple(_tie_break(name, case, means, totals) for name in call.tie_breaks) for case in cases}
    ranks = {int(one.case): one for one in rank(Entry(str(pk), scores[pk], breaks[pk]) for pk in scores)}
    found = []
    for case in cases:
        figures, score = spread(list(totals[case.pk].values())), scores[case.pk]
        found.append(
            ReviewSummary(
                application=case, n=figures.n, mean=shown(figures.mean, PLACES), min=shown(figures.least, PLACES),
                max=shown(figures.most, PLACES), sd=None if figures.sd is None else round(Decimal(figures.sd), PLACES),
                score_num=None if score is None else score.numerator,
                score_den=None if score is None else score.denominator, score_rule=rule.value,
                tie_breaks=[[name, None if value is None else str(value)] for name, value in
                            zip(call.tie_breaks, breaks[case.pk], strict=True)],
                rank=ranks[case.pk].rank, is_tied=ranks[case.pk].tied, ranked_of=len(cases), closed_at=moment,
                closed_by=actor,
            )
        )  # fmt: skip
    return ReviewSummary.objects.bulk_create(found)


def _tie_break(
    name: str, case: Application, means: dict[int, dict[str, Fraction]], totals: dict[int, dict[str, Fraction]]
) -> Fraction | None:
    """``spread``: less of it is better; ``submitted``: earlier is better; ``requested``: less money is better; any
    other name is a criterion, whose mean counts.
    """
    if name == "spread":
        values = list(totals[case.pk].values())
        return min(values) - max(values) if values else None
    if name == "submitted":
        return Fraction(-int(case.submitted_at.timestamp() * 1_000_000)) if case.submitted_at else None
    if name == "requested":
        return None if case.requested_fen is None else Fraction(-case.requested_fen)
    return means.get(case.pk, {}).get(name)

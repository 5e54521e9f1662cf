"""Reviewers proposed for the open seats of cases, with the reasons; staff confirm."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.choices import WAITING_REVIEWS, ReviewState
from innovation.calls.models import Application, Review, ReviewerProfile
from innovation.calls.queries.relations import Standing, standings
from innovation.calls.queries.topics import newest_submissions, topics_of_case, topics_of_profile
from innovation.calls.rules import assignment


@dataclass(frozen=True)
class Proposed:
    """One seat: who, why, and the load that follows."""

    case: Application
    reviewer: User
    shared: tuple[str, ...]
    load_before: int
    load_after: int
    candidates: int


@dataclass(frozen=True)
class Missing:
    """Seats that stay empty, and who was out of the question for which reason."""

    case: Application
    seats: int
    conflict: tuple[User, ...]
    unknown: tuple[User, ...]
    full: tuple[User, ...]


@dataclass(frozen=True)
class Plan:
    choices: tuple[Proposed, ...]
    shortages: tuple[Missing, ...]


def active_reviewers() -> list[ReviewerProfile]:
    """Everybody who takes reviews, with the number of open ones in ``load``."""
    waiting = Count("user__reviews", filter=Q(user__reviews__state__in=WAITING_REVIEWS))
    rows = ReviewerProfile.objects.filter(is_active=True, user__is_active=True, user__groups__name=Role.REVIEWER)
    return list(rows.select_related("user").annotate(load=waiting).order_by("user__name", "pk"))


def propose(cases: Sequence[Application]) -> Plan:
    """All seats filled if possible, then even load, then shared topics; conflict and unknown relations never."""
    profiles = active_reviewers()
    people = {str(one.user_id): one.user for one in profiles}
    index = {str(case.pk): case for case in cases}
    held = standings(list(cases), list(people.values()))
    taken, asked = _taken(cases)
    words = frozenset(str(word).casefold() for one in profiles for word in one.keywords)
    submissions = newest_submissions(cases)
    seats = [
        assignment.Seats(
            str(case.pk), max(0, case.call.reviewers_needed - taken.get(case.pk, 0)),
            topics_of_case(submissions.get(case.pk), words),
        )
        for case in cases
    ]  # fmt: skip
    staff = [
        assignment.Reviewer(str(one.user_id), one.load_limit, one.load, topics_of_profile(one)) for one in profiles
    ]
    relations = {
        (str(case), str(person)): assignment.Relation(
            "conflict" if (case, person) in asked else standing.relation.value
        )
        for (case, person), standing in held.items()
    }
    plan = assignment.propose(seats, staff, relations)
    return Plan(
        tuple(
            Proposed(
                index[one.case], people[one.reviewer], one.shared, one.load_before, one.load_after, one.candidates
            )
            for one in plan.choices
        ),
        tuple(
            Missing(
                index[one.case], one.missing,
                tuple(people[key] for key in one.conflict if (int(one.case), int(key)) not in asked),
                tuple(people[key] for key in one.unknown), tuple(people[key] for key in one.full),
            )
            for one in plan.shortages
        ),
    )  # fmt: skip


def _taken(cases: Sequence[Application]) -> tuple[dict[int, int], set[tuple[int, int]]]:
    """Seats that are filled by case, and every pair that was ever asked: nobody is asked twice."""
    filled: dict[int, int] = {}
    asked: set[tuple[int, int]] = set()
    rows = Review.objects.filter(application__in=[case.pk for case in cases])
    for case, person, state in rows.values_list("application", "reviewer", "state"):
        asked.add((case, person))
        if state in {ReviewState.INVITED, ReviewState.OPEN, ReviewState.SUBMITTED}:
            filled[case] = filled.get(case, 0) + 1
    return filled, asked


def candidates(case: Application) -> list[tuple[ReviewerProfile, Standing]]:
    """Everybody who takes reviews and was not asked for ``case`` yet, with how they stand to it."""
    asked = set(case.reviews.values_list("reviewer", flat=True))
    profiles = [one for one in active_reviewers() if one.user_id not in asked]
    held = standings([case], [one.user for one in profiles])
    return [(one, held[case.pk, one.user_id]) for one in profiles]

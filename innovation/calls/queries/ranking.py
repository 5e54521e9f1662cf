"""The ranking of a call: frozen figures, how far reviewers are apart, how strict each of them is."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from innovation.accounts.models import User
from innovation.calls.choices import ReviewState
from innovation.calls.models import Call, Review, ReviewSummary, ReviewVersion
from innovation.calls.rules.exact import number
from innovation.calls.rules.scoring import Severity, divergent, severity


@dataclass(frozen=True)
class Strictness:
    """A reviewer and the mean distance to the others' means; below 0 is strict."""

    reviewer: User
    figures: Severity


@dataclass(frozen=True)
class FarApart:
    """A handed-in review further from the others than the call allows, with its text."""

    review: Review
    distance: Fraction
    text: str


def newest_versions(application_ids: list[int]) -> list[ReviewVersion]:
    """What counts of each handed-in review: its newest version."""
    rows = ReviewVersion.objects.filter(
        review__application__in=application_ids, review__state=ReviewState.SUBMITTED
    )  # fmt: skip
    return list(rows.order_by("review_id", "-serial").distinct("review_id").select_related("review"))


def criterion_means(application_ids: list[int]) -> dict[int, dict[str, Fraction]]:
    """Case → criterion → mean of the points given; criteria that nobody answered are absent."""
    points: dict[int, dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    for version in newest_versions(application_ids):
        for key, value in version.points.items():
            exact = number(value)
            if exact is not None:
                points[version.review.application_id][key].append(exact)
    return {
        case: {key: sum(values, Fraction(0)) / len(values) for key, values in found.items()}
        for case, found in points.items()
    }


def summaries(call: Call) -> list[ReviewSummary]:
    """Frozen results of a call, best first; cases without review last."""
    rows = ReviewSummary.objects.filter(application__call=call).select_related("application__organisation")
    return sorted(rows, key=lambda one: (one.closed_at, one.rank or 10**9, one.pk))


def handed_in(call: Call) -> list[Review]:
    """Every review of a call that was handed in, with reviewer and case."""
    rows = Review.objects.filter(application__call=call, state=ReviewState.SUBMITTED)
    return list(rows.select_related("reviewer", "application").order_by("application", "pk"))


def strictness(reviews: list[Review]) -> list[Strictness]:
    """How strict each reviewer was over these reviews, strictest first."""
    totals: dict[str, dict[str, Fraction]] = defaultdict(dict)
    people = {str(one.reviewer_id): one.reviewer for one in reviews}
    for one in reviews:
        if one.total is not None:
            totals[str(one.application_id)][str(one.reviewer_id)] = one.total
    found = [Strictness(people[row.reviewer], row) for row in severity(totals)]
    return sorted(found, key=lambda one: (one.figures.deviation is None, one.figures.deviation or 0))


def far_apart(call: Call, reviews: list[Review]) -> list[FarApart]:
    """Reviews further from the mean of the others than the call's limit, furthest first."""
    by_case: dict[int, list[Review]] = defaultdict(list)
    for one in reviews:
        by_case[one.application_id].append(one)
    found = []
    for rows in by_case.values():
        totals = {str(one.pk): one.total for one in rows if one.total is not None}
        for key in divergent(totals, call.divergence_limit):
            others = [total for other, total in totals.items() if other != key]
            review = next(one for one in rows if str(one.pk) == key)
            distance = totals[key] - sum(others, Fraction(0)) / len(others)
            found.append(FarApart(review, distance, str(review.draft.get("divergence_text") or "")))
    return sorted(found, key=lambda one: -abs(one.distance))

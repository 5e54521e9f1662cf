"""Scores of assessments: the sheets that count, what stood at the lock and what stands now, who is stricter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from talent.choices.assessment import BlindReviewState
from talent.models import Assessment, BlindReview, Score, ScoreChange
from talent.rules.rubric import Rubric, far_apart, mean_score, rubric_of, score, severity


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reviewer's marks by criterion: as locked, as they stand, with reasons; ``score_ids`` name the rows."""

    review_id: int
    reviewer_id: int
    locked: Mapping[str, int]
    standing: Mapping[str, int]
    reasons: Mapping[str, str]
    score_ids: Mapping[str, int]


def sheets_of(assessment_ids: Iterable[int]) -> dict[int, list[Sheet]]:
    """The sheets that count (handed in, no conflict since), by assessment; two queries at any number."""
    scores = Score.objects.filter(
        review__assessment__in=list(assessment_ids), review__state=BlindReviewState.SUBMITTED
    ).select_related("review")
    rows = list(scores.order_by("review_id", "pk"))
    changed = dict(
        ScoreChange.objects.filter(score__in=rows).order_by("pk").values_list("score_id", "after")
    )  # the newest of each score comes last and stays
    by_review: dict[int, list[Score]] = defaultdict(list)
    for row in rows:
        by_review[row.review_id].append(row)
    found: dict[int, list[Sheet]] = defaultdict(list)
    for review_id, given in by_review.items():
        review = given[0].review
        found[review.assessment_id].append(
            Sheet(
                review_id, review.reviewer_id,
                {row.criterion: row.mark for row in given},
                {row.criterion: changed.get(row.pk, row.mark) for row in given},
                {row.criterion: row.reason for row in given},
                {row.criterion: row.pk for row in given},
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Result:
    """What the sheets of one assessment say. ``apart`` are criteria whose standing marks differ by more than one."""

    sheets: tuple[Sheet, ...]
    locked: Fraction | None
    standing: Fraction | None
    apart: tuple[str, ...]


def result_of(assessment: Assessment) -> Result:
    """The result of one assessment; its round's rubric should be at hand."""
    rubric = rubric_of(assessment.round.rubric.content)
    sheets = sheets_of([assessment.pk]).get(assessment.pk, [])
    return result(rubric, sheets)


def result(rubric: Rubric, sheets: list[Sheet]) -> Result:
    locked, standing = ([one.locked for one in sheets], [one.standing for one in sheets])
    return Result(
        tuple(sheets), mean_score(rubric, locked), mean_score(rubric, standing), tuple(far_apart(rubric, standing))
    )


@dataclass(frozen=True, slots=True)
class Severity:
    """How strict a reviewer is: mean difference from the other reviewers of the same cases, and how many cases."""

    reviewer_id: int
    cases: int
    difference: Fraction | None


def severities(sheets: Mapping[int, list[Sheet]], rubric: Rubric) -> list[Severity]:
    """One line per reviewer over locked marks; the differences of all together tell who scores strictly."""
    own: dict[int, dict[int, Fraction]] = defaultdict(dict)
    others: dict[int, dict[int, Fraction]] = defaultdict(dict)
    for case, given in sheets.items():
        scores = {one.reviewer_id: score(rubric, one.locked) for one in given}
        for reviewer, value in scores.items():
            rest = [other for key, other in scores.items() if key != reviewer]
            own[reviewer][case] = value
            if rest:
                others[reviewer][case] = sum(rest, Fraction(0)) / len(rest)
    return [Severity(one, len(own[one]), severity(own[one], others[one])) for one in sorted(own)]


def review_counts(assessment_id: int) -> dict[str, int]:
    """How many reviews stand in which state: ``waiting``, ``handed_in``, ``reviewers`` (both)."""
    states = list(BlindReview.objects.filter(assessment=assessment_id).values_list("state", flat=True))
    waiting = sum(state in {BlindReviewState.INVITED, BlindReviewState.OPEN} for state in states)
    handed_in = states.count(BlindReviewState.SUBMITTED)
    return {"waiting": waiting, "handed_in": handed_in, "reviewers": waiting + handed_in}


def facts_of(assessment: Assessment, actor: Any) -> dict[str, Any]:
    """What the guards of an assessment's steps ask for beside the record; kept with the record of the step."""
    from_reviews = review_counts(assessment.pk)
    return {
        **from_reviews, "least": assessment.round.least_reviewers,
        "is_involved": actor is not None and (
            assessment.person.user_id == actor.pk
            or BlindReview.objects.filter(assessment=assessment, reviewer=actor).exists()
        ),
    }  # fmt: skip

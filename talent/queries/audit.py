"""The audit of fairness: the only place that opens the vault. It gives counts by fixed bands, never a person's year."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from innovation.core.jobs import JobState
from innovation.core.models import TransitionRecord
from talent.choices.assessment import AFTER_LOCK, AssessmentOutcome
from talent.choices.matching import MandateState
from talent.models import Assessment, AssessmentRound, Mandate, MatchProposal, MatchRun, PersonVault, ScoreChange
from talent.queries.results import Sheet, severities, sheets_of
from talent.rules.rubric import Rubric, rubric_of, score
from talent.rules.sealing import BANDS, FROM_45, UNDER_45, band_of, key_of, unseal

SELECTED = {
    "shortlist": (AssessmentOutcome.SHORTLISTED, AssessmentOutcome.AWARDED), "award": (AssessmentOutcome.AWARDED,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StageCount:
    """One step of selection: by band in the declared order, who stood before it and who came through."""

    stage: str
    n: Mapping[str, int]
    selected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BandScore:
    """Mean scores of one band: at the lock (blind) and as they stand now (moderated and unblinded)."""

    band: str
    cases: int
    blind: Fraction | None
    standing: Fraction | None


@dataclass(frozen=True, slots=True)
class ReviewerSides:
    """One reviewer over the declared contrast: people scored and mean locked score, below 45 and from 45 on.

    ``severity`` is the mean difference from the other reviewers of the same cases.
    """

    reviewer: str
    cases: tuple[int, int]
    means: tuple[Fraction | None, Fraction | None]
    severity: Fraction | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What the bias report is made of. ``reviewers`` are named by letters, in the order of their first review."""

    stages: tuple[StageCount, ...]
    scores: tuple[BandScore, ...]
    reviewers: tuple[ReviewerSides, ...]
    changes: int
    stated: int


def audit_of(round_: AssessmentRound, as_of: date, known_at: datetime) -> Audit:
    """The audit of one round: decisions taken by the end of ``as_of`` and known at ``known_at``; six queries."""
    decided = Assessment.objects.filter(round=round_, decided_at__date__lte=as_of, decided_at__lte=known_at)
    cases = {row.pk: row for row in decided.only("person_id", "outcome")}
    bands = _bands([row.person_id for row in cases.values()], round_.opened_on.year)
    of_case = {pk: bands[row.person_id] for pk, row in cases.items()}
    rubric = rubric_of(round_.rubric.content)
    sheets = sheets_of(
        Assessment.objects.filter(pk__in=cases, state__in=AFTER_LOCK).values_list("pk", flat=True)
    )  # fmt: skip
    return Audit(
        stages=_stages(cases, of_case),
        scores=tuple(_band_scores(rubric, sheets, of_case)),
        reviewers=tuple(_reviewer_sides(rubric, sheets, of_case)),
        changes=ScoreChange.objects.filter(score__review__assessment__in=cases).count(),
        stated=sum(band != BANDS[-1] for band in of_case.values()),
    )


@dataclass(frozen=True, slots=True)
class MatchingAudit:
    """What the report on matching is made of: steps from the pool to work, how many matchings, how many years."""

    stages: tuple[StageCount, ...]
    runs: int
    stated: int


def matching_audit_of(role_kind: str, as_of: date, known_at: datetime) -> MatchingAudit:
    """The audit of all matchings of one kind of people in the year of ``as_of``, as known at ``known_at``.

    Rounds in which both sides rank each other are left out: their people were ranked, not proposed. Each person counts
    once, however many matchings asked for them: in the pool, proposed by the matcher, confirmed by an officer, at work
    because both sides accepted. Each step is a part of the one before. Six queries.
    """
    runs = MatchRun.objects.filter(
        role_kind=role_kind, round=None, state=JobState.DONE, day__year=as_of.year, day__lte=as_of,
        finished_at__lte=known_at,
    )  # fmt: skip
    numbers = list(runs.values_list("pk", flat=True))
    pools = runs.values_list("snapshot__people", flat=True)
    pool = {int(row["id"]) for people in pools.iterator(chunk_size=20) for row in people}
    proposed = pool & set(MatchProposal.objects.filter(run__in=numbers).values_list("person_id", flat=True))
    made = Mandate.objects.filter(proposal__run__in=numbers, by_hand=False, proposed_at__lte=known_at)
    mandates = dict(made.filter(proposed_at__date__lte=as_of).values_list("pk", "person_id"))
    steps = TransitionRecord.objects.filter(
        content_type=ContentType.objects.get_for_model(Mandate), object_pk__in=[str(pk) for pk in mandates],
        to_state=MandateState.ACTIVE, at__lte=known_at, at__date__lte=as_of,
    )  # fmt: skip
    confirmed = proposed & set(mandates.values())
    begun = confirmed & {mandates[int(pk)] for pk in steps.values_list("object_pk", flat=True)}
    bands = _bands(sorted(pool), as_of.year)

    def counted(people: set[int]) -> dict[str, int]:
        return {band: sum(bands[one] == band for one in people) for band in BANDS}

    first, second, third, last = (counted(people) for people in (pool, proposed, confirmed, begun))
    return MatchingAudit(
        stages=(
            StageCount("proposed", first, second), StageCount("confirmed", second, third),
            StageCount("begun", third, last), StageCount("whole", first, last),
        ),
        runs=len(numbers),
        stated=sum(band != BANDS[-1] for band in bands.values()),
    )  # fmt: skip


def _bands(person_ids: list[int], in_year: int) -> dict[int, str]:
    """The band of each person; years are unsealed here and nowhere else, and go no further."""
    key = key_of(settings.TALENT_VAULT_KEY)
    entries = PersonVault.objects.filter(person__in=person_ids).values_list("person_id", "sealed")
    known = {person: band_of(unseal(bytes(sealed), key), in_year) for person, sealed in entries}
    return {person: known.get(person, BANDS[-1]) for person in person_ids}


def _stages(cases: Mapping[int, Assessment], of_case: Mapping[int, str]) -> tuple[StageCount, ...]:
    """Eligible to shortlist, shortlist to award, and both steps in one."""

    def counted(outcomes: tuple[str, ...]) -> dict[str, int]:
        return {
            band: sum(of_case[pk] == band and row.outcome in outcomes for pk, row in cases.items()) for band in BANDS
        }

    everyone = counted(tuple(AssessmentOutcome))
    shortlist, award = counted(SELECTED["shortlist"]), counted(SELECTED["award"])
    return (
        StageCount("shortlist", everyone, shortlist),
        StageCount("award", shortlist, award),
        StageCount("overall", everyone, award),
    )


def _mean(values: list[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def _band_scores(rubric: Rubric, sheets: Mapping[int, list[Sheet]], of_case: Mapping[int, str]) -> list[BandScore]:
    blind: dict[str, list[Fraction]] = defaultdict(list)
    standing: dict[str, list[Fraction]] = defaultdict(list)
    cases: dict[str, int] = defaultdict(int)
    for case, given in sheets.items():
        band = of_case[case]
        cases[band] += 1
        blind[band] += [score(rubric, one.locked) for one in given]
        standing[band] += [score(rubric, one.standing) for one in given]
    return [BandScore(band, cases[band], _mean(blind[band]), _mean(standing[band])) for band in BANDS]


def _reviewer_sides(
    rubric: Rubric, sheets: Mapping[int, list[Sheet]], of_case: Mapping[int, str]
) -> list[ReviewerSides]:
    """One line a reviewer; letters instead of names, so that the report names nobody."""
    order = dict.fromkeys(one.reviewer_id for case in sorted(sheets) for one in sheets[case])
    strict = {one.reviewer_id: one.difference for one in severities(sheets, rubric)}
    given: dict[tuple[int, str], list[Fraction]] = defaultdict(list)
    for case, rows in sheets.items():
        for one in rows:
            given[one.reviewer_id, of_case[case]].append(score(rubric, one.locked))
    lines = []
    for place, reviewer in enumerate(order):
        sides = [[value for band in side for value in given[reviewer, band]] for side in (UNDER_45, FROM_45)]
        lines.append(
            ReviewerSides(
                _letters(place), (len(sides[0]), len(sides[1])), (_mean(sides[0]), _mean(sides[1])), strict[reviewer]
            )
        )
    return lines


def _letters(place: int) -> str:
    """A, B … Z, AA, AB …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name

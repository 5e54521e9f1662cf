"""Figures of cohorts: seats, results, rates."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet

from talent.choices.credentials import CohortState, TrainingResult
from talent.models import Cohort


def counted(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Each cohort with ``taken`` seats, ``passed``, ``failed``, ``left``, ``placed`` and what names it."""
    of = {result: Count("enrolments", filter=Q(enrolments__result=result)) for result in TrainingResult.values}
    return rows.select_related("programme__base", "programme__version__scheme").annotate(
        taken=Count("enrolments", filter=~Q(enrolments__result=TrainingResult.LEFT)),
        passed=of[TrainingResult.PASSED], failed=of[TrainingResult.FAILED], left=of[TrainingResult.LEFT],
        placed=Count("enrolments", filter=Q(enrolments__placed_on__isnull=False)),
    )  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """Sums over finished cohorts. ``pass_rate`` is passed over decided, ``placement_rate`` placed over passed; None
    where nobody was decided or passed.
    """

    cohorts: int
    decided: int
    passed: int
    placed: int

    @property
    def pass_rate(self) -> Fraction | None:
        return Fraction(self.passed, self.decided) if self.decided else None

    @property
    def placement_rate(self) -> Fraction | None:
        return Fraction(self.placed, self.passed) if self.passed else None


def rates(rows: Iterable[Any]) -> Rates:
    """Over ``counted`` cohorts that are finished; who left early counts as decided and not passed."""
    done = [row for row in rows if row.state == CohortState.FINISHED]
    return Rates(
        len(done), sum(row.passed + row.failed + row.left for row in done), sum(row.passed for row in done),
        sum(row.placed for row in done),
    )  # fmt: skip

"""The rubric of an assessment: anchored marks of 0 to 4, weights that add up to 100, and gates between criteria.

Score = Σ weight · mark / 4, as exact fractions. A gate lets a criterion count only where another one holds: breadth
without depth earns nothing. Nothing here knows of age, sex, school or title.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log
from typing import Any

from django.utils.translation import gettext as _

from innovation.core.errors import RuleViolation

TOP_MARK = 4
WHOLE = 100
FAR_APART = 1
"""Marks that differ by more than this on one criterion call for a round of discussion."""


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    weight: int


@dataclass(frozen=True, slots=True)
class Gate:
    """``criterion`` counts only where the mark of ``needs`` is at least ``at_least``."""

    criterion: str
    needs: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Rubric:
    criteria: tuple[Criterion, ...]
    gates: tuple[Gate, ...] = ()

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.criteria]


def rubric_of(content: Mapping[str, Any]) -> Rubric:
    """The rubric in stored ``content``. Raises ``RUBRIC_FAULTY`` for what cannot be scored."""
    try:
        criteria = tuple(Criterion(str(row["key"]), int(row["weight"])) for row in content["criteria"])
        gates = tuple(
            Gate(str(row["criterion"]), str(row["needs"]), int(row["at_least"])) for row in content.get("gates", ())
        )
        anchored = all({"0", "2", "4"} <= row["anchors"].keys() for row in content["criteria"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RuleViolation(
            "RUBRIC_FAULTY", _("Each criterion has a key, a weight and anchors."), field="content"
        ) from None
    keys = [one.key for one in criteria]
    named = {name for gate in gates for name in (gate.criterion, gate.needs)}
    if len(set(keys)) != len(keys) or not named <= set(keys) or not anchored:
        raise RuleViolation(
            "RUBRIC_FAULTY",
            _("Keys stand once, gates name criteria, and marks 0, 2 and 4 have anchors."),
            field="content",
        )
    if sum(one.weight for one in criteria) != WHOLE or any(one.weight <= 0 for one in criteria):
        raise RuleViolation("RUBRIC_WEIGHTS", _("The weights are above zero and add up to 100."), field="content")
    return Rubric(criteria, gates)


def points(rubric: Rubric, marks: Mapping[str, int]) -> dict[str, Fraction]:
    """What each criterion adds, gates applied. Raises ``MARKS_INCOMPLETE`` or ``MARK_OUT_OF_SCALE``."""
    missing = [key for key in rubric.keys if marks.get(key) is None]
    if missing:
        raise RuleViolation(
            "MARKS_INCOMPLETE",
            _("Give a mark for every criterion."),
            field=f"mark_{missing[0]}",
            facts={"criteria": missing},
        )
    for key in rubric.keys:
        if not 0 <= marks[key] <= TOP_MARK:
            raise RuleViolation("MARK_OUT_OF_SCALE", _("Marks go from 0 to 4."), field=f"mark_{key}")
    shut = {gate.criterion for gate in rubric.gates if marks[gate.needs] < gate.at_least}
    return {
        one.key: Fraction(0) if one.key in shut else Fraction(one.weight * marks[one.key], TOP_MARK)
        for one in rubric.criteria
    }


def score(rubric: Rubric, marks: Mapping[str, int]) -> Fraction:
    """The score of 0 to 100 of one reviewer's ``marks``; errors as ``points``."""
    return sum(points(rubric, marks).values(), Fraction(0))


def mean_score(rubric: Rubric, sheets: Sequence[Mapping[str, int]]) -> Fraction | None:
    """The mean of the reviewers' scores; None without a sheet."""
    if not sheets:
        return None
    return sum((score(rubric, marks) for marks in sheets), Fraction(0)) / len(sheets)


def far_apart(rubric: Rubric, sheets: Sequence[Mapping[str, int]]) -> list[str]:
    """The criteria on which the marks of two reviewers differ by more than one point."""
    return [
        key for key in rubric.keys
        if sheets and max(marks[key] for marks in sheets) - min(marks[key] for marks in sheets) > FAR_APART
    ]  # fmt: skip


def severity(own: Mapping[int, Fraction], others: Mapping[int, Fraction]) -> Fraction | None:
    """How far a reviewer stands from the mean of the others on the cases that both scored: below zero is stricter.

    Both arguments are scores by case; None where no case is shared.
    """
    shared = own.keys() & others.keys()
    if not shared:
        return None
    return sum((own[case] - others[case] for case in shared), Fraction(0)) / len(shared)


def effective_domains(shares: Sequence[Fraction | float]) -> float | None:
    """The effective number of domains exp(H) of a spread of results, an aid to breadth; None without results."""
    total = float(sum(shares))
    if total <= 0:
        return None
    parts = [float(share) / total for share in shares if share > 0]
    return exp(-sum(part * log(part) for part in parts))

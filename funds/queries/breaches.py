"""The probability of a breach by the fund's end, as the latest finished run found it, for the warning level.

A run speaks for an answer when it asked the same question: same fund or group, rule, definition of the rate and cap,
for a day not later and not long before the day asked about, finished by the moment of knowledge.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.db.models.functions import JSONObject

from funds.choices.figures import StressKind
from funds.data.outcomes import shipped
from funds.models import StressRun
from funds.queries.sums import Moment
from funds.rules.theta import Theta
from innovation.core.jobs import JobState

TargetKey = tuple[str, int]
"""("fund", id) or ("group", id)."""


@dataclass(frozen=True, slots=True)
class BreachRun:
    """A finished run: what it asked, and the share of its scenarios with a breach. ``theta`` as ``Theta.as_data``."""

    pk: int
    document_id: int
    rule_id: int | None
    theta: dict[str, Any]
    cap: Fraction
    as_of: date
    finished_at: datetime
    probability: Fraction


Runs = dict[TargetKey, tuple[BreachRun, ...]]


COLUMNS = (
    "pk", "fund_id", "group_id", "document_id", "rule_id", "theta", "cap_num", "cap_den", "as_of", "finished_at",
    "breaches", "draws",
)  # fmt: skip


def run_rows(*, fund_ids: Collection[int] | None = None, group_ids: Collection[int] | None = None) -> ArraySubquery:
    """Finished runs to the end of the fund, the latest first, of some funds and groups, of all when neither is given.

    A subquery of its own right, so that it rides on a statement that is asked anyway (:func:`runs_of` reads it).
    """
    rows = StressRun.objects.filter(state=JobState.DONE, kind=StressKind.BY_FUND_END)
    if fund_ids is not None or group_ids is not None:
        rows = rows.filter(Q(fund_id__in=fund_ids or ()) | Q(group_id__in=group_ids or ()))
    ordered = rows.order_by("-as_of", "-finished_at", "-pk")
    return ArraySubquery(ordered.values(row=JSONObject(**{name: name for name in COLUMNS})))


def runs_of(rows: Iterable[Mapping[str, Any]] | None) -> Runs:
    """The rows of :func:`run_rows` by target; None, where nothing was asked about, is no row."""
    found: dict[TargetKey, list[BreachRun]] = defaultdict(list)
    for row in rows or ():
        key = ("fund", row["fund_id"]) if row["fund_id"] else ("group", row["group_id"])
        found[key].append(
            BreachRun(
                row["pk"],
                row["document_id"],
                row["rule_id"],
                row["theta"],
                Fraction(row["cap_num"], row["cap_den"]),
                date.fromisoformat(row["as_of"]),
                datetime.fromisoformat(row["finished_at"]),
                Fraction(row["breaches"], row["draws"]),
            )
        )
    return {key: tuple(runs) for key, runs in found.items()}


def speaking(runs: Iterable[BreachRun], document_id: int, moment: Moment) -> tuple[BreachRun, ...]:
    """The runs about a document that may speak at a moment."""
    earliest = moment.as_of - timedelta(days=shipped()["valid_days"])
    return tuple(
        run
        for run in runs
        if run.document_id == document_id
        and earliest <= run.as_of <= moment.as_of
        and run.finished_at <= moment.known_at
    )


def matching(runs: Sequence[BreachRun], rule_id: int | None, theta: Theta, cap: Fraction | None) -> BreachRun | None:
    """The latest of the runs that asked with the same rule, reading and cap."""
    if not runs or cap is None:
        return None
    reading = theta.as_data()
    return next((run for run in runs if (run.rule_id, run.theta, run.cap) == (rule_id, reading, cap)), None)

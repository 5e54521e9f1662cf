"""Outcome data as the simulation reads it: tables of sourced rows, and the city's own record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import OutcomeMeasure, StressKind
from funds.choices.ledger import EXIT_KINDS, INVESTING_KINDS
from funds.choices.records import InvestmentMode
from funds.choices.tolerance import SourceStatus
from funds.models import LedgerEvent, OutcomeParameter
from funds.queries.sums import Moment
from funds.rules.stress.outcomes import Bucket, OutcomeTable
from innovation.core.errors import RuleViolation

Row = Mapping[str, Any]
"""One row as ``OutcomeParameter.as_data`` gives it."""

NEEDS: Mapping[StressKind, OutcomeMeasure] = {
    StressKind.BY_FUND_END: OutcomeMeasure.HAZARD,
    StressKind.TOTAL_LOSS: OutcomeMeasure.TOTAL_LOSS,
    StressKind.OUTCOMES: OutcomeMeasure.BELOW_COST,
}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class OutcomeRows:
    """The rows of one table."""

    table: str
    rows: tuple[Row, ...]

    @property
    def region(self) -> str:
        """Whose investments the table is about."""
        return next((row["region"] for row in self.rows if row["measure"] != OutcomeMeasure.CORRELATION), "")

    @property
    def unverified(self) -> bool:
        return any(row["status"] == SourceStatus.UNVERIFIED for row in self.rows)

    def found(self, measure: OutcomeMeasure, stage: str = "") -> Fraction | None:
        """The value for a stage, else that for all stages; None where the table has neither."""
        own = [row for row in self.rows if row["measure"] == measure and row["stage"] in {stage, ""}]
        best = max(own, key=lambda row: bool(row["stage"]), default=None)
        return None if best is None else Fraction(best["value_num"], best["value_den"])

    def value(self, measure: OutcomeMeasure, stage: str) -> Fraction:
        """The same; RuleViolation ``OUTCOME_MISSING`` where there is none."""
        value = self.found(measure, stage)
        if value is None:
            raise RuleViolation(
                "OUTCOME_MISSING",
                _("The table “%(table)s” says nothing about the stage “%(stage)s”.")
                % {"table": self.table, "stage": stage or "–"},
                field="table",
                facts={"table": self.table, "stage": stage, "measure": str(measure)},
            )
        return value

    def serves(self, kind: StressKind) -> bool:
        """Whether the table has what a kind of run needs."""
        measures = {row["measure"] for row in self.rows}
        if kind == StressKind.OUTCOMES:
            return {OutcomeMeasure.TOTAL_LOSS, OutcomeMeasure.BELOW_COST, OutcomeMeasure.SHARE} <= measures
        return NEEDS[kind] in measures

    def distribution(self, stage: str) -> OutcomeTable:
        """Multiples of a stage: total loss, below cost, then the ranges above cost."""
        lost = self.value(OutcomeMeasure.TOTAL_LOSS, stage)
        below = self.value(OutcomeMeasure.BELOW_COST, stage)
        above = sorted(
            (row for row in self.rows if row["measure"] == OutcomeMeasure.SHARE and row["stage"] in {stage, ""}),
            key=lambda row: row["lower"],
        )
        buckets = [Bucket(Fraction(0), Fraction(0), lost), Bucket(Fraction(0), Fraction(1), below - lost)]
        for row in above:
            upper = None if row["upper"] is None else Fraction(row["upper"], 100)
            buckets.append(Bucket(Fraction(row["lower"], 100), upper, Fraction(row["value_num"], row["value_den"])))
        tail = {
            "alpha": self.found(OutcomeMeasure.TAIL_ALPHA, stage),
            "tail_cap": self.found(OutcomeMeasure.TAIL_CAP, stage),
        }
        return OutcomeTable(tuple(buckets), **{name: float(value) for name, value in tail.items() if value is not None})


def outcome_tables() -> dict[str, OutcomeRows]:
    """All tables in use, by name. One statement."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for parameter in OutcomeParameter.objects.in_use():
        rows[parameter.table].append(parameter.as_data())
    return {table: OutcomeRows(table, tuple(own)) for table, own in rows.items()}


def rows_of(data: Iterable[Row]) -> OutcomeRows:
    """The table that a run kept."""
    rows = tuple(data)
    return OutcomeRows(rows[0]["table"] if rows else "", rows)


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What became of the city's own investments of one stage.

    ``decided`` have nothing left to sell, ``lost`` of them brought nothing; ``days`` is the time all holdings of the
    stage were held up to their end or the day asked about.
    """

    stage: str
    decided: int
    lost: int
    days: int

    @property
    def years(self) -> int:
        """Whole holding-years."""
        return self.days // DAYS_A_YEAR


def own_record(moment: Moment) -> list[OwnRecord]:
    """The record of every stage with an investment, as of a day and as known at a moment. One statement.

    A share in a sub-fund is no investment that succeeds or fails: the projects of the sub-fund count themselves.
    """
    rows = (
        LedgerEvent.objects.filter(
            investment__isnull=False, value_date__lte=moment.as_of, recorded_at__lte=moment.known_at
        )
        .exclude(investment__mode=InvestmentMode.SUB_FUND)
        .values("investment_id", "investment__stage")
        .annotate(
            cost=Sum("amount_fen", filter=Q(effect__in=INVESTING_KINDS), default=0),
            relieved=Sum("cost_relieved_fen", default=0),
            proceeds=Sum("amount_fen", filter=Q(effect__in=EXIT_KINDS), default=0),
            since=Min("value_date", filter=Q(effect__in=INVESTING_KINDS)),
            until=Max("value_date", filter=Q(effect__in=EXIT_KINDS)),
        )
    )
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        if row["cost"] <= 0 or row["since"] is None:
            continue
        decided = row["cost"] <= row["relieved"]
        end: date = row["until"] if decided and row["until"] else moment.as_of
        counts = found[row["investment__stage"]]
        counts[0] += decided
        counts[1] += decided and row["proceeds"] == 0
        counts[2] += (end - row["since"]).days
    return [OwnRecord(stage, *counts) for stage, counts in sorted(found.items())]

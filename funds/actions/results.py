"""Keep what every rule answered at a month end, and prove later that the books still give the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from funds.choices.records import FundClass
from funds.models import ToleranceResult
from funds.queries.answers import Answer
from funds.queries.inputs import ENGINE_VERSION, FundInputs, hash_of_inputs
from funds.queries.office import GroupTolerance, Office, office
from funds.queries.overview import FundTolerance
from funds.queries.sums import Moment
from innovation.core.days import month_end_before

COMPARED = (
    "rule_id", "scope", "numerator", "denominator", "cap", "rate_bp", "used_bp", "status", "reason", "level",
    "binding", "unverified", "inputs_hash",
)  # fmt: skip
"""What a proof compares; the version of the engine is told, not compared, and another one hashes other inputs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept result that the books no longer give; ``fields`` name what differs (empty: the answer is gone)."""

    result_id: int
    fields: tuple[str, ...]


@transaction.atomic
def keep_results(*, as_of: date, known_at: datetime) -> int:
    """Keep the answer of every document for every fund and group at a moment; returns how many are new.

    The same moment twice adds nothing. Grant money has no loss rate and no row.
    """
    before = ToleranceResult.objects.count()
    rows = results_of(office(Moment(as_of, known_at)))
    ToleranceResult.objects.bulk_create(rows, ignore_conflicts=True)
    return ToleranceResult.objects.count() - before


def keep_last_month(now: datetime) -> int:
    """The monthly run: the month end before ``now``, as known now."""
    return keep_results(as_of=month_end_before(timezone.localdate(now)), known_at=now)


def prove() -> list[Difference]:
    """Compute every kept result again from the books; the differences, oldest moment first."""
    moments = ToleranceResult.objects.order_by("as_of", "known_at").values_list("as_of", "known_at").distinct()
    return [difference for moment in moments for difference in _prove_moment(Moment(*moment))]


def _prove_moment(moment: Moment) -> Iterator[Difference]:
    now = {_key(row): row for row in results_of(office(moment))}
    for kept in ToleranceResult.objects.filter(as_of=moment.as_of, known_at=moment.known_at).order_by("pk"):
        fresh = now.get(_key(kept))
        differing = tuple(
            name
            for name in COMPARED
            if fresh
            and getattr(kept, name) != getattr(fresh, name)
            and (name != "inputs_hash" or kept.engine_version == fresh.engine_version)
        )
        if fresh is None or differing:
            yield Difference(kept.pk, differing)


def _key(row: ToleranceResult) -> tuple[int | None, int | None, int | None]:
    return row.fund_id, row.group_id, row.document_id


def results_of(found: Office) -> list[ToleranceResult]:
    """Unsaved rows of all funds and groups of an office."""
    lines = {line.fund.pk: line for line in found.lines}
    rows = [
        _row(found.moment, answer, line.inputs_hash, fund_id=line.fund.pk)
        for line in found.lines
        if line.fund.fund_class != FundClass.GRANT
        for answer in line.answers
    ]
    for group in found.groups:
        digest = _group_hash(group, lines)
        rows += [_row(found.moment, answer, digest, group_id=group.group.pk) for answer in group.answers]
    return rows


def _group_hash(group: GroupTolerance, lines: dict[int, FundTolerance]) -> str:
    figures = [(fund, lines[fund.pk].figures) for fund in group.funds]
    inputs = [FundInputs(fund, sums.fund, sums.head, sums.sums()) for fund, sums in figures]
    return hash_of_inputs(group.moment, inputs, group.answers)


def _row(moment: Moment, answer: Answer, digest: str, **subject: Any) -> ToleranceResult:
    tolerance, rate = answer.tolerance, answer.rate
    cap = tolerance.effective_cap
    return ToleranceResult(
        **subject,
        document_id=answer.document.pk if answer.document else None,
        rule_id=answer.rule.pk if answer.rule else None,
        scope=answer.question.subject.level,
        as_of=moment.as_of,
        known_at=moment.known_at,
        numerator=str(rate.numerator_signed),
        denominator=str(rate.denominator),
        cap="" if cap is None else str(cap),
        rate_bp=_basis_points(rate.rate),
        used_bp=_basis_points(tolerance.utilisation),
        status=tolerance.status,
        reason=tolerance.reason or "",
        level=tolerance.level,
        binding=answer.binds,
        unverified=answer.unverified,
        inputs_hash=digest,
        engine_version=ENGINE_VERSION,
    )


def _basis_points(share: Fraction | None) -> int | None:
    return None if share is None else round(share * 10_000)

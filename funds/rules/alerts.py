"""Which alerts begin, and which stand no longer: plain values in, decisions out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from funds.choices.tolerance import AlertKind, WarningLevel
from funds.rules.figures import Money

RANK = {WarningLevel.YELLOW: 1, WarningLevel.ORANGE: 2, WarningLevel.RED: 3}
Key = tuple[int | None, int | None, str]
"""Fund, group and matter."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a kind begins: an exact share, days; None where the kind needs no such number."""

    share: Fraction | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that warrants an alert at one moment. ``facts`` are JSON: exact shares as text, money in fen."""

    kind: AlertKind
    level: WarningLevel
    matter: str
    fund_id: int | None = None
    group_id: int | None = None
    rule_id: int | None = None
    document_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.fund_id, self.group_id, self.matter


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that was not cleared yet."""

    id: int
    key: Key
    level: WarningLevel


def to_open(findings: Iterable[Finding], standing: Sequence[Standing]) -> list[Finding]:
    """The findings that nobody was told of at this level or a higher one while the matter stood."""
    told: dict[Key, int] = {}
    for alert in standing:
        told[alert.key] = max(told.get(alert.key, 0), RANK[alert.level])
    return [finding for finding in findings if RANK[finding.level] > told.get(finding.key, 0)]


def to_clear(findings: Iterable[Finding], standing: Iterable[Standing]) -> list[int]:
    """Keys of the alerts whose matter no longer stands at any level."""
    stands = {finding.key for finding in findings}
    return [alert.id for alert in standing if alert.key not in stands]


def rises_fast(now: Fraction | None, before: Fraction | None, threshold: Threshold) -> bool:
    """Whether the loss rate rose by the threshold's share (in points) or more since the earlier day."""
    if now is None or threshold.share is None:
        return False
    return now - (before or Fraction(0)) >= threshold.share


def is_idle(cash: Money, paid_in: Money, last_invested: date | None, as_of: date, threshold: Threshold) -> bool:
    """Whether too much of the paid-in money has been lying idle for too long (domain 4.13)."""
    if not paid_in or threshold.share is None or threshold.days is None:
        return False
    waited = threshold.days if last_invested is None else (as_of - last_invested).days
    return Fraction(cash) >= threshold.share * Fraction(paid_in) and waited >= threshold.days

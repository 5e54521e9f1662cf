"""Landing agreements (以投带引): whether a duty is met on a day, and what may be claimed back, exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor


class DutyStatus(StrEnum):
    """A duty on a day: met, still running, or due and missed in part or whole."""

    MET = "MET"
    RUNNING = "RUNNING"
    PARTLY = "PARTLY"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Duty:
    """What was promised: ``target`` in fen or in heads by ``due_on``; ``stake`` is what may be claimed back, in fen."""

    target: int
    due_on: date
    stake: int = 0


@dataclass(frozen=True, slots=True)
class Actual:
    """What was reached in all by ``valid_at``, in the duty's unit; the later recorded row of a day counts."""

    valid_at: date
    value: int
    order: int = 0


def reached(actuals: Iterable[Actual], as_of: date) -> int | None:
    """The last actual that holds on ``as_of``; None where none was told by then."""
    told = [actual for actual in actuals if actual.valid_at <= as_of]
    return max(told, key=lambda one: (one.valid_at, one.order)).value if told else None


def status(duty: Duty, actuals: Iterable[Actual], as_of: date) -> DutyStatus:
    """Where a duty stands on ``as_of``; the due day itself still runs. Met late counts as met from that day on."""
    value = reached(actuals, as_of)
    if value is not None and value >= duty.target:
        return DutyStatus.MET
    if as_of <= duty.due_on:
        return DutyStatus.RUNNING
    return DutyStatus.PARTLY if value else DutyStatus.MISSED


def shortfall(duty: Duty, actuals: Iterable[Actual]) -> Fraction:
    """The share of the target that was missing on the due day, 0 to 1."""
    value = reached(actuals, duty.due_on) or 0
    return max(Fraction(0), 1 - Fraction(value, duty.target))


def claw_back(duty: Duty, actuals: Iterable[Actual]) -> int:
    """stake × shortfall on the due day, in fen, rounded half up: what the agreement lets the city claim back."""
    return floor(duty.stake * shortfall(duty, actuals) + Fraction(1, 2))

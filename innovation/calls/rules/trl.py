"""The technology readiness of a project from its work packages, and a call's rule about it (specification 4.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

# GB/T 22900; names unverified. 10 to 13 are economic levels.
LEVELS = range(1, 14)


class Status(StrEnum):
    OK = "ok"
    NO_CRITICAL_PACKAGE = "no_critical_package"


@dataclass(frozen=True, slots=True)
class WorkPackage:
    """``start`` and ``now`` are levels 1 to 13; a level reached without evidence counts as the start level."""

    id: str
    weight: Fraction | int
    critical: bool
    start: int
    now: int
    now_evidence: bool

    @property
    def counted(self) -> int:
        """The level that counts today."""
        return self.now if self.now_evidence else self.start


@dataclass(frozen=True, slots=True)
class TrlRule:
    """What a call asks: the level at the start and at the end (both ends included), and the least rise."""

    start_min: int
    start_max: int
    end_min: int
    end_max: int
    rise_min: int


@dataclass(frozen=True, slots=True)
class TrlResult:
    """Levels of the project, the weighted mean over all packages (shown, never deciding), and the failed tests.

    ``failed``: ``start_low``, ``start_high``, ``end_low``, ``end_high``, ``rise``, in this order.
    """

    status: Status
    project_start: int | None = None
    project_now: int | None = None
    weighted_now: Fraction | None = None
    rise: int | None = None
    failed: tuple[str, ...] = ()
    passed: bool | None = None


def trl_gate(packages: Sequence[WorkPackage], rule: TrlRule) -> TrlResult:
    """The project stands where its weakest critical package stands, at the start and now."""
    critical = [package for package in packages if package.critical]
    if not critical:
        return TrlResult(Status.NO_CRITICAL_PACKAGE)
    start, now = min(one.start for one in critical), min(one.counted for one in critical)
    weights = sum((Fraction(one.weight) for one in packages), Fraction(0))
    tests = {
        "start_low": start < rule.start_min,
        "start_high": start > rule.start_max,
        "end_low": now < rule.end_min,
        "end_high": now > rule.end_max,
        "rise": now - start < rule.rise_min,
    }
    failed = tuple(code for code, fails in tests.items() if fails)
    mean = sum((Fraction(one.weight) * one.counted for one in packages), Fraction(0)) / weights if weights else None
    return TrlResult(Status.OK, start, now, mean, now - start, failed, not failed)

"""Status, warning level and headroom of a loss rate against a cap (domain 4.5). Exact: nothing is rounded here."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from funds.choices.tolerance import (
    CapState,
    CapTest,
    MeasuredAt,
    ScopeLevel,
    StatusReason,
    ToleranceStatus,
    WarningLevel,
)
from funds.rules.figures import Money


@dataclass(frozen=True, slots=True)
class SpecialTier:
    """The second, higher cap of a rule, open only with its condition met and its approval known."""

    cap: Fraction
    condition_met: bool
    approved: bool

    @property
    def is_open(self) -> bool:
        return self.condition_met and self.approved


@dataclass(frozen=True, slots=True)
class CapTerms:
    """What a rule says about the ceiling: cap as a fraction of 1 (None unless LIMIT), test, moments that bind.

    The state and cap of a mixed fund come from :func:`funds.rules.caps.mixed_cap`.
    """

    cap_state: CapState
    cap: Fraction | None = None
    test: CapTest = CapTest.LE
    special: SpecialTier | None = None
    binding_at: frozenset[MeasuredAt] = frozenset()

    def __post_init__(self) -> None:
        if (self.cap_state == CapState.LIMIT) != (self.cap is not None):
            raise ValueError("A cap is given exactly when the state is LIMIT")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the warning levels begin: shares of the cap used (``u ≥``) and probabilities of breach (``P >``)."""

    yellow: Fraction
    orange: Fraction
    red: Fraction
    yellow_probability: Fraction
    orange_probability: Fraction

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Thresholds":
        """Read ``{"yellow": {"num": 3, "den": 5}, …}`` as shipped in ``funds/data/warning_levels.json``."""
        return cls(**{name: Fraction(data[name]["num"], data[name]["den"]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The answer of one cap test. Headroom in fen; utilisation as a fraction of the effective cap.

    ``binding`` False means that the result is indicative only. None stands where nothing was evaluated.
    """

    status: ToleranceStatus
    reason: StatusReason | None = None
    effective_cap: Fraction | None = None
    utilisation: Fraction | None = None
    headroom: Fraction | None = None
    level: WarningLevel = WarningLevel.NONE
    binding: bool = False
    single_position_exceeds_headroom: bool | None = None


def tolerance(
    *,
    scope: ScopeLevel,
    numerator_signed: Money,
    denominator: Money,
    terms: CapTerms | None,
    measured_at: MeasuredAt,
    thresholds: Thresholds,
    p_breach: Fraction | float | None = None,
    largest_position_delta: Money | None = None,
) -> Tolerance:
    """Test a signed loss N over Den (fen) against the terms of one rule; ``terms`` None means that no row applies.

    ``largest_position_delta`` is the largest ΔN of one failing position in fen (:mod:`funds.rules.headroom`),
    ``p_breach`` the probability of a breach by the fund's end. The order of decision is that of domain 4.5.
    """
    if terms is None:
        return Tolerance(ToleranceStatus.NO_RULE, StatusReason.NO_RULE_ROW)
    if terms.cap_state == CapState.UNKNOWN:
        return Tolerance(ToleranceStatus.NO_RULE, StatusReason.CAP_UNKNOWN)
    binding = measured_at in terms.binding_at
    if terms.cap_state == CapState.NO_DATA or (terms.cap is not None and denominator == 0):
        return Tolerance(ToleranceStatus.NO_DATA, binding=binding)
    if terms.cap is None:
        free = ToleranceStatus.NOT_LIMITED
        if scope == ScopeLevel.PROJECT:
            free = ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY
        return Tolerance(free, binding=binding)
    loss = max(Fraction(0), Fraction(numerator_signed))
    status, reason = _compare(loss, Fraction(denominator), terms, terms.cap)
    if scope == ScopeLevel.PROJECT:
        status = _PROJECT_STATUS[status]
    effective = effective_cap(terms) or terms.cap
    target = effective * denominator
    headroom = target - loss
    utilisation = loss / target if target else None
    return Tolerance(
        status=status,
        reason=reason,
        effective_cap=effective,
        utilisation=utilisation,
        headroom=headroom,
        level=warning_level(utilisation, has_loss=loss > 0, p_breach=p_breach, thresholds=thresholds),
        binding=binding,
        single_position_exceeds_headroom=(
            None if largest_position_delta is None else largest_position_delta > headroom
        ),
    )


def effective_cap(terms: CapTerms) -> Fraction | None:
    """κ: the special cap when its tier is open, even if not needed, else the cap; None without a cap (domain 4.5)."""
    special = terms.special
    return special.cap if special is not None and special.is_open else terms.cap


_PROJECT_STATUS = {
    ToleranceStatus.WITHIN: ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY,
    ToleranceStatus.WITHIN_SPECIAL_TIER: ToleranceStatus.TOLERABLE_SUBJECT_TO_DUTY,
    ToleranceStatus.EXCEEDED: ToleranceStatus.NOT_TOLERABLE,
}


def _compare(
    loss: Fraction, denominator: Fraction, terms: CapTerms, cap: Fraction
) -> tuple[ToleranceStatus, StatusReason | None]:
    if holds(loss, denominator, cap, terms.test):
        return ToleranceStatus.WITHIN, None
    special = terms.special
    if special is None or not holds(loss, denominator, special.cap, terms.test):
        return ToleranceStatus.EXCEEDED, StatusReason.ABOVE_CAP
    if not special.condition_met:
        return ToleranceStatus.EXCEEDED, StatusReason.SPECIAL_TIER_CONDITION_NOT_MET
    if not special.approved:
        return ToleranceStatus.EXCEEDED, StatusReason.SPECIAL_TIER_NOT_APPROVED
    return ToleranceStatus.WITHIN_SPECIAL_TIER, None


def holds(loss: Money, denominator: Money, cap: Fraction, test: CapTest) -> bool:
    """Whether loss ÷ denominator keeps the cap, by cross-multiplication (domain 4.1)."""
    left, right = loss * cap.denominator, cap.numerator * denominator
    return left <= right if test == CapTest.LE else left < right


def warning_level(
    utilisation: Fraction | None, *, has_loss: bool, p_breach: Fraction | float | None, thresholds: Thresholds
) -> WarningLevel:
    """The level of an evaluated cap; ``utilisation`` None is a cap of zero, which any loss breaches.

    A float probability is read as the decimal that it prints, so that 0.1 is not above one tenth.
    """
    if utilisation is None:
        return WarningLevel.RED if has_loss else WarningLevel.GREEN
    probability = Fraction(0) if p_breach is None else Fraction(str(p_breach))
    if utilisation >= thresholds.red:
        return WarningLevel.RED
    if utilisation >= thresholds.orange or probability > thresholds.orange_probability:
        return WarningLevel.ORANGE
    if utilisation >= thresholds.yellow or probability > thresholds.yellow_probability:
        return WarningLevel.YELLOW
    return WarningLevel.GREEN

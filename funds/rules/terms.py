"""What the terms of a fund must say, and what they amount to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from funds.choices.records import LimitKind, TierKind
from innovation.core.errors import RuleViolation
from innovation.core.money import MAX_FEN

SHARE_LIMITS = frozenset(
    {
        LimitKind.MAX_ONE_PROJECT, LimitKind.MIN_EARLY_SHARE, LimitKind.MAX_GOVERNMENT_SHARE,
        LimitKind.MAX_PUBLIC_SHARE,
    }
)  # fmt: skip
"""Limits that are a share of a basis."""

TIER_SHARES = {
    TierKind.FIRST_LOSS: frozenset({"first_loss"}),
    TierKind.RETURN_OF_CAPITAL: frozenset(),
    TierKind.PREFERRED_RETURN: frozenset({"hurdle", "concession"}),
    TierKind.CATCH_UP: frozenset({"manager"}),
    TierKind.PROFIT_SPLIT: frozenset({"manager", "concession"}),
    TierKind.BUYOUT: frozenset({"hurdle", "concession"}),
}
"""The shares that a step of each kind may state."""


def refuse(*problems: RuleViolation | None) -> None:
    """Raise the first of ``problems`` that is one."""
    for problem in problems:
        if problem is not None:
            raise problem


def amount_problem(fen: int, *, field: str = "amount_fen") -> RuleViolation | None:
    """AMOUNT_NOT_POSITIVE unless the amount is above zero."""
    if fen > 0:
        return None
    return RuleViolation("AMOUNT_NOT_POSITIVE", _("The amount is above zero."), field=field)


def share_problem(share: Fraction, *, field: str, above_zero: bool = False) -> RuleViolation | None:
    """SHARE_RANGE unless 0 ≤ share ≤ 1 (above 0 where asked) and it fits the columns."""
    if not 0 <= share <= 1 or (above_zero and share == 0):
        return RuleViolation("SHARE_RANGE", _("A share lies between 0 and 100 %."), field=field)
    if share.denominator > MAX_FEN:
        return RuleViolation("SHARE_RANGE", _("Write the share with fewer digits."), field=field)
    return None


def approval_problem(approved_by: str, approved_on: date, today: date) -> RuleViolation | None:
    """APPROVAL_MISSING or APPROVAL_IN_FUTURE of a period of the term."""
    if not approved_by.strip():
        return RuleViolation("APPROVAL_MISSING", _("Name who approved the period."), field="approved_by")
    if approved_on > today:
        return RuleViolation("APPROVAL_IN_FUTURE", _("The approval lies in the future."), field="approved_on")
    return None


def tier_problems(
    kind: TierKind, amount_fen: int | None, shares: Mapping[str, Fraction | None], concession_to: str
) -> Iterator[RuleViolation]:
    """What a step of the waterfall lacks or states in vain: TIER_SHARE, SHARE_RANGE, FIRST_LOSS_STATED, CONCESSION."""
    stated = {field: share for field, share in shares.items() if share is not None}
    allowed = TIER_SHARES[kind]
    for field in [*(stated.keys() - allowed), *(["amount_fen"] if _vain_amount(kind, amount_fen) else [])]:
        yield RuleViolation("TIER_SHARE", _("A step of this kind does not state this."), field=field)
    for field, share in stated.items():
        yield from _one(share_problem(share, field=field, above_zero=field == "first_loss"))
    needed = {"hurdle", "manager"} | ({"concession"} if kind == TierKind.BUYOUT else set())
    for field in sorted(allowed & needed - stated.keys()):
        yield RuleViolation("TIER_SHARE", _("This step needs its share."), field=field)
    if kind == TierKind.FIRST_LOSS:
        if (amount_fen is None) == ("first_loss" not in stated):
            message = _("State the first loss as an amount or as a share of paid-in capital.")
            yield RuleViolation("FIRST_LOSS_STATED", message, field="amount_fen")
        if amount_fen is not None:
            yield from _one(amount_problem(amount_fen))
    if ("concession" in stated) != bool(concession_to):
        message = _("A profit concession has its share and says to whom it goes.")
        yield RuleViolation("CONCESSION", message, field="concession_to")


def _vain_amount(kind: TierKind, amount_fen: int | None) -> bool:
    return amount_fen is not None and kind != TierKind.FIRST_LOSS


def _one(problem: RuleViolation | None) -> Iterator[RuleViolation]:
    if problem is not None:
        yield problem


@dataclass(frozen=True, slots=True)
class LimitValue:
    """What a limit says: a share of a basis, an amount in fen, or a number."""

    share: Fraction | None = None
    basis: str = ""
    amount_fen: int | None = None
    count: int | None = None

    @property
    def stated(self) -> set[str]:
        """Which of the three are stated."""
        return {name for name in ("share", "amount_fen", "count") if getattr(self, name) is not None}


def limit_problems(kind: LimitKind, value: LimitValue, source: str) -> Iterator[RuleViolation]:
    """What a limit lacks: LIMIT_VALUE, SHARE_RANGE, AMOUNT_NOT_POSITIVE, SOURCE_MISSING."""
    if kind in SHARE_LIMITS:
        field, wanted = "share", _("This limit is a share.")
    elif kind == LimitKind.MIN_PROJECTS:
        field, wanted = "count", _("This limit is a number of projects.")
    else:
        field, wanted = "amount_fen", _("This limit is an amount.")
    if value.stated != {field}:
        yield RuleViolation("LIMIT_VALUE", wanted, field=field)
    if value.share is not None:
        yield from _one(share_problem(value.share, field="share"))
        if not value.basis:
            yield RuleViolation("LIMIT_VALUE", _("Say what the share is measured against."), field="basis")
    elif value.basis:
        yield RuleViolation("LIMIT_VALUE", _("Only a share is measured against something."), field="basis")
    if value.amount_fen is not None:
        yield from _one(amount_problem(value.amount_fen))
    if not source.strip():
        yield RuleViolation("SOURCE_MISSING", _("Say where the limit is written."), field="source")

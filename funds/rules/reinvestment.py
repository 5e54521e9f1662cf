"""Local reinvestment (返投) and the three leverage ratios (放大倍数), exact (domain 3.4, 4.13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

LEVERAGE_WORDS: Mapping[str, str | Promise] = {
    "a": _("(a) fund size ÷ government money"),
    "b": _("(b) social money ÷ government money"),
    "c": _("(c) government-led total ÷ government money"),
}
"""The three definitions in use; a ratio never stands without its letter."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognised claim: the amount in fen, from the day of recognition until the day of a revocation."""

    amount: int
    recognised_on: date
    revoked_on: date | None = None


def recognised_total(claims: Iterable[Recognised], as_of: date) -> int:
    """Σ of the claims that stand on ``as_of``, in fen: the day of recognition counts, that of a revocation does not."""
    return sum(
        claim.amount
        for claim in claims
        if claim.recognised_on <= as_of and (claim.revoked_on is None or claim.revoked_on > as_of)
    )


def multiple(recognised: int, basis: Fraction | int) -> Fraction | None:
    """Recognised local investment ÷ government money, both in fen; None without government money."""
    return Fraction(recognised) / Fraction(basis) if basis else None


def claim_problem(claimed: int, invested: int | None) -> RuleViolation | None:
    """A claim above zero, and not above what the books invested in the holding (fen; None: not in these books)."""
    if claimed <= 0:
        return RuleViolation("CLAIM_EMPTY", _("Claim an amount above zero."), field="claimed")
    if invested is not None and claimed > invested:
        message = _("The books hold less investment than is claimed.")
        return RuleViolation("CLAIM_ABOVE_COST", message, field="claimed", facts={"invested_fen": invested})
    return None


def recognition_problem(recognised: int, claimed: int) -> RuleViolation | None:
    """A recognition is above zero and at most what was claimed, in fen."""
    if recognised <= 0:
        message = _("Recognise an amount above zero, or refuse the claim.")
        return RuleViolation("RECOGNITION_EMPTY", message, field="recognised")
    if recognised > claimed:
        message = _("No more can be recognised than was claimed.")
        return RuleViolation("RECOGNITION_ABOVE_CLAIM", message, field="recognised", facts={"claimed_fen": claimed})
    return None


@dataclass(frozen=True, slots=True)
class Leverage:
    """One ratio with its letter and its parts, in fen."""

    letter: str
    numerator: int
    government: int

    @property
    def ratio(self) -> Fraction | None:
        return Fraction(self.numerator, self.government) if self.government else None


def leverages(*, size: int, government: int, social: int, led_total: int) -> tuple[Leverage, ...]:
    """The three ratios of one fund side by side. ``led_total``: the fund with all sub-funds below it, nothing twice."""
    return (
        Leverage("a", size, government), Leverage("b", social, government), Leverage("c", led_total, government),
    )  # fmt: skip


def behind_plan(called: Fraction, begins: date, ends: date | None, as_of: date) -> Fraction | None:
    """How far called ÷ committed is behind the share of the investment period that has passed; None without an end."""
    if ends is None or ends <= begins:
        return None
    passed = Fraction(min(max((as_of - begins).days, 0), (ends - begins).days), (ends - begins).days)
    return passed - called

"""What becomes of investments: outcome tables, failure rates over time, and a city's own record (domain 3.5, 4.7)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import scipy
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

CREDIBLE = 0.95
"""Width of the interval shown beside a fitted share."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The share of investments whose proceeds lie between two multiples of their cost.

    ``lower == upper`` is a point (a total loss is the point 0); ``upper`` None is the open tail.
    """

    lower: Fraction
    upper: Fraction | None
    share: Fraction

    @property
    def is_point(self) -> bool:
        return self.lower == self.upper


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """How multiples are distributed: buckets from total loss upward, and the tail of the open one.

    Inside a bucket below one the multiple is uniform, above one uniform in its logarithm, in the open tail Pareto
    with ``alpha``, cut at ``tail_cap`` times the cost; the loss side does not depend on the tail.
    Raises RuleViolation unless the buckets follow each other and their shares sum to one.
    """

    buckets: tuple[Bucket, ...]
    alpha: float = 1.9
    tail_cap: float = 200.0

    def __post_init__(self) -> None:
        if sum((b.share for b in self.buckets), Fraction(0)) != 1 or any(b.share < 0 for b in self.buckets):
            raise RuleViolation("OUTCOME_SHARES", _("The shares of an outcome table sum to 100 %."), field="share")
        joined = all(before.upper == after.lower for before, after in pairwise(self.buckets))
        if not self.buckets or self.buckets[0].lower != 0 or not joined or self.buckets[-1].upper is not None:
            raise RuleViolation(
                "OUTCOME_BUCKETS",
                _("The ranges of an outcome table begin at 0, follow each other and end open."),
                field="upper",
            )
        if self.alpha <= 1 or self.tail_cap < float(self.buckets[-1].lower):
            raise RuleViolation("OUTCOME_TAIL", _("The tail of an outcome table needs an exponent above 1."))

    @property
    def total_loss(self) -> Fraction:
        """The share that brings nothing back."""
        return sum((b.share for b in self.buckets if b.is_point and b.lower == 0), Fraction(0))

    @property
    def below_cost(self) -> Fraction:
        """The share that brings back less than its cost."""
        return sum((b.share for b in self.buckets if b.upper is not None and b.upper <= 1), Fraction(0))


@dataclass(frozen=True, slots=True)
class Posterior:
    """A share of total losses fitted to a record of ``losses`` out of ``decided`` under the prior Beta(1, 1).

    ``mean`` is exact; ``low`` and ``high`` bound the central 95 % of Beta(1 + losses, 1 + decided − losses).
    """

    losses: int
    decided: int
    mean: Fraction
    low: float
    high: float


def fit(losses: int, decided: int) -> Posterior:
    """The posterior of a city's own record (domain 3.5): mean ``(1 + losses) / (2 + decided)``.

    Raises RuleViolation ``FIT_COUNT`` unless 0 ≤ losses ≤ decided.
    """
    if not 0 <= losses <= decided:
        raise RuleViolation(
            "FIT_COUNT",
            _("A record has no more losses than decided investments."),
            field="losses",
            facts={"losses": losses, "decided": decided},
        )
    alpha, beta, side = 1 + losses, 1 + decided - losses, (1 - CREDIBLE) / 2
    return Posterior(
        losses,
        decided,
        Fraction(alpha, alpha + beta),
        float(scipy.special.betaincinv(alpha, beta, side)),
        float(scipy.special.betaincinv(alpha, beta, 1 - side)),
    )


def failed_by(hazard: Fraction | float, years: float) -> float:
    """The probability that a live position fails within ``years`` at a constant yearly rate: ``1 − e^(−λτ)``."""
    if hazard < 0 or years < 0:
        raise RuleViolation("HAZARD_RANGE", _("A failure rate and a time are not below zero."), field="hazard")
    return -math.expm1(-float(hazard) * years)


@dataclass(frozen=True, slots=True)
class Planned:
    """An investment that uncalled money will make: amount in fen, and how many years from now."""

    amount: int
    after: float


def planned_positions(
    uncalled: int,
    ticket: int,
    years: float,
    rates: Sequence[Fraction] = (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2)),
) -> tuple[Planned, ...]:
    """Investments that money not yet called adds, in tickets of about ``ticket`` fen (domain 4.7, 4.12).

    Year by year ``call_t = RC_t · (what is left)``; the last of ``rates`` repeats, and what is left when fewer than
    two years remain is called at once. Each year's call is split into equal tickets, made in the middle of the year.
    """
    if uncalled <= 0 or ticket <= 0 or years <= 0:
        return ()
    found: list[Planned] = []
    left, count = uncalled, max(1, math.floor(years))
    for year in range(count):
        last = year == count - 1
        call = left if last else math.floor(rates[min(year, len(rates) - 1)] * left)
        left -= call
        tickets = max(1, round(Fraction(call, ticket)))
        share, over = divmod(call, tickets)
        after = min(year + 0.5, years)
        found += [Planned(share + (number < over), after) for number in range(tickets) if share + (number < over)]
    return tuple(found)

"""Pacing of a fund's money after Takahashi and Alexander (2002), yearly (domain 4.12).

    call_t = RC_t · (commitment − paid in)
    RD_t   = max(Y, (t / L)^B), 1 in the last year
    calls at the end of a year:    grown = NAV·(1 + G);            NAV_t = grown + call_t − dist_t
    calls at the start of a year:  grown = (NAV + call_t)·(1 + G); NAV_t = grown − dist_t
    dist_t = RD_t · grown

A projection is a model, not a promise: its amounts are floats.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from funds.choices.figures import CallTiming


@dataclass(frozen=True, slots=True)
class PacingTerms:
    """One model. ``call_rates`` RC by year of life, the last one for all later years; ``life`` L in years;
    ``bow`` B; ``growth`` G and ``least_yield`` Y as shares a year."""

    call_rates: tuple[float, ...]
    life: int
    bow: float
    growth: float
    least_yield: float = 0.0
    timing: CallTiming = CallTiming.END

    def __post_init__(self) -> None:
        if not self.call_rates or self.life < 1 or self.bow <= 0 or self.growth <= -1:
            raise ValueError("A pacing model has call rates, a life of years, a bow above 0 and a growth above -100 %.")
        if not all(0 <= rate <= 1 for rate in (*self.call_rates, self.least_yield)):
            raise ValueError("Call rates and yield lie between 0 and 1.")

    def call_rate(self, year: int) -> float:
        """RC of a year of life, from 1."""
        return self.call_rates[min(year, len(self.call_rates)) - 1]

    def distribution_rate(self, year: int) -> float:
        """RD of a year of life: all that is left goes out in the last year and later."""
        return 1.0 if year >= self.life else max(self.least_yield, (year / self.life) ** self.bow)


@dataclass(frozen=True, slots=True)
class PacingYear:
    """What a year of life calls, distributes and leaves, in the unit of the commitment."""

    year: int
    call: float
    distribution: float
    nav: float
    paid_in: float


def project(
    terms: PacingTerms, *, commitment: float, paid_in: float = 0.0, nav: float = 0.0, age: int = 0
) -> tuple[PacingYear, ...]:
    """The years of life after ``age`` (whole years since the first drawdown) to the end of the model's life.

    ``paid_in`` and ``nav`` are those of today, in the unit of ``commitment``. A fund older than the model's life gives
    back what it has in one year and calls nothing.
    """
    return tuple(_years(terms, commitment, paid_in, nav, age))


def _years(terms: PacingTerms, commitment: float, paid_in: float, nav: float, age: int) -> Iterator[PacingYear]:
    if age >= terms.life:
        yield PacingYear(age + 1, 0.0, nav * (1 + terms.growth), 0.0, paid_in)
        return
    for year in range(age + 1, terms.life + 1):
        call = terms.call_rate(year) * max(0.0, commitment - paid_in)
        paid_in += call
        starts = terms.timing == CallTiming.START
        grown = (nav + (call if starts else 0.0)) * (1 + terms.growth)
        given = terms.distribution_rate(year) * grown
        nav = grown - given + (0.0 if starts else call)
        yield PacingYear(year, call, given, nav, paid_in)

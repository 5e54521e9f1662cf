"""What a simulation draws: amounts, probabilities and budget from one answer and one outcome table (domain 4.7).

Whole fen, so that the same inputs give the same digits. Everything else a position may do is left as it stands now:
failures add to today's loss.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import OutcomeMeasure, StressKind
from funds.choices.ledger import EventKind
from funds.choices.tolerance import Basis, CapTest, Denominator
from funds.data.outcomes import shipped
from funds.models import Fund, LedgerEvent, PacingModel
from funds.queries.fund_performance import fitting, full_years, models_at
from funds.queries.holdings import Books
from funds.queries.life import lives_at, recallable_at
from funds.queries.outcomes import DAYS_A_YEAR, OutcomeRows
from funds.queries.stressed import Stressed
from funds.queries.sums import Moment
from funds.rules.loss import government_share
from funds.rules.stress import probability, simulation
from funds.rules.stress.outcomes import OutcomeTable, failed_by, planned_positions
from funds.rules.stress.reverse import curve_of
from innovation.core.errors import RuleViolation

CELLS = 400
"""Units of the budget in the closed form that pages compute at once: rounding below a quarter per cent a position."""


@dataclass(frozen=True)
class Choices:
    """What was chosen for a run. ``years`` None: each fund to its own end. ``uncalled`` adds money not yet called."""

    kind: StressKind
    table: str
    rho: Fraction
    years: Fraction | None = None
    uncalled: bool = False

    def as_data(self) -> dict[str, Any]:
        """Plain values for storage; :meth:`from_data` reads them."""
        years = self.years
        return {
            "kind": self.kind.value,
            "table": self.table,
            "rho": [self.rho.numerator, self.rho.denominator],
            "years": None if years is None else [years.numerator, years.denominator],
            "uncalled": self.uncalled,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Choices":
        years = data["years"]
        return cls(
            StressKind(data["kind"]),
            data["table"],
            Fraction(*data["rho"]),
            None if years is None else Fraction(*years),
            data["uncalled"],
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """One position as it is drawn: what its failure adds (fen), its stage, the yearly rate or share, the years left.

    ``planned``: an investment that money not yet called will make.
    """

    amount: int
    stage: str
    value: Fraction
    years: float | None
    planned: bool = False

    def probability(self, factor: Fraction) -> float:
        """The probability of failure with the rate or share times ``factor``."""
        if self.years is None:
            return float(min(Fraction(1), self.value * factor))
        return failed_by(self.value * factor, self.years)


@dataclass(frozen=True)
class Failures:
    """A simulation of whole failures. ``budget`` is the further loss in fen that still keeps the cap."""

    drawn: tuple[Drawn, ...]
    budget: int
    rho: Fraction

    def run(
        self, *, draws: int, seed: int, progress: simulation.Progress | None = None, rho: Fraction | None = None,
        factor: Fraction = Fraction(1),
    ) -> simulation.Simulated:  # fmt: skip
        """Draw it, at another correlation or failure rate if asked."""
        return simulation.total_losses(
            [each.amount for each in self.drawn],
            [each.probability(factor) for each in self.drawn],
            rho=float(self.rho if rho is None else rho),
            budget=self.budget,
            draws=draws,
            seed=seed,
            progress=progress,
        )

    def closed_form(self, *, rho: Fraction | None = None, factor: Fraction = Fraction(1), cells: int = CELLS) -> float:
        """The same probability by convolution, with amounts rounded to a share of the budget."""
        amounts, budget = probability.in_units([each.amount for each in self.drawn], max(0, self.budget), cells)
        if self.budget < 0:
            return 1.0
        probs = [each.probability(factor) for each in self.drawn]
        return probability.one_factor(amounts, probs, self.rho if rho is None else rho, budget)

    def as_data(self) -> Any:
        rows = [[d.amount, d.value.numerator, d.value.denominator, d.years] for d in self.drawn]
        return [rows, self.budget, str(self.rho)]


@dataclass(frozen=True)
class Endings:
    """A simulation of multiples: every position ends at a multiple of its remaining cost."""

    fixed: tuple[int, ...]
    tops: tuple[int, ...]
    costs: tuple[int, ...]
    tables: tuple[OutcomeTable, ...]
    floored: bool
    budget: int
    rho: Fraction

    def run(
        self, *, draws: int, seed: int, progress: simulation.Progress | None = None, rho: Fraction | None = None,
        factor: Fraction = Fraction(1),
    ) -> simulation.Simulated:  # fmt: skip
        """Draw it, at another correlation if asked; the shares of a table have no common rate to scale."""
        if not self.tops:
            raise RuleViolation("STRESS_NOTHING_HELD", _("Nothing is held that could still end well or badly."))
        return simulation.outcomes(
            self.fixed, self.tops, self.costs, self.tables, floored=self.floored,
            rho=float(self.rho if rho is None else rho), budget=self.budget, draws=draws, seed=seed,
            progress=progress,
        )  # fmt: skip

    def as_data(self) -> Any:
        shares = [[[str(b.lower), str(b.upper), str(b.share)] for b in table.buckets] for table in self.tables]
        return [self.fixed, self.tops, self.costs, shares, self.floored, self.budget, str(self.rho)]


Draft = Failures | Endings


def draft(
    on: Stressed, books: Sequence[tuple[Fund, Books]], moment: Moment, rows: OutcomeRows, choices: Choices
) -> Draft:
    """What a run with these choices draws. Raises RuleViolation when the table or the fund's end leave it open."""
    if choices.kind == StressKind.OUTCOMES:
        return _endings(on, rows, choices)
    measure = OutcomeMeasure.HAZARD if choices.kind == StressKind.BY_FUND_END else OutcomeMeasure.TOTAL_LOSS
    years = _years(books, moment, choices) if choices.kind == StressKind.BY_FUND_END else {}
    drawn = [
        Drawn(amount, each.holding.stage, rows.value(measure, each.holding.stage), years.get(each.fund.pk))
        for each in on.held
        if (amount := round(each.position.weight(on.limit))) > 0
    ]
    target = on.limit.target(on.denominator)
    if choices.uncalled and years:
        added, raised = _planned(on, books, moment, rows, years)
        drawn += added
        target += raised
    return Failures(tuple(drawn), _budget(target - on.loss, on), choices.rho)


def _endings(on: Stressed, rows: OutcomeRows, choices: Choices) -> Endings:
    """At the end everything is sold: losses and gains are realised whatever the basis, and all cost is exited."""
    theta = on.theta
    if theta.basis in {Basis.REALISED, Basis.REALISED_PLUS_IMPAIRMENT}:
        theta = replace(theta, basis=Basis.REALISED_PLUS_UNREALISED, denominator=_ended(theta.denominator))
    denominator = on.denominator
    if on.theta.denominator == Denominator.EXITED_COST:
        denominator = Fraction(sum(each.holding.cost * each.share for each in on.held))
    fixed, tops, costs, tables = [round(on.other_loss)], [], [], []
    floored = False
    for each in on.held:
        curve = curve_of(each.holding, theta)
        if curve is None:
            continue
        curve = curve.times(each.share)
        floored = curve.floored
        if not each.holding.remaining:
            fixed.append(round(curve.at(Fraction(0))))
            continue
        fixed.append(round(curve.fixed))
        tops.append(round(curve.slack + curve.value))
        costs.append(round(each.holding.remaining * each.share))
        tables.append(rows.distribution(each.holding.stage))
    budget = _budget(on.limit.target(denominator), on)
    return Endings(tuple(fixed), tuple(tops), tuple(costs), tuple(tables), floored, budget, choices.rho)


def _ended(denominator: Denominator) -> Denominator:
    return Denominator.INVESTED_COST if denominator == Denominator.EXITED_COST else denominator


def _budget(margin: Fraction, on: Stressed) -> int:
    """The largest whole fen of further loss that keeps the cap."""
    if on.limit.test == CapTest.LT:
        return math.ceil(margin) - 1
    return math.floor(margin)


def _years(books: Sequence[tuple[Fund, Books]], moment: Moment, choices: Choices) -> dict[int, float]:
    found = {}
    lives = lives_at([fund for fund, _own in books], moment)
    for fund, _own in books:
        until = lives[fund.pk].until
        if choices.years is not None:
            found[fund.pk] = float(choices.years)
        elif until is not None:
            found[fund.pk] = max(0, (until - moment.as_of).days) / DAYS_A_YEAR
        else:
            raise RuleViolation(
                "STRESS_NO_END",
                _("The end of %(fund)s is not recorded. Say how many years to look ahead.") % {"fund": fund.name},
                field="years",
            )
    return found


def _planned(
    on: Stressed, books: Sequence[tuple[Fund, Books]], moment: Moment, rows: OutcomeRows, years: Mapping[int, float]
) -> tuple[list[Drawn], Fraction]:
    """Investments of money not yet called, and by how much their cost raises the target."""
    funds = [fund for fund, _own in books]
    lives, again = lives_at(funds, moment), recallable_at([fund.pk for fund in funds], moment)
    begun, models = _begun([fund.pk for fund in funds], moment), models_at(moment)
    drawn: list[Drawn] = []
    raised = Fraction(0)
    for fund, own in books:
        share = government_share(own.fund) if on.in_government_money else Fraction(1)
        costs = {h.id: h for h in own.holdings if h.cost}
        uncalled = math.floor(own.fund.commitment + again[fund.pk] - own.fund.paid_in)
        ticket = round(Fraction(sum(h.cost for h in costs.values())) / len(costs)) if costs else uncalled // 10
        ahead = years[fund.pk]
        investing_until = lives[fund.pk].investing_until
        if investing_until is not None:
            ahead = min(ahead, max(0, (investing_until - moment.as_of).days) / DAYS_A_YEAR)
        rates = _rates_ahead(fund, models, begun.get(fund.pk), moment)
        stage = fund.stage or _largest_stage(costs.values())
        for planned in planned_positions(uncalled, ticket, ahead, rates):
            amount = round(planned.amount * share)
            value = rows.value(OutcomeMeasure.HAZARD, stage)
            drawn.append(Drawn(amount, stage, value, years[fund.pk] - planned.after, planned=True))
            raised += on.limit.slope * amount if on.limit.grows else 0
    return drawn, raised


def _begun(fund_ids: Sequence[int], moment: Moment) -> dict[int, date]:
    """The day of each fund's first drawdown that stands."""
    calls = LedgerEvent.objects.filter(
        fund__in=fund_ids, kind=EventKind.CALL, value_date__lte=moment.as_of, recorded_at__lte=moment.known_at
    ).exclude(reversed_by__recorded_at__lte=moment.known_at)
    return dict(calls.order_by().values_list("fund_id").annotate(first=Min("value_date")))


def _rates_ahead(fund: Fund, models: Sequence[PacingModel], begun: date | None, moment: Moment) -> list[Fraction]:
    """The call rates of the fund's pacing model from its present year of life on."""
    model = next(iter(fitting(models, fund)), None)
    if model is None:
        raise RuleViolation(
            "STRESS_NO_PACING",
            _("No pacing model fits %(fund)s. Record one, or leave out money not yet called.") % {"fund": fund.name},
            field="uncalled",
        )
    age = full_years(begun, moment.as_of) if begun else 0
    rates = [Fraction(rate) for rate in model.call_rates]
    return rates[min(age, len(rates) - 1) :]


def _largest_stage(holdings: Iterable[Any]) -> str:
    costs: dict[str, Fraction] = {}
    for holding in holdings:
        costs[holding.stage] = costs.get(holding.stage, Fraction(0)) + holding.cost
    return max(sorted(costs), key=lambda stage: costs[stage], default="")


def inputs_hash(found: Draft, *, seed: int, draws: int) -> str:
    """SHA-256 of everything that the digits of a run depend on."""
    content = [simulation.ENGINE, found.as_data(), seed, draws]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sensitivity() -> tuple[list[Fraction], list[Fraction]]:
    """The correlations and the factors on the failure rate that tables show."""
    grid = shipped()["sensitivity"]
    return (
        [Fraction(each["num"], each["den"]) for each in grid["correlations"]],
        [Fraction(each["num"], each["den"]) for each in grid["factors"]],
    )


Answered = Callable[[Fraction, Fraction], float]


def grid(answer: Answered) -> list[list[float]]:
    """One row a factor, one column a correlation."""
    correlations, factors = sensitivity()
    return [[answer(rho, factor) for rho in correlations] for factor in factors]

"""The simulation against the closed forms, the domain text's table of readings, and itself."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funds.rules.stress import outcomes, probability, simulation
from funds.rules.stress.outcomes import Bucket, OutcomeTable
from innovation.core.errors import RuleViolation

WAN = 1_000_000


def table(*rows, **tail):
    edges = [
        (Fraction(low), None if high is None else Fraction(high), Fraction(share, 1_000)) for low, high, share in rows
    ]
    return OutcomeTable(tuple(Bucket(*row) for row in edges), **tail)


US_2004 = table((0, 0, 350), (0, 1, 298), (1, 5, 253), (5, 10, 59), (10, 20, 25), (20, 50, 11), (50, None, 4))


def breach_of_readings(rho, n=20, draws=60_000):
    """P(gross > 40, 60, 80 %), P(net > 0, 40 %), P(written-off cost > 40 %) of n equal projects."""
    cost = 100 * WAN
    each = {"rho": rho, "draws": draws, "seed": 20260101}

    def ended(cap, *, floored):
        budget = int(Fraction(cap, 100) * n * cost)
        found = simulation.outcomes(
            [0] * n, [cost] * n, [cost] * n, [US_2004] * n, floored=floored, budget=budget, **each
        )
        return found.probability

    lost = simulation.total_losses([cost] * n, [0.35] * n, budget=int(Fraction(2, 5) * n * cost), **each)
    gross = [ended(cap, floored=True) for cap in (40, 60, 80)]
    return [*gross, *(ended(cap, floored=False) for cap in (0, 40)), lost.probability]


@pytest.mark.parametrize(
    ("rho", "expected"),
    [
        (0.0, [0.836, 0.158, 0.001, 0.135, 0.022, 0.236]),
        (0.15, [0.699, 0.298, 0.045, 0.300, 0.141, 0.323]),
        (0.3, [0.643, 0.354, 0.114, 0.400, 0.245, 0.351]),
    ],
)
def test_the_definition_decides_as_in_the_domain_text(rho, expected):
    # Both sides are simulations: ± 0.002 of the text and three standard errors of ours.
    assert breach_of_readings(rho) == pytest.approx(expected, abs=0.002 + 3 * 0.5 / 60_000**0.5)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0.02, 0.8)), min_size=2, max_size=25),
    st.sampled_from([0.0, 0.1, 0.2, 0.5]),
    st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=20),
    st.integers(0, 2**32),
)
def test_the_closed_form_lies_within_the_wilson_interval(pairs, rho, cap, seed):
    amounts, probs = (list(each) for each in zip(*pairs, strict=True))
    budget = int(cap * sum(amounts))
    drawn = simulation.total_losses(amounts, probs, rho=rho, budget=budget, draws=4_000, seed=seed)
    exact = probability.one_factor(amounts, probs, rho, budget)
    # Five standard deviations: hypothesis asks often and must never meet bad luck.
    wide = simulation.wilson(drawn.breaches, drawn.draws, z=5.0)
    assert wide.low - 1e-9 <= exact <= wide.high + 1e-9


def test_the_same_seed_gives_the_same_digits_and_another_does_not():
    def drawn(seed, **changes):
        asked = {"rho": 0.2, "budget": 700 * WAN, "draws": 5_000, "seed": seed} | changes
        return simulation.total_losses([100 * WAN] * 20, [0.35] * 20, **asked)

    assert drawn(1) == drawn(1)
    assert drawn(1).digest == drawn(1).digest
    assert drawn(1).digest != drawn(2).digest
    assert drawn(1).digest != drawn(1, rho=0.21).digest


def test_the_digits_do_not_depend_on_the_size_of_blocks(monkeypatch):
    def both():
        asked = {"rho": 0.2, "budget": 700 * WAN, "draws": 3_000, "seed": 5}
        lost = simulation.total_losses([100 * WAN] * 9, [0.3] * 9, **asked)
        ended = simulation.outcomes([7] * 9, [100 * WAN] * 9, [100 * WAN] * 9, [US_2004] * 9, floored=False, **asked)
        return lost, ended

    whole = both()
    monkeypatch.setattr(simulation, "BLOCK", 700)
    assert both() == whole


def test_progress_tells_how_many_scenarios_are_done():
    told = []
    simulation.total_losses([1], [0.5], rho=0, budget=0, draws=5_000, seed=1, progress=told.append)
    assert told == [2_048, 4_096, 5_000]


def test_wilson_of_the_domain_text():
    interval = simulation.wilson(2_376, 10_000)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2294, 0.2460)
    assert simulation.wilson(0, 100).low == 0
    assert simulation.wilson(100, 100).high == 1


def test_the_summary_tells_how_losses_spread():
    drawn = simulation.total_losses([100], [0.25], rho=0, budget=50, draws=10_000, seed=3)
    assert drawn.mean == pytest.approx(100 * drawn.probability)
    assert (drawn.low, drawn.high, drawn.quantiles[2], drawn.quantiles[4]) == (0, 100, 0, 100)
    assert sum(drawn.counts) == drawn.draws
    assert drawn.counts[-1] == drawn.breaches


def test_the_loss_side_does_not_depend_on_the_tail():
    thin = OutcomeTable(US_2004.buckets, alpha=2.4, tail_cap=60)
    asked = {"floored": True, "rho": 0.15, "budget": 8 * WAN, "draws": 2_000, "seed": 4}
    first, second = (
        simulation.outcomes([0] * 20, [WAN] * 20, [WAN] * 20, [each] * 20, **asked) for each in (US_2004, thin)
    )
    assert first == second


def test_the_tail_is_cut():
    capped = table((0, 1, 0), (1, None, 1_000), alpha=1.1, tail_cap=3.0)
    drawn = simulation.outcomes([0], [0], [1_000], [capped], floored=False, rho=0, budget=0, draws=5_000, seed=1)
    assert (drawn.low, drawn.high <= -1_000) == (-3_000, True)


def test_shares_of_a_table():
    assert (US_2004.total_loss, US_2004.below_cost) == (Fraction(35, 100), Fraction(648, 1_000))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (((0, 1, 500), (1, None, 400)), "OUTCOME_SHARES"),
        (((0, 1, 500), (2, None, 500)), "OUTCOME_BUCKETS"),
        (((0, 1, 500), (1, 5, 500)), "OUTCOME_BUCKETS"),
        (((1, None, 1_000),), "OUTCOME_BUCKETS"),
    ],
)
def test_a_table_that_does_not_add_up_is_refused(rows, code):
    with pytest.raises(RuleViolation) as refused:
        table(*rows)
    assert refused.value.code == code


def test_a_tail_without_a_mean_is_refused():
    with pytest.raises(RuleViolation) as refused:
        OutcomeTable(US_2004.buckets, alpha=1.0)
    assert refused.value.code == "OUTCOME_TAIL"


def test_the_citys_own_record():
    own = outcomes.fit(7, 20)
    assert own.mean == Fraction(8, 22)
    assert own.low < float(own.mean) < own.high
    # Bounds of Beta(8, 14), from tables.
    assert (own.low, own.high) == (pytest.approx(0.1811, abs=1e-4), pytest.approx(0.5696, abs=1e-4))
    assert outcomes.fit(0, 0).mean == Fraction(1, 2)
    with pytest.raises(RuleViolation) as refused:
        outcomes.fit(3, 2)
    assert refused.value.code == "FIT_COUNT"


def test_a_hazard_adds_up_over_the_years():
    assert outcomes.failed_by(Fraction(12, 100), 3) == pytest.approx(0.3023, abs=5e-5)
    assert outcomes.failed_by(0.12, 0) == 0
    with pytest.raises(RuleViolation):
        outcomes.failed_by(-0.1, 1)


def test_uncalled_money_becomes_positions_by_pacing():
    planned = outcomes.planned_positions(100, 10, 3.4)
    by_year = {}
    for each in planned:
        by_year[each.after] = by_year.get(each.after, 0) + each.amount
    # A quarter, then a third of what is left, then the rest in the last whole year.
    assert by_year == {0.5: 25, 1.5: 25, 2.5: 50}
    assert outcomes.planned_positions(0, 10, 3) == outcomes.planned_positions(10, 10, 0) == ()


@given(st.integers(1, 10**13), st.integers(1, 10**12), st.floats(0.1, 15))
def test_planned_positions_are_the_uncalled_money_to_the_fen(uncalled, ticket, years):
    ticket = max(ticket, uncalled // 300)
    planned = outcomes.planned_positions(uncalled, ticket, years)
    assert sum(each.amount for each in planned) == uncalled
    assert all(0 < each.after <= years for each in planned)

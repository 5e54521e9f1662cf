"""The ledger at two times: worked example of the domain text, fold rules, and what late entries may change."""

import json
from dataclasses import replace
from datetime import date, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.choices.ledger import EventKind
from funds.rules.figures import FundFigures
from funds.rules.ledger import Event, Portfolio, Valuation, counted_events, fold
from funds.rules.loss import loss_rate
from tests.funds.portfolios import END_OF_KNOWLEDGE, LAST_DAY, at, histories, known, thetas
from tests.reference.funds import run_loss_rate_asof

CASES = Path(__file__).parents[1] / "reference" / "cases" / "funds.json"

INVEST, FOLLOW_ON, EXIT, FULL = EventKind.INVEST, EventKind.FOLLOW_ON, EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL


def event(number, kind, day, amount, relieved=0, *, holding="H", recorded=None, reverses=None):
    return Event(
        id=number,
        kind=kind,
        holding=holding,
        value_date=at(day),
        recorded_at=known(day if recorded is None else recorded),
        amount=amount,
        cost_relieved=relieved,
        reverses=reverses,
    )


def value(day, fair_value, *, recorded=None, superseded=None, holding="H"):
    return Valuation(
        holding=holding,
        valid_at=at(day),
        recorded_at=known(day if recorded is None else recorded),
        fair_value=fair_value,
        superseded_at=superseded and known(superseded),
    )


def folded(events, valuations=(), *, as_of=LAST_DAY, known_at=END_OF_KNOWLEDGE, stages=None) -> Portfolio:
    return fold(events, valuations, as_of=as_of, known_at=known_at, stages=stages or {"H": "seed"})


def holding(events, valuations=(), **times):
    (only,) = folded(events, valuations, **times).holdings
    return only


def test_the_domain_example_answers_what_was_known_when():
    """Year ends 2023 and 2024 of one fund as known on six days, a wrong write-off, its reversal, its re-booking."""
    book = next(
        case for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"] if case["kind"] == "loss_rate_asof"
    )["inputs"]

    def percent(as_of, known_on, basis="REALISED_PLUS_UNREALISED"):
        asked = {"as_of": as_of, "known_at": f"{known_on}T23:59:59+08:00", "theta": book["theta"] | {"basis": basis}}
        return round(float(run_loss_rate_asof(book | asked)["rate"]) * 100, 2)

    assert percent("2023-12-31", "2024-03-14") == 0
    assert percent("2023-12-31", "2024-06-30") == 17.24
    assert percent("2023-12-31", "2024-07-02") == 31.03
    assert percent("2024-12-31", "2025-01-15") == 41.38
    assert percent("2024-12-31", "2025-04-30") == 54.48
    assert percent("2024-05-31", "2024-06-19", "REALISED") == 17.24
    assert percent("2024-05-31", "2024-06-20", "REALISED") == 0
    assert percent("2024-05-31", "2024-06-21", "REALISED") == 10.34


def test_a_holding_without_valuation_stands_at_cost():
    figures = holding([event(1, INVEST, 0, 500), event(2, FOLLOW_ON, 10, 300)])
    assert (figures.cost, figures.remaining, figures.fair_value) == (800, 800, 800)


def test_a_follow_on_after_the_last_valuation_adds_to_it():
    assert holding([event(1, INVEST, 0, 500), event(2, FOLLOW_ON, 10, 300)], [value(5, 100)]).fair_value == 400


def test_a_partial_exit_after_the_last_valuation_scales_fair_value_and_impairment():
    events = [event(1, INVEST, 0, 900), event(2, EventKind.IMPAIRMENT, 5, 90), event(3, EXIT, 10, 700, 300)]
    figures = holding(events, [value(6, 1_000)])
    assert figures.fair_value == Fraction(2_000, 3)
    assert (figures.impairment, figures.remaining) == (60, 600)
    assert (figures.realised_gain, figures.realised_loss, figures.proceeds) == (400, 0, 700)


def test_a_full_exit_leaves_nothing_even_when_valued_later():
    figures = holding([event(1, INVEST, 0, 900), event(2, FULL, 10, 100, 900)], [value(5, 950), value(20, 950)])
    assert (figures.remaining, figures.fair_value, figures.realised_loss) == (0, 0, 800)


def test_events_of_a_day_count_before_valuations_of_that_day():
    assert holding([event(1, INVEST, 0, 900), event(2, EXIT, 10, 300, 300)], [value(10, 1_000)]).fair_value == 1_000


def test_the_later_recorded_valuation_of_a_day_wins_whatever_the_order_of_rows():
    valuations = [value(5, 300, recorded=9), value(5, 700, recorded=6)]
    assert holding([event(1, INVEST, 0, 900)], valuations).fair_value == 300
    assert holding([event(1, INVEST, 0, 900)], valuations[::-1]).fair_value == 300


def test_investments_of_a_day_come_before_its_exits_also_when_booked_again_later():
    """A corrected investment is recorded after the exit of its day; the exit must still find its cost."""
    rebooked = event(3, INVEST, 0, 900, recorded=40)
    figures = holding([event(2, EXIT, 0, 100, 300), rebooked])
    assert (figures.remaining, figures.fair_value) == (600, 600)


def test_impairment_never_exceeds_remaining_cost():
    assert holding([event(1, INVEST, 0, 100), event(2, EventKind.IMPAIRMENT, 1, 250)]).impairment == 100


def test_an_exchange_restatement_moves_cost_and_value_alike_but_no_cash():
    events = [event(1, EventKind.CALL, 0, 2_000, holding=None), event(2, INVEST, 0, 1_000)]
    restated = event(3, EventKind.FX, 30, -100)
    portfolio = folded([*events, restated], [value(10, 500)])
    (figures,) = portfolio.holdings
    assert (figures.cost, figures.fair_value, figures.fx) == (900, 450, -100)
    assert portfolio.fund.cash(portfolio.holdings) == 1_000
    assert figures.realised_loss == 0


def test_recovery_after_a_write_off_is_a_gain_and_lifts_no_fair_value():
    events = [event(1, INVEST, 0, 500), event(2, EventKind.WRITE_OFF, 5, 0, 500)]
    figures = holding([*events, event(3, EventKind.RECOVERY_AFTER_WRITE_OFF, 9, 60)])
    assert (figures.realised_loss, figures.realised_gain, figures.proceeds) == (500, 60, 60)
    assert (figures.remaining, figures.fair_value, figures.is_total_loss) == (0, 0, False)


def test_fund_totals_come_from_the_events():
    fund_events = [
        event(1, EventKind.CALL, 0, 1_000, holding=None),
        event(2, EventKind.FEE, 1, 20, holding=None),
        event(3, EventKind.EXPENSE, 1, 5, holding=None),
        event(4, EventKind.INTEREST, 2, 7, holding=None),
        event(5, INVEST, 2, 600),
        event(6, EventKind.DIVIDEND, 3, 11),
        event(7, EventKind.DISTRIBUTION, 4, 100, holding=None),
    ]
    portfolio = folded(fund_events)
    assert portfolio.fund == FundFigures(paid_in=1_000, fees=25, distributions=100, other_income=7)
    assert portfolio.fund.cash(portfolio.holdings) == 1_000 - 25 + 7 - 600 + 11 - 100
    assert portfolio.holdings[0].income == 11


@pytest.mark.parametrize(("day", "known_on", "cost"), [(9, 50, 0), (10, 50, 500), (10, 49, 0)])
def test_both_times_are_inclusive(day, known_on, cost):
    portfolio = folded([event(1, INVEST, 10, 500, recorded=50)], as_of=at(day), known_at=known(known_on))
    assert sum(figures.cost for figures in portfolio.holdings) == cost


@pytest.mark.parametrize(("known_on", "fair_value"), [(4, 900), (5, 700), (29, 700), (30, 900)])
def test_a_superseded_valuation_counts_until_that_moment(known_on, fair_value):
    invested, valued = event(1, INVEST, 0, 900), value(3, 700, recorded=5, superseded=30)
    assert holding([invested], [valued], known_at=known(known_on)).fair_value == fair_value


def test_moments_are_compared_as_instants_whatever_zone_they_are_written_in():
    invested = event(1, INVEST, 10, 500, recorded=10)
    shanghai = timezone(timedelta(hours=8))
    moment = invested.recorded_at.astimezone(shanghai)
    assert folded([invested], known_at=moment).holdings
    assert not folded([invested], known_at=moment - timedelta(seconds=1)).holdings


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(history, random):
    events, valuations, stages = history
    shuffled = sorted(events, key=lambda _event: random.random())
    mixed = sorted(valuations, key=lambda _valuation: random.random())
    # Two valuations of one day and one moment have no later one; the fold needs them to differ.
    if len({(row.holding, row.valid_at, row.recorded_at) for row in valuations}) == len(valuations):
        before, after = (folded(*rows, stages=stages) for rows in ((events, valuations), (shuffled, mixed)))
        assert sorted(before.holdings, key=lambda h: h.id) == sorted(after.holdings, key=lambda h: h.id)
        assert before.fund == after.fund


@given(histories(), thetas(), st.data())
def test_an_event_and_its_reversal_leave_every_rate(history, theta, data):
    events, valuations, stages = history
    wrong = replace(data.draw(st.sampled_from(events)), id=10_000)
    undone = Event(
        id=10_001,
        kind=EventKind.REVERSAL,
        holding=wrong.holding,
        value_date=wrong.value_date,
        recorded_at=wrong.recorded_at + timedelta(days=1),
        amount=-wrong.amount,
        cost_relieved=-wrong.cost_relieved,
        reverses=wrong.id,
    )
    assert rate_of([*events, wrong, undone], valuations, stages, theta) == rate_of(events, valuations, stages, theta)


def rate_of(events, valuations, stages, theta, *, as_of=LAST_DAY, known_at=END_OF_KNOWLEDGE):
    portfolio = fold(events, valuations, as_of=as_of, known_at=known_at, stages=stages, gov_paid_in=1)
    return loss_rate(portfolio.holdings, portfolio.fund, theta)


@given(histories(), thetas(), st.integers(0, 400), st.integers(0, 400))
def test_what_is_recorded_later_never_changes_what_was_known(history, theta, as_of_day, known_day):
    events, valuations, stages = history
    moment = known(known_day)
    early_events = [row for row in events if row.recorded_at <= moment]
    early_valuations = [
        replace(row, superseded_at=None if row.superseded_at and row.superseded_at > moment else row.superseded_at)
        for row in valuations
        if row.recorded_at <= moment
    ]
    now = rate_of(events, valuations, stages, theta, as_of=at(as_of_day), known_at=moment)
    assert now == rate_of(early_events, early_valuations, stages, theta, as_of=at(as_of_day), known_at=moment)


@given(histories(), st.data())
def test_a_late_write_off_keeps_its_value_date_and_changes_later_knowledge_only(history, data):
    events, valuations, stages = history
    target = data.draw(st.sampled_from([row for row in events if row.kind == INVEST]))
    late = Event(
        id=10_000,
        kind=EventKind.WRITE_OFF,
        holding=target.holding,
        value_date=target.value_date,
        recorded_at=known(900),
        amount=0,
        cost_relieved=target.amount,
    )
    asked = {"valuations": valuations, "stages": stages, "as_of": target.value_date}

    def lost(moment):
        portfolio = fold([*events, late], known_at=moment, **asked)
        return sum(figures.realised_loss for figures in portfolio.holdings)

    assert lost(known(899)) == fold_loss(events, known(899), **asked)
    assert lost(known(900)) == fold_loss(events, known(900), **asked) + target.amount


def fold_loss(events, moment, *, valuations, stages, as_of: date):
    portfolio = fold(events, valuations, as_of=as_of, known_at=moment, stages=stages)
    return sum(figures.realised_loss for figures in portfolio.holdings)


@given(histories(), st.integers(0, 400), st.integers(0, 100))
def test_without_reversals_later_knowledge_only_adds_events(history, known_day, later):
    events, _valuations, _stages = history
    before = {row.id for row in counted_events(events, LAST_DAY, known(known_day))}
    after = {row.id for row in counted_events(events, LAST_DAY, known(known_day + later))}
    assert before <= after


@given(histories())
def test_folded_positions_stay_sound(history):
    events, valuations, stages = history
    for figures in folded(events, valuations, stages=stages).holdings:
        assert 0 <= figures.relieved <= figures.cost
        assert figures.fair_value >= 0
        assert 0 <= figures.impairment <= figures.remaining
        assert figures.remaining or not figures.fair_value
        assert figures.proceeds - figures.relieved == figures.realised_gain - figures.realised_loss

"""Laws of royalties, distribution and the docket that hold for all inputs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.core.days import month_end
from patents.choices.register import Effect, LegalState, NumberFault
from patents.rules import clock, dates, distribution, numbers, rates, status, terms

DAYS = st.dates(date(1985, 4, 1), date(2090, 12, 31))
WEIGHTS = st.dictionaries(st.text("ABCDEFGH", min_size=1, max_size=2), st.integers(0, 999), max_size=6)
FEN = st.integers(-(10**17), 10**17)
PRICES = st.lists(st.decimals(0, 50, places=4), min_size=1, max_size=4)
EDGES = st.lists(st.integers(1, 10**6), min_size=4, max_size=4, unique=True).map(sorted)


@given(FEN, WEIGHTS)
def test_a_split_loses_nothing_and_a_reversal_mirrors_it(amount, weights):
    found, back = distribution.split(amount, weights), distribution.split(-amount, weights)
    assert sum(found.shares.values()) + found.unallocated_fen == amount
    assert {party: -fen for party, fen in found.shares.items()} == back.shares
    assert all(fen == 0 for party, fen in found.shares.items() if not weights[party])


@given(st.integers(0, 10**15), st.decimals(0, 1, places=4), WEIGHTS)
def test_administration_and_owners_make_the_gross_amount(gross, rate, weights):
    found = distribution.split_pool(gross, rate, weights)
    assert found.admin_fen + found.distributable_fen == gross
    assert sum(found.split.shares.values()) + found.split.unallocated_fen == found.distributable_fen


@given(FEN, FEN, WEIGHTS, WEIGHTS)
def test_differences_of_a_restatement_sum_to_that_of_the_amounts(before, after, old_weights, new_weights):
    old, new = distribution.split(before, old_weights), distribution.split(after, new_weights)
    moved = sum(distribution.restated(old, new).values())
    assert moved == after - new.unallocated_fen - (before - old.unallocated_fen)


@given(st.integers(0, 2 * 10**6), st.integers(0, 10**5), EDGES, PRICES, st.none() | st.decimals(0, 10**6, places=2))
def test_more_units_never_cost_less_and_never_more_than_the_cap(units, more, edges, prices, cap):
    tiers = [rates.Tier(edge, price) for edge, price in zip(edges, prices, strict=False)]
    few, many = (rates.marginal(count, tiers, cap).royalty for count in (units, units + more))
    assert few <= many
    assert cap is None or many <= cap


@given(st.integers(0, 10**7), st.decimals(0, 5, places=4), st.decimals(0, 10**6, places=2))
def test_a_category_stays_within_its_cap_and_all_within_that_of_the_enterprise(units, rate, cap):
    card = {name: rates.CategoryRate(rate, cap) for name in ("a", "b")}
    found = rates.by_category({"a": units}, card, region_factor=Decimal("0.5"), enterprise_cap=cap / 2)
    assert found.lines["a"] <= cap
    assert found.lines["b"] == 0
    assert found.total <= rates.cents(cap / 2)


@given(DAYS, st.integers(0, 25000))
def test_a_patent_year_is_the_one_whose_first_day_has_come(filing, days):
    day = filing + timedelta(days=days)
    year = terms.patent_year(filing, day)
    assert dates.add(filing, year - 1) <= day < dates.add(filing, year)


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_months_are_added_to_the_first_day_and_never_backwards(start, first, more):
    assert dates.add(start, 0, first) <= dates.add(start, 0, first + more)
    assert dates.add(start, 0, first).day <= start.day
    assert month_end(start) == dates.add(start.replace(day=1), 0, 1) - timedelta(days=1)


@given(st.text("0123456789", min_size=12, max_size=12), st.sampled_from("0123456789X"))
def test_of_eleven_characters_one_belongs_at_the_end(body, given_character):
    found = numbers.application_number(f"{body}.{given_character}")
    if found.fault in (None, NumberFault.CHECK_DIGIT):
        assert (found.fault is None) is (found.check == given_character)
        assert numbers.application_number(f"ZL {body}{found.check}").valid


@given(st.lists(st.tuples(st.sampled_from(Effect), DAYS, DAYS), max_size=5), DAYS, DAYS)
def test_what_was_recorded_later_never_changes_an_answer_given_before(facts, as_of, known_at):
    events = [status.Event(*fact) for fact in facts]
    known = [event for event in events if event.recorded <= known_at]
    assert status.state_on(events, as_of, known_at) == status.state_on(known, as_of, known_at)


def test_an_invalidation_acts_for_all_days():
    events = [
        status.Event(Effect.START, date(2019, 5, 3), date(2019, 5, 3)),
        status.Event(Effect.VOID, date(2022, 1, 1), date(2022, 1, 1)),
    ]
    assert status.state_on(events, date(2020, 1, 1), date(2021, 1, 1)) == LegalState.IN_FORCE
    assert status.state_on(events, date(2020, 1, 1), date(2022, 1, 1)) == LegalState.VOID


@pytest.mark.parametrize("known_until", [date(2025, 3, 17), date(2025, 3, 2)])
def test_a_clock_that_reaches_an_unknown_year_says_nothing(known_until):
    def works(day):
        return day.weekday() < 5 if day <= known_until else None

    assert clock.licence_clock(date(2025, 3, 3), 10, works) is None

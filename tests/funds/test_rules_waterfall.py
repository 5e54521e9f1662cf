"""The waterfall over the whole fund: known cases by hand, and its laws over random terms."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funds.choices.figures import DayCount
from funds.choices.records import Compounding, LossBearer, TierKind
from funds.rules.carry import Worth, accrued_carries, accrued_carry
from funds.rules.figures import FundFigures
from funds.rules.hurdle import Flow, Interest, interest_due
from funds.rules.loss import government_part
from funds.rules.waterfall import Party, Tier, government_of, plan_of

START = date(2022, 1, 1)
TWO_YEARS = START + timedelta(days=730)
GOVERNMENT, OTHERS, MANAGER = (
    Party("gov", 40, is_government=True),
    Party("other", 59),
    Party("gp", 1, is_manager=True),
)
PARTIES = (GOVERNMENT, OTHERS, MANAGER)
HURDLE = Tier(TierKind.PREFERRED_RETURN, 2, interest=Interest(Fraction(8, 100)))
CATCH_UP = Tier(TierKind.CATCH_UP, 3, manager=Fraction(1))
SPLIT = Tier(TierKind.PROFIT_SPLIT, 4, manager=Fraction(1, 5))
PAID = [Flow(START, 10_000, 0)]


def plan(*tiers, flows=PAID, on=TWO_YEARS):
    return plan_of(tiers, flows, on)


def amounts(waterfall):
    return [int(step.amount) for step in waterfall.steps]


def test_steps_fill_in_their_order():
    found = plan(SPLIT, HURDLE, CATCH_UP).run(14_000, PARTIES)
    # Capital 10,000; two years at 8 % simple 1,600; catch-up to 20 % of profit: 1,600 / 4 = 400; the rest 80/20.
    assert amounts(found) == [10_000, 1_600, 400, 2_000, 0]
    assert found.carry == 400 + 400 == Fraction(4_000, 5)
    assert found.in_fen() == [5_280, 7_788, 132, 800]
    assert found.parts == (Fraction(13_200 * 40, 100), Fraction(13_200 * 59, 100), Fraction(132))


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, [0, 0, 0, 0, 0]),
        (9_000, [9_000, 0, 0, 0, 0]),
        (11_000, [10_000, 1_000, 0, 0, 0]),
        (11_700, [10_000, 1_600, 100, 0, 0]),
    ],
)
def test_no_later_step_gets_anything_before_the_earlier_is_full(total, expected):
    assert amounts(plan(HURDLE, CATCH_UP, SPLIT).run(total, PARTIES)) == expected


def test_a_fund_without_steps_shares_pro_rata():
    found = plan().run(15_000, PARTIES)
    assert (found.carry, found.parts) == (0, (6_000, 8_850, 150))


def test_a_catch_up_below_the_manager_s_share_never_ends():
    found = plan(HURDLE, Tier(TierKind.CATCH_UP, 3, manager=Fraction(1, 10)), SPLIT).run(20_000, PARTIES)
    assert amounts(found) == [10_000, 1_600, 8_400, 0, 0]


def test_interest_compounds_on_anniversaries_in_whole_fen():
    yearly = Interest(Fraction(1, 10), Compounding.YEARLY, DayCount.THIRTY_E_360)
    assert interest_due(yearly, PAID, [date(2024, 1, 1)]) == [2_100]
    simple = Interest(Fraction(1, 10), day_count=DayCount.THIRTY_E_360)
    assert interest_due(simple, PAID, [date(2021, 1, 1), date(2023, 1, 1), date(2024, 1, 1)]) == [0, 1_000, 2_000]


def test_returned_capital_earns_no_more_and_money_above_all_stands_against_later_calls():
    flows = [Flow(START, 10_000, 0), Flow(START + timedelta(days=365), 0, 10_000)]
    assert interest_due(HURDLE.interest, flows, [TWO_YEARS]) == [800]
    flows = [Flow(START, 10_000, 0), Flow(START + timedelta(days=365), 0, 12_000)]
    more = Flow(START + timedelta(days=365), 1_000, 0)
    assert interest_due(HURDLE.interest, [*flows, more], [TWO_YEARS]) == [800]


def test_the_government_gives_up_a_share_of_its_gain_to_the_others_or_the_manager():
    gain = 4_000
    given = Tier(TierKind.PROFIT_SPLIT, 4, manager=Fraction(1, 5), concession=Fraction(1, 2), concession_to="OTHERS")
    found = plan(given).run(10_000 + gain, PARTIES)
    # The government's 40 % of 3,200 is 1,280; half of it, 640, goes to the others 59 : 1.
    assert found.gain_of(lambda party: party.is_government) == 640
    assert found.steps[1].conceded == 640
    assert found.parts[1] == 5_900 + Fraction(59, 100) * 3_200 + Fraction(59, 60) * 640
    to_manager = Tier(TierKind.PROFIT_SPLIT, 4, manager=Fraction(1, 5), concession=Fraction(1, 2),
                      concession_to="MANAGER")  # fmt: skip
    assert plan(to_manager).run(14_000, PARTIES).carry == 800 + 640


def test_the_government_leaves_at_cost_plus_interest():
    buyout = Tier(TierKind.BUYOUT, 5, interest=Interest(Fraction(4, 100)), concession=Fraction(1),
                  concession_to="OTHERS")  # fmt: skip
    found = plan(buyout).run(14_000, PARTIES)
    # Its gain ends at two years' interest of 4 % on its 4,000.
    assert found.gain_of(lambda party: party.is_government) == 320
    assert sum(found.parts) == 14_000
    small = plan(buyout).run(10_500, PARTIES)
    assert small.gain_of(lambda party: party.is_government) == 200


@pytest.mark.parametrize(
    ("bearer", "expected"),
    [
        # A loss of 3,000 with a first loss of 1,000: the rest by what each still has in.
        (LossBearer.OTHERS, Fraction(4_000, 9_000) * 2_000),
        (LossBearer.GOVERNMENT, 1_000 + Fraction(3_000, 9_000) * 2_000),
        (LossBearer.MANAGER, Fraction(4_000, 9_900) * 2_900),
    ],
)
def test_a_first_loss_takes_from_its_bearer_first_and_only_at_the_end(bearer, expected):
    terms = plan(Tier(TierKind.FIRST_LOSS, 1, first_loss=1_000, bearer=bearer))
    found = terms.run(7_000, PARTIES)
    assert 4_000 - found.parts[0] == expected
    assert terms.run(7_000, PARTIES, final=False).parts[0] == 2_800
    if bearer == LossBearer.OTHERS:
        assert government_part(Fraction(3_000), FundFigures(paid_in=10_000, gov_paid_in=4_000,
                               others_first_loss=1_000)) == expected  # fmt: skip


def test_accrued_carry_is_what_the_manager_would_still_get():
    terms = plan(SPLIT, flows=[Flow(START, 10_000, 0), Flow(TWO_YEARS, 0, 11_000)])
    share = government_of(PARTIES)
    assert accrued_carry(terms, 2_000, share, 0) == 600
    assert accrued_carry(terms, 2_000, share, 150) == 450
    assert accrued_carry(terms, -5_000, share, 700) == 0
    assert share == Fraction(2, 5)


shares = st.fractions(0, 1, max_denominator=20)
to_whom = st.sampled_from(["OTHERS", "MANAGER"])


@st.composite
def terms_and_flows(draw):
    tiers = [
        Tier(TierKind.FIRST_LOSS, 1, first_loss=draw(st.integers(0, 8_000)), bearer=draw(st.sampled_from(LossBearer))),
        Tier(
            TierKind.PREFERRED_RETURN, 2, concession=draw(shares), concession_to=draw(to_whom),
            interest=Interest(draw(st.fractions(0, Fraction(1, 5), max_denominator=100)),
                              draw(st.sampled_from(Compounding)), draw(st.sampled_from(DayCount))),
        ),
        Tier(TierKind.CATCH_UP, 3, manager=draw(shares)),
        Tier(TierKind.PROFIT_SPLIT, 4, manager=draw(shares), concession=draw(shares), concession_to=draw(to_whom)),
        Tier(TierKind.BUYOUT, 5, interest=Interest(draw(st.fractions(0, Fraction(1, 5), max_denominator=100))),
             concession=draw(shares), concession_to=draw(to_whom)),
        Tier(TierKind.RETURN_OF_CAPITAL, draw(st.sampled_from([0, 6]))),
    ]  # fmt: skip
    days = st.integers(0, 3_000).map(lambda n: START + timedelta(days=n))
    moves = draw(st.lists(st.tuples(days, st.integers(0, 5_000), st.integers(0, 4_000)), max_size=6))
    kept = draw(st.lists(st.sampled_from(tiers), unique=True))
    return kept, [Flow(START, draw(st.integers(1, 9_000)), 0), *(Flow(*move) for move in moves)]


def plans():
    return terms_and_flows().map(lambda found: plan_of(*found, START + timedelta(days=3_000)))


parties = (
    st.tuples(*(st.integers(0, 50) for _ in range(3)))
    .filter(any)
    .map(
        lambda weights: tuple(
            Party(p.key, w, p.is_government, p.is_manager) for p, w in zip(PARTIES, weights, strict=True)
        )
    )
)


@given(plans(), parties, st.integers(0, 60_000), st.integers(0, 5_000), st.booleans())
def test_laws(terms, investors, total, more, final):
    found = terms.run(total, investors, final=final)
    assert sum(found.parts) + found.carry == total == sum(found.in_fen())
    assert min(found.in_fen()) >= 0
    assert all(min(*step.parts, step.carry, step.conceded) >= 0 for step in found.steps)
    if total <= terms.paid_in and terms.tiers[0].kind == TierKind.RETURN_OF_CAPITAL:
        assert not found.carry
    if final:
        assert terms.carry(total, government_of(investors)) == found.carry
    later = terms.run(total + more, investors, final=final)
    assert all(now >= then for now, then in zip(later.parts, found.parts, strict=True))
    assert later.carry >= found.carry
    beyond = later.beyond(found)
    assert sum(beyond.parts) + beyond.carry == more == sum(beyond.in_fen())
    assert min(beyond.in_fen()) >= 0
    for at, step in enumerate(found.steps[:-1]):
        if step.limit is not None and step.amount < step.limit:
            assert not any(after.amount for after in found.steps[at + 1 :])


@given(plans(), st.integers(0, 50_000))
def test_the_government_gets_no_more_gain_than_its_share(terms, gain):
    assume(terms.tiers[0].kind == TierKind.RETURN_OF_CAPITAL)
    own = terms.paid_in // 3
    assert 0 <= terms.government_gain(gain, own) <= Fraction(gain * own, terms.paid_in)


@given(
    terms_and_flows(), parties, st.lists(st.tuples(st.integers(-500, 3_100), st.integers(-9_000, 20_000)), max_size=5)
)
def test_carry_over_many_days_is_that_of_each_day_by_the_whole_waterfall(found, investors, asked):
    tiers, flows = found
    worths = [
        Worth(START + timedelta(days=day), nav, government_of(investors), paid_carry=nav % 7)
        for day, nav in sorted(asked)
    ]
    alone = []
    for worth in worths:
        terms = plan_of(tiers, [flow for flow in flows if flow.day <= worth.day], worth.day)
        whole = terms.run(terms.distributed + max(0, worth.nav), investors).carry if terms.paid_in else 0
        alone.append(max(0, floor(whole + Fraction(1, 2)) - worth.paid_carry))
    assert accrued_carries(tiers, flows, worths) == alone

"""Rules of the support ratio and of staff plans beyond the reference cases: laws that hold for all numbers."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from talent.choices.ratio import BandFlag, Lever, PlanState, RatioState
from talent.rules import staff_plan
from talent.rules.ratio_terms import counted_twice, counts, well_formed
from talent.rules.staff_plan import FromQuarter, Prices, Projection, Spread, Training
from talent.rules.support_ratio import Band, UnitFigures, roll_up, support_ratio

TARGET = Fraction(6, 10)
BAND = Band(Fraction(5), Fraction(7))
CENTI = st.integers(0, 5_000)
UNITS = st.lists(st.builds(UnitFigures, st.none() | CENTI, st.none() | CENTI), max_size=8)
PLAN = Projection(
    p0=Fraction(150), s0=Fraction(48), target=TARGET, growth=Fraction(1, 100), attrition=Fraction(1, 40),
    pass_rate=Fraction(17, 20), placement_rate=Fraction(9, 10), quarters=12, training=Training(Fraction(15), 3),
)  # fmt: skip


@given(UNITS)
def test_units_and_the_whole_agree(units):
    found = roll_up(units, target=TARGET)
    known = [unit for unit in units if unit.known]
    assert found.unknown == len(units) - len(known)
    if found.status in {RatioState.UNKNOWN, RatioState.NOT_APPLICABLE}:
        assert found.sum_gap_posts is None
        return
    needs = [need for need in found.units if need]
    # Working time adds up exactly; posts are rounded up in each unit and so never fewer.
    balance = sum(need.gap for need in needs) - found.surplus
    assert balance == found.org_required - Fraction(sum(unit.s_fte_centi for unit in known), 100)
    assert found.sum_required_posts >= found.org_required_posts
    assert found.sharing_saves_posts >= 0
    assert found.net_gap_posts == ceil(max(0, balance))


@given(CENTI, CENTI)
def test_one_unit_is_its_own_roll_up(p, s):
    alone, rolled = support_ratio(p, s, target=TARGET, band=BAND), roll_up([UnitFigures(p, s)], target=TARGET)
    if p:
        assert (rolled.net_gap_posts, rolled.ratio_per_10) == (alone.gap_posts, alone.ratio_per_10)
        assert not (alone.gap and alone.surplus)
        assert (alone.band_flag == BandFlag.WITHIN) == (5 * p <= 10 * s <= 7 * p)
    else:
        assert alone.status == rolled.status == RatioState.NOT_APPLICABLE


def test_no_post_too_many_by_a_floating_point_number():
    assert support_ratio(10_000, 0, target=Fraction(55, 100)).gap_posts == 55
    assert (
        staff_plan.intake_for(9, pass_rate=Fraction(9, 10), placement_rate=Fraction(1, 2), cohort_size=20).intake == 20
    )


def test_nobody_counts_on_both_sides():
    technicians = [{"frascati_class": ["technician"]}]
    assert counted_twice([{"frascati_class": ["researcher"]}], technicians) is None
    twice = counted_twice([{"post_class": ["technical"]}], technicians)
    assert twice == {"frascati_class": "technician", "post_class": "technical"}
    both = [{"duty": ["transfer"], "post_class": ["worker", "management"]}]
    assert counts(both, {"duty": "transfer", "post_class": "worker"})
    assert not counts(both, {"duty": "transfer", "post_class": "technical"})
    for wrong in ([], [{}], [{"birth_year": ["1970"]}], [{"duty": ["sleep"]}], [{"duty": []}], {"duty": ["other"]}):
        assert not well_formed(wrong)


def test_levers_are_told_one_beside_the_other_and_cost_what_they_cost():
    plan = replace(
        PLAN, hires=FromQuarter(Fraction(2), 2), retained=FromQuarter(Fraction(1, 100), 1), idle=Fraction(10),
        shared=FromQuarter(Fraction(1, 2), 4),
    )  # fmt: skip
    found = {each.lever: each for each in staff_plan.lever_effects(plan, Prices(100, 10, 7, 1_000))}
    path = staff_plan.project(plan)
    assert found[Lever.SHARE].posts == 5
    assert (found[Lever.HIRE].cost, found[Lever.TRAIN].cost) == (100 * 2 * 11, 10 * 15 * 10)
    assert found[Lever.SHARE].cost == 7 * 5 * 9
    # Hired posts lose leavers like all others, so eleven quarters of two give less than 22.
    assert 0 < found[Lever.HIRE].posts < 22
    assert found[Lever.RETAIN].first == 1
    first = staff_plan.lever_effects(replace(plan, quarters=1), Prices(kept_post=1_000))[3]
    assert (first.posts, first.cost) == (Fraction(48, 100), 480)
    steps = staff_plan.bridge(plan)
    moved = steps.growth + steps.left - steps.trained - steps.hired - steps.shared
    assert steps.today + moved == steps.end == path[-1].gap


def test_a_steady_intake_overshoots_stopping_reopens_and_tapering_holds():
    kept_on, stopped, tapered = (
        staff_plan.project(plan)[-1].gap for plan in (PLAN, staff_plan.stopped(PLAN), staff_plan.tapered(PLAN))
    )
    assert kept_on < -37 < tapered < 0 < Fraction(5) < stopped
    need = staff_plan.steady_need(PLAN, p=Fraction(160), s=Fraction(96))
    assert (need.leavers, need.growth, need.posts) == (Fraction(24, 10), Fraction(9, 10), Fraction(33, 10))
    assert round(need.trainees, 1) == Fraction(43, 10)
    assert staff_plan.tapered(replace(PLAN, training=Training())) is None
    assert staff_plan.stopped(replace(PLAN, quarters=4)) is None


def test_the_courses_lie_on_both_sides_of_the_base():
    spread = Spread(Fraction(1, 200), Fraction(1, 100), Fraction(1, 10), Fraction(1, 5))
    low, base, high = (
        staff_plan.project(plan)
        for plan in (staff_plan.low_course(PLAN, spread), PLAN, staff_plan.high_course(PLAN, spread))
    )
    assert all(a.gap > b.gap > c.gap for a, b, c in zip(low, base, high, strict=True))
    # Nobody can be placed more than wholly, however wide the spread.
    assert staff_plan.high_course(PLAN, spread).placement_rate == 1


def test_intake_without_a_gap_and_without_hope():
    given_rates = {"placement_rate": Fraction(1), "cohort_size": 10}
    assert staff_plan.intake_for(0, pass_rate=Fraction(0), **given_rates).status == PlanState.NO_GAP
    lost = staff_plan.intake_for(3, pass_rate=Fraction(0), **given_rates)
    assert (lost.status, lost.intake, lost.cohorts) == (PlanState.UNREACHABLE, None, None)

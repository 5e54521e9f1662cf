"""Runners of the talent cases about supporting staff: ratio, roll-up, training plan."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from innovation.core.figures import rounded
from talent.choices.ratio import GrowthMode
from talent.rules import staff_plan
from talent.rules.support_ratio import Band, UnitFigures, roll_up, support_ratio
from tests.reference.registry import runner


@runner("support_ratio")
def run_support_ratio(inputs: Mapping[str, Any]) -> dict[str, Any]:
    band = Band(Fraction(inputs["band_low_per_10"]), Fraction(inputs["band_high_per_10"]))
    answer = support_ratio(inputs["p_fte_centi"], inputs["s_fte_centi"], target=_target(inputs), band=band)
    return {
        "status": str(answer.status),
        "required_fte": answer.required,
        "required_posts": answer.required_posts,
        "gap_fte": answer.gap,
        "gap_posts": answer.gap_posts,
        "surplus_fte": answer.surplus,
        "coverage_pct": _shown(None if answer.coverage is None else answer.coverage * 100, 1),
        "ratio_per_10": _shown(answer.ratio_per_10, 2),
        "band_flag": answer.band_flag and str(answer.band_flag),
    }


@runner("ratio_rollup")
def run_ratio_rollup(inputs: Mapping[str, Any]) -> dict[str, Any]:
    units = [UnitFigures(lab["p_fte_centi"], lab["s_fte_centi"]) for lab in inputs["labs"]]
    answer = roll_up(units, target=_target(inputs))
    return {
        "status": str(answer.status),
        "labs_total": answer.total,
        "labs_unknown": answer.unknown,
        "lab_required_posts": [need and need.required_posts for need in answer.units],
        "lab_gap_posts": [need and need.gap_posts for need in answer.units],
        "lab_surplus_fte": [need and need.surplus for need in answer.units],
        "sum_required_posts": answer.sum_required_posts,
        "org_required_posts": answer.org_required_posts,
        "org_required_fte": answer.org_required,
        "sum_gap_posts": answer.sum_gap_posts,
        "net_gap_posts": answer.net_gap_posts,
        "sharing_saves_posts": answer.sharing_saves_posts,
        "org_ratio_per_10": _shown(answer.ratio_per_10, 2),
    }


@runner("training_plan")
def run_training_plan(inputs: Mapping[str, Any]) -> dict[str, Any]:
    rates = {"pass_rate": Fraction(inputs["pass_rate"]), "placement_rate": Fraction(inputs["placement_rate"])}
    intake = staff_plan.intake_for(inputs["gap_posts"], cohort_size=inputs["cohort_size"], **rates)
    path = staff_plan.project(_projection(inputs["projection"], rates)) if inputs["projection"] else None
    return {
        "status": str(intake.status),
        "intake": intake.intake,
        "cohorts": intake.cohorts,
        "path": path and [[q.number, _shown(q.p, 2), _shown(q.s, 2), _shown(q.gap, 2)] for q in path],
        "first_quarter_without_gap": path and staff_plan.first_without_gap(path),
        "largest_gap_quarter": path and staff_plan.largest_gap(path),
    }


def _projection(given: Mapping[str, Any], rates: dict[str, Fraction]) -> staff_plan.Projection:
    training = staff_plan.Training(
        Fraction(given["trainees_per_quarter"]), given["first_output_quarter"], given["last_output_quarter"]
    )
    return staff_plan.Projection(
        p0=Fraction(given["p0_fte"]),
        s0=Fraction(given["s0_fte"]),
        target=_target(given),
        growth=Fraction(given["growth_per_quarter"]),
        attrition=Fraction(given["attrition_per_quarter"]),
        quarters=given["quarters"],
        mode=GrowthMode(given["growth_mode"]),
        training=training,
        hires=staff_plan.FromQuarter(Fraction(given["hires_per_quarter"])),
        **rates,
    )


def _target(inputs: Mapping[str, Any]) -> Fraction:
    return Fraction(inputs["target_num"], inputs["target_den"])


def _shown(value: Fraction | None, decimals: int) -> Decimal | None:
    return None if value is None else rounded(value, decimals)

"""Runners of the talent cases about fairness: adverse impact and the suppression of small cells."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from talent.rules.adverse_impact import Band, adverse_impact
from talent.rules.suppression import suppress
from tests.reference.registry import runner


@runner("adverse_impact")
def run_adverse_impact(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = adverse_impact([Band(**band) for band in inputs["bands"]], inputs["min_reference_n"])
    return {
        "status": str(answer.status),
        "reference": answer.reference,
        "bands": [
            {
                "band": one.band, "n": one.n, "selected": one.selected, "rate": _number(one.rate),
                "impact_ratio": _number(one.ratio), "below_4_5": one.below_four_fifths, "ci95_low": one.low,
                "ci95_high": one.high, "fisher_p": _number(one.fisher_p), "one_swap_reverses": one.one_swap_reverses,
            }
            for one in answer.bands
        ],
    }  # fmt: skip


@runner("suppression")
def run_suppression(inputs: Mapping[str, Any]) -> dict[str, Any]:
    row = {cell["key"]: cell["n"] for cell in inputs["row"]}
    answer = suppress(row, inputs["k"], inputs["min_percent_base"])
    return {"published": dict(answer.cells), "total_published": answer.total, "percent": dict(answer.percent)}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

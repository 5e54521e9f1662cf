"""Runners of the fund cases about returns: rates, day counts, market equivalents."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from funds.choices.figures import DayCount
from funds.rules.returns.day_count import year_fractions
from funds.rules.returns.pme import pme
from funds.rules.returns.xirr import xirr
from tests.reference.registry import runner


@runner("xirr")
def run_xirr(inputs: Mapping[str, Any]) -> dict[str, Any]:
    flows = zip(map(date.fromisoformat, inputs["dates"]), map(Fraction, inputs["amounts"]), strict=True)
    answer = xirr(flows, DayCount(inputs["day_count"]))
    return {
        "status": str(answer.status),
        "rate": answer.rate,
        "rates": list(answer.rates),
        "under_one_year": answer.under_one_year,
        "period_return": answer.period_return,
    }


@runner("day_count")
def run_day_count(inputs: Mapping[str, Any]) -> dict[str, Any]:
    days = [date.fromisoformat(day) for day in inputs["dates"]]
    convention, amounts = DayCount(inputs["day_count"]), inputs["amounts"]
    rate = amounts and xirr(zip(days, amounts, strict=True), convention).rate
    return {"year_fractions": year_fractions(days, convention), "rate": rate}


@runner("pme")
def run_pme(inputs: Mapping[str, Any]) -> dict[str, Any]:
    dates = inputs["dates"] and [date.fromisoformat(day) for day in inputs["dates"]]
    answer = pme(
        dates=dates, amounts=inputs["amounts"], index=[float(level) for level in inputs["index"]], nav=inputs["nav"]
    )
    return {
        "ks_pme": answer.ks_pme,
        "ln_pme_nav": answer.ln_nav,
        "fund_irr": answer.fund_irr.rate,
        "ln_pme_irr": answer.ln_irr and answer.ln_irr.rate,
        "ln_status": str(answer.ln_status),
        "direct_alpha": answer.direct_alpha.rate,
        "direct_alpha_log": answer.direct_alpha_log,
        "pme_plus_lambda": answer.plus_scale,
        "pme_plus_irr": answer.plus_irr and answer.plus_irr.rate,
    }

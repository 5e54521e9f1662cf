"""Runners of the fund cases. Amounts keep the unit of the case: every formula is linear in it."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from funds.choices.ledger import EventKind
from funds.choices.tolerance import Basis, CapState, CapTest, Denominator, MeasuredAt, MoneyView, Netting, ScopeLevel
from funds.rules import caps, ledger, loss, status
from funds.rules.figures import FundFigures, HoldingFigures, Underlying, from_exits
from funds.rules.multiples import multiples
from funds.rules.stress import limits, probability, reverse
from funds.rules.theta import Scope, Theta
from tests.reference.registry import runner

LEVELS = Path(__file__).parents[2] / "funds" / "data" / "warning_levels.json"


@runner("loss_rate")
def run_loss_rate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    portfolio = inputs["portfolio"]
    holdings = [_holding(row) for row in portfolio["holdings"]]
    return _rate(loss.loss_rate(holdings, FundFigures(**portfolio["fund"]), _theta(inputs["theta"])))


@runner("loss_rate_asof")
def run_loss_rate_asof(inputs: Mapping[str, Any]) -> dict[str, Any]:
    portfolio = ledger.fold(
        [_event(row) for row in inputs["events"]],
        [_valuation(row) for row in inputs["valuations"]],
        as_of=date.fromisoformat(inputs["as_of"]),
        known_at=datetime.fromisoformat(inputs["known_at"]),
        stages=inputs["stages"],
        **inputs["fund"],
    )
    return _rate(loss.loss_rate(portfolio.holdings, portfolio.fund, _theta(inputs["theta"])))


@runner("mixed_cap")
def run_mixed_cap(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = caps.mixed_cap(
        caps.StageCap(row["stage"], row["cost"], CapState(row["cap_state"]), _fraction(row["cap"]))
        for row in inputs["stages"]
    )
    return {"cap_state": str(answer.cap_state), "cap": _parts(answer.cap)}


@runner("tolerance_status")
def run_tolerance_status(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = status.tolerance(
        scope=ScopeLevel(inputs["scope"]),
        numerator_signed=inputs["numerator_signed"],
        denominator=inputs["denominator"],
        terms=_terms(inputs["rule"]),
        measured_at=MeasuredAt(inputs["measured_at"]),
        thresholds=status.Thresholds.from_data(json.loads(LEVELS.read_text(encoding="utf-8"))),
        p_breach=inputs["p_breach"],
        largest_position_delta=inputs["largest_position_delta"],
    )
    return {
        "status": str(answer.status),
        "reason": None if answer.reason is None else str(answer.reason),
        "effective_cap": _parts(answer.effective_cap),
        "utilisation": answer.utilisation,
        "headroom": answer.headroom,
        "level": str(answer.level),
        "binding": answer.binding,
        "single_position_exceeds_headroom": answer.single_position_exceeds_headroom,
    }


@runner("reverse_stress")
def run_reverse_stress(inputs: Mapping[str, Any]) -> dict[str, Any]:
    netting = Netting(inputs["netting"])
    theta = Theta(netting=netting)
    positions = [
        reverse.position_of(from_exits(id=row["id"], stage="seed", cost=row["rem"], fair_value=row["fv"]), theta)
        for row in inputs["positions"]
    ]
    settled = inputs["realised_loss"] - (0 if netting == Netting.NONE else inputs["realised_gain"])
    limit = limits.Limit(Fraction(**_named(inputs["cap"])), Fraction(**_named(inputs["cap"])))
    answer = reverse.reverse_stress(positions, denominator=inputs["denominator"], limit=limit, other_loss=settled)
    return {
        "loss_now": answer.loss_now,
        "target": answer.target,
        "headroom": answer.headroom,
        "utilisation": answer.utilisation,
        "loss_if_all_fail": answer.loss_if_all_fail,
        "max_new_total_loss_investment": answer.max_new_total_loss_investment,
        "state": str(answer.state),
        "markdown_to_breach": answer.markdown_to_breach,
        "failure_deltas": dict(answer.failures),
        "k_min": answer.k_min,
        "k_min_ids": answer.k_min_ids,
        "k_max": answer.k_max,
        "k_max_ids": answer.k_max_ids,
    }


@runner("breach_probability")
def run_breach_probability(inputs: Mapping[str, Any]) -> dict[str, Any]:
    cap = Fraction(**_named(inputs["cap"]))
    match inputs["model"]:
        case "BINOMIAL":
            answer = probability.binomial(inputs["n"], inputs["p"], cap)
        case "VASICEK_FINITE":
            answer = probability.vasicek_finite(inputs["n"], inputs["p"], inputs["rho"], cap)
        case "VASICEK_LIMIT":
            answer = probability.vasicek_limit(inputs["p"], inputs["rho"], cap, inputs["lgd"])
        case _:
            answer = probability.unequal(inputs["costs"], inputs["probs"], cap)
    return {"probability": answer}


@runner("multiples")
def run_multiples(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = multiples(**inputs)
    return {"paid_in": answer.paid_in, "pic": answer.pic, "dpi": answer.dpi, "rvpi": answer.rvpi, "tvpi": answer.tvpi}


def _rate(answer: loss.LossRate) -> dict[str, Any]:
    return {"numerator_signed": answer.numerator_signed, "denominator": answer.denominator, "rate": answer.rate}


def _theta(data: Mapping[str, Any]) -> Theta:
    scope = data["scope"]
    return Theta(
        basis=Basis(data["basis"]),
        netting=Netting(data["netting"]),
        denominator=Denominator(data["denominator"]),
        money_view=MoneyView(data["money_view"]),
        fees=data["fees"],
        income=data["income"],
        look_through=data["look_through"],
        scope=Scope(
            ScopeLevel(scope["level"]),
            stages=frozenset({scope["stage"]} if "stage" in scope else ()),
            holding=scope.get("id"),
        ),
    )


def _holding(row: Mapping[str, Any]) -> HoldingFigures:
    inside = row["underlying"]
    return from_exits(
        id=row["id"],
        stage=row["stage"],
        cost=row["cost"],
        exits=[(relieved, proceeds) for relieved, proceeds in row["exits"]],
        fair_value=row["fv"],
        impairment=row["impairment"],
        income=row["income"],
        underlying=inside
        and Underlying(
            Fraction(inside["share_num"], inside["share_den"]), tuple(_holding(part) for part in inside["holdings"])
        ),
    )


def _event(row: Mapping[str, Any]) -> ledger.Event:
    return ledger.Event(
        id=row["id"],
        kind=EventKind(row["kind"]),
        holding=row["holding"],
        value_date=date.fromisoformat(row["value_date"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        amount=row["amount"],
        cost_relieved=row["cost_relieved"],
        reverses=row["reverses"],
    )


def _valuation(row: Mapping[str, Any]) -> ledger.Valuation:
    superseded = row["superseded_at"]
    return ledger.Valuation(
        holding=row["holding"],
        valid_at=date.fromisoformat(row["valid_at"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        fair_value=row["fv"],
        superseded_at=superseded and datetime.fromisoformat(superseded),
    )


def _terms(rule: Mapping[str, Any] | None) -> status.CapTerms | None:
    if rule is None:
        return None
    special = rule["special"]
    return status.CapTerms(
        cap_state=CapState(rule["cap_state"]),
        cap=_fraction(rule["cap"]),
        test=CapTest(rule["test"]),
        special=special
        and status.SpecialTier(Fraction(**_named(special["cap"])), special["condition_met"], special["approved"]),
        binding_at=frozenset(MeasuredAt(moment) for moment in rule["binding_at"]),
    )


def _named(cap: Mapping[str, int]) -> dict[str, int]:
    return {"numerator": cap["num"], "denominator": cap["den"]}


def _fraction(cap: Mapping[str, int] | None) -> Fraction | None:
    return None if cap is None else Fraction(**_named(cap))


def _parts(cap: Fraction | None) -> dict[str, int] | None:
    return None if cap is None else {"num": cap.numerator, "den": cap.denominator}

"""Runners of the programme-wide cases."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from innovation.calls.rules import rubric
from innovation.calls.rules.grants import grant_limit
from innovation.calls.rules.trl import TrlRule, WorkPackage, trl_gate
from innovation.calls.rules.workflow import decide
from innovation.core.calendar_file import SHIPPED, read
from innovation.core.identifiers import check_uscc
from innovation.core.money import Unit, from_fen, parse_fen
from innovation.core.workdays import Calendar
from tests.reference.registry import runner

RUBRICS = json.loads(
    (Path(rubric.__file__).parents[2] / "data" / "rubrics_cn.json").read_text(encoding="utf-8"), parse_float=Fraction
)
CLAIMS = frozenset(name for name, fact in RUBRICS["facts"].items() if fact["claim"])


@runner("uscc")
def run_uscc(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = check_uscc(inputs["code"])
    return {
        "valid": answer.valid,
        "normalised": answer.normalised,
        "reason": answer.reason,
        "division": answer.division,
        "organisation_code": answer.organisation_code,
        "organisation_code_ok": answer.organisation_code_ok,
    }


@runner("working_days")
def run_working_days(inputs: Mapping[str, Any]) -> dict[str, Any]:
    with (SHIPPED.parent / inputs["calendar"]).open(encoding="utf-8", newline="") as lines:
        calendar = Calendar.of((row["date"], row["kind"]) for row in read(lines))
    answer = calendar.due(date.fromisoformat(inputs["start"]), inputs["n"], inputs["unit"])
    return {"status": str(answer.status), "due": answer.due.isoformat() if answer.due else None}


@runner("workflow_transition")
def run_workflow_transition(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = decide(**inputs)
    return {"allowed": answer.allowed, "to": answer.to, "reasons": list(answer.reasons)}


@runner("rubric_score")
def run_rubric_score(inputs: Mapping[str, Any]) -> dict[str, Any]:
    on, kind = date.fromisoformat(inputs["date"]), inputs["application_kind"]
    named = [version for version in RUBRICS["rubrics"] if version["id"] == inputs["rubric"]]
    version = named[0] if named else rubric.choose(RUBRICS["rubrics"], inputs["family"], kind, on)
    answer = rubric.run(version, inputs["facts"], inputs["expert_points"], application_kind=kind, on=on, claims=CLAIMS)
    return {
        "status": str(answer.status),
        "rubric": answer.rubric,
        "items": dict(answer.items),
        "groups": dict(answer.groups),
        "total": answer.total,
        "total_max": answer.total_max,
        "direct": list(answer.direct),
        "failed_gates": list(answer.failed_gates),
        "unknown_gates": list(answer.unknown_gates),
        "vetoed": answer.vetoed,
        "refused_points": list(answer.refused_points),
        "route": str(answer.route) if answer.route else None,
        "passed": answer.passed,
        "shortfall": {"total": answer.shortfall_total, "groups": dict(answer.shortfall_groups)},
    }


@runner("grant_intensity")
def run_grant_intensity(inputs: Mapping[str, Any]) -> dict[str, Any]:
    costs, requested = (parse_fen(inputs[name], Unit.YUAN) for name in ("eligible_costs", "requested"))
    answer = grant_limit(inputs["category"], inputs["organisation_kind"], inputs["size"], costs, requested)
    return {
        "status": str(answer.status),
        "max_percent": answer.max_percent,
        "max_grant": _yuan(answer.max_grant_fen),
        "within_limit": answer.within_limit,
        "over_by": _yuan(answer.over_by_fen),
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{from_fen(fen, Unit.YUAN):.2f}"


@runner("trl_gate")
def run_trl_gate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = trl_gate([WorkPackage(**row) for row in inputs["packages"]], TrlRule(**inputs["call"]))
    return {
        "status": str(answer.status),
        "project_start": answer.project_start,
        "project_now": answer.project_now,
        "weighted_now": answer.weighted_now,
        "rise": answer.rise,
        "failed": list(answer.failed),
        "passed": answer.passed,
    }

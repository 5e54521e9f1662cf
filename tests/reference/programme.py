"""Runners of the programme-wide cases."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from innovation.calls.rules.workflow import decide
from innovation.core.calendar_file import SHIPPED, read
from innovation.core.identifiers import check_uscc
from innovation.core.workdays import Calendar
from tests.reference.registry import runner


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

"""Runners of the programme-wide cases."""

from collections.abc import Mapping
from typing import Any

from innovation.core.identifiers import check_uscc
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

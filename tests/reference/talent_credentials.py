"""Runner of the cases of continuing education."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from talent.rules import cpd
from tests.reference.registry import runner


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@runner("cpd_credits")
def run_cpd_credits(inputs: Mapping[str, Any]) -> dict[str, Any]:
    versions = [
        cpd.Version(row["version"], _day(row["valid_from"]), _day(row["valid_to"]), cpd.Rules.of(row["rules"]))
        for row in inputs["versions"]
    ]
    entries = [
        cpd.Entry(
            row["id"], row["category"], date.fromisoformat(row["date"]), Fraction(row["quantity"]), row["evidence"],
            row["state"],
        )
        for row in inputs["entries"]
    ]  # fmt: skip
    found = cpd.count(
        versions, starts_on=date.fromisoformat(inputs["cycle_start"]), ends_on=date.fromisoformat(inputs["cycle_end"]),
        entries=entries, carry_in=Fraction(inputs["carry_in"]), used_evidence=inputs["used_evidence"],
    )  # fmt: skip
    names = (
        "version", "status", "category_credits", "counted_total", "required", "missing_total", "missing_minima",
        "carry_over", "rejected",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names}

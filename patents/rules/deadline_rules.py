"""Deadlines, fees and terms as data: rows of which the most specific one in force decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from patents.rules.dates import add

ALL = "all"


@dataclass(frozen=True)
class Rule:
    """One row: ``years`` and ``months`` of its formula, fees by year of the patent, steps of grace in per cent."""

    id: str
    jurisdiction: str
    rights: frozenset[str]
    type: str
    years: int
    months: int
    fees: tuple[tuple[int, int, Decimal], ...]
    steps: tuple[tuple[int, int], ...]
    parameters: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Rule":
        """From a row of the data file."""
        formula = row["formula"] or {}
        bands = [band for band in row["fee_bands"] if "from_year" in band]
        return cls(
            id=row["id"], jurisdiction=row["jurisdiction"], rights=frozenset(row["rights"]), type=row["type"],
            years=formula.get("years", 0), months=formula.get("months", 0),
            fees=tuple((band["from_year"], band["to_year"], Decimal(band["amount"])) for band in bands),
            steps=tuple((step["k"], int(step["percent"])) for step in row["grace_steps"]),
            parameters=row["parameters"], valid_from=_day(row["valid_from"]), valid_to=_day(row["valid_to"]),
            source=row["source"], verified=row["status"] == "verified",
        )  # fmt: skip

    def fee(self, year: int) -> Decimal:
        """The full amount of patent year ``year``. Raises LookupError for a year without one."""
        for first, last, amount in self.fees:
            if first <= year <= last:
                return amount
        raise LookupError(f"{self.id} has no fee for year {year}")

    def end(self, start: date) -> date:
        """``start`` and what the formula adds."""
        return add(start, self.years, self.months)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class RuleBook:
    """All rows."""

    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "RuleBook":
        return cls(tuple(Rule.of(row) for row in rows))

    def find(self, kind: str, right: str = ALL, *, on: date | None = None, jurisdiction: str = "CN") -> Rule:
        """The row of ``kind`` for ``right`` on a day: one that names the right before ``all``, then the latest.

        ``on`` is the day that the row compares with its validity (of filing, of payment); without one, rows that are
        in force without an end. Raises LookupError when none fits.
        """
        fitting = [
            rule for rule in self.rules
            if rule.type == kind and rule.jurisdiction == jurisdiction and rule.rights & {right, ALL}
            and (on is None or rule.valid_from is None or rule.valid_from <= on)
            and (rule.valid_to is None or (on is not None and on <= rule.valid_to))
        ]  # fmt: skip
        if not fitting:
            raise LookupError(f"No rule of {kind} for {right} in {jurisdiction} on {on}")
        return max(fitting, key=lambda rule: (right in rule.rights, rule.valid_from or date.min))

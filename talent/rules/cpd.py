"""Credits of continuing professional development (CPD): what counts in a cycle, what is missing, what is carried on.

Domain section 4.6. All figures are exact fractions. A scheme's version is data; which one governs a cycle is decided
by the day on which the cycle starts, and it governs the whole cycle even where the rules change later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

VERIFIED = "verified"
"""The state of an entry that counts."""


def exact(value: Any) -> Fraction:
    """A number of the data as it is meant: an integer, a decimal in a string, a fraction. Raises ValueError."""
    if isinstance(value, bool | float):
        raise ValueError(f"{value!r} is no exact number")
    return Fraction(value)


@dataclass(frozen=True)
class Category:
    """How one kind of activity counts. Caps and the minimum are credits; None means no limit.

    ``unit_size`` is how much of the unit (hours, months, articles) makes ``credits_per_unit`` credits; parts of it
    count only with ``partial_units``.
    """

    credits_per_unit: Fraction
    unit_size: Fraction = Fraction(1)
    partial_units: bool = True
    cap_per_entry: Fraction | None = None
    cap_per_year: Fraction | None = None
    cap_per_cycle: Fraction | None = None
    min_per_cycle: Fraction | None = None
    evidence_required: bool = True
    unit: str = ""
    name_zh: str = ""
    name_en: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Category":
        """From a row of the data. Raises KeyError, ValueError, ZeroDivisionError for what is no rule."""
        caps = ("cap_per_entry", "cap_per_year", "cap_per_cycle", "min_per_cycle")
        size = exact(row.get("unit_size", 1))
        if size <= 0:
            raise ValueError("unit_size")
        return cls(
            credits_per_unit=exact(row["credits_per_unit"]), unit_size=size,
            partial_units=bool(row.get("partial_units", True)),
            evidence_required=bool(row.get("evidence_required", True)), unit=str(row.get("unit", "")),
            name_zh=str(row.get("name_zh", "")), name_en=str(row.get("name_en", "")),
            **{name: None if row.get(name) is None else exact(row[name]) for name in caps},
        )  # fmt: skip


@dataclass(frozen=True)
class GroupMinimum:
    """At least ``minimum`` credits from ``categories`` together."""

    label: str
    categories: tuple[str, ...]
    minimum: Fraction


@dataclass(frozen=True)
class Rules:
    """What a version asks of a cycle. ``carry_over_max`` is 0 where carrying is not allowed or not stated."""

    required: Fraction
    categories: Mapping[str, Category]
    group_minima: tuple[GroupMinimum, ...] = ()
    carry_over_max: Fraction = Fraction(0)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Rules":
        """From the data of a version. Raises KeyError, TypeError, ValueError for what is no rule."""
        groups = tuple(
            GroupMinimum(one["label"], tuple(one["categories"]), exact(one["min"]))
            for one in row.get("group_minima") or ()
        )
        categories = {key: Category.of(one) for key, one in row["categories"].items()}
        return cls(exact(row["required"]), categories, groups, exact(row.get("carry_over_max") or 0))


@dataclass(frozen=True)
class Version:
    """A version of a scheme by its validity; either end None is open, both ends are inside."""

    name: str
    valid_from: date | None
    valid_to: date | None
    rules: Rules

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Entry:
    """Something that a person did: ``quantity`` in the category's unit, ``evidence`` names its proof or is None."""

    id: Any
    category: str
    day: date
    quantity: Fraction
    evidence: str | None
    state: str


@dataclass(frozen=True)
class Credits:
    """What a cycle came to. ``rejected`` gives the first reason why an entry does not count."""

    status: str
    version: str | None = None
    category_credits: dict[str, Fraction] = field(default_factory=dict)
    entry_credits: dict[Any, Fraction] = field(default_factory=dict)
    counted_total: Fraction = Fraction(0)
    required: Fraction | None = None
    missing_total: Fraction = Fraction(0)
    missing_minima: dict[str, Fraction] = field(default_factory=dict)
    carried_in: Fraction = Fraction(0)
    carry_over: Fraction = Fraction(0)
    rejected: dict[Any, str] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return self.status == "met"


def governing(versions: Iterable[Version], cycle_start: date) -> Version | None:
    """The version that governs a cycle: valid on its first day; of several the one that began last."""
    held = [version for version in versions if version.holds_on(cycle_start)]
    return max(held, key=lambda version: version.valid_from or date.min, default=None)


def count(
    versions: Sequence[Version],
    *,
    starts_on: date,
    ends_on: date,
    entries: Iterable[Entry],
    carry_in: Fraction = Fraction(0),
    used_evidence: Iterable[str] = (),
) -> Credits:
    """Count a cycle by the version that governs it; status ``met``, ``not_met`` or ``no_version``.

    ``used_evidence`` are proofs that counted elsewhere before; ``carry_in`` credits of the cycle before.
    """
    version = governing(versions, starts_on)
    if version is None:
        return Credits(status="no_version")
    counted, rejected = _sift(entries, version.rules, starts_on, ends_on, set(used_evidence))
    return _sum(version, counted, rejected, starts_on, carry_in)


def _sift(
    entries: Iterable[Entry], rules: Rules, starts_on: date, ends_on: date, used: set[str]
) -> tuple[list[Entry], dict[Any, str]]:
    """Which entries count, in the order (day, id); of the others the first test that each fails."""
    counted: list[Entry] = []
    rejected: dict[Any, str] = {}
    for entry in sorted(entries, key=lambda one: (one.day, one.id)):
        reason = _reason(entry, rules, starts_on, ends_on, used)
        if reason:
            rejected[entry.id] = reason
            continue
        counted.append(entry)
        if entry.evidence:
            used.add(entry.evidence)
    return counted, rejected


def _reason(entry: Entry, rules: Rules, starts_on: date, ends_on: date, used: set[str]) -> str:
    if not starts_on <= entry.day <= ends_on:
        return "outside_cycle"
    category = rules.categories.get(entry.category)
    if category is None:
        return "unknown_category"
    if category.evidence_required and not entry.evidence:
        return "no_evidence"
    if entry.evidence and entry.evidence in used:
        return "duplicate"
    return "" if entry.state == VERIFIED else "not_verified"


def credits_of(category: Category, quantity: Fraction) -> Fraction:
    """Credits of one entry: whole units only unless parts count, floored per entry, then its cap."""
    units = quantity / category.unit_size
    if not category.partial_units:
        units = Fraction(units.numerator // units.denominator)
    return _capped(units * category.credits_per_unit, category.cap_per_entry)


def _capped(value: Fraction, cap: Fraction | None) -> Fraction:
    return value if cap is None else min(value, cap)


def _sum(
    version: Version, counted: Sequence[Entry], rejected: dict[Any, str], starts_on: date, carry_in: Fraction
) -> Credits:
    rules = version.rules
    by_category: dict[str, Fraction] = {}
    by_entry = {entry.id: credits_of(rules.categories[entry.category], entry.quantity) for entry in counted}
    for key, category in rules.categories.items():
        years: dict[int, Fraction] = {}
        for entry in counted:
            if entry.category == key:
                year = cycle_year(starts_on, entry.day)
                years[year] = years.get(year, Fraction(0)) + by_entry[entry.id]
        capped = sum((_capped(one, category.cap_per_year) for one in years.values()), Fraction(0))
        by_category[key] = _capped(capped, category.cap_per_cycle)
    carried = min(carry_in, rules.carry_over_max)
    total = sum(by_category.values(), carried)
    missing = {
        key: category.min_per_cycle - by_category[key]
        for key, category in rules.categories.items()
        if category.min_per_cycle is not None and by_category[key] < category.min_per_cycle
    }
    for group in rules.group_minima:
        held = sum((by_category.get(key, Fraction(0)) for key in group.categories), Fraction(0))
        if held < group.minimum:
            missing[group.label] = group.minimum - held
    met = total >= rules.required and not missing
    return Credits(
        status="met" if met else "not_met", version=version.name, category_credits=by_category,
        entry_credits=by_entry, counted_total=total, required=rules.required,
        missing_total=max(Fraction(0), rules.required - total), missing_minima=missing, carried_in=carried,
        carry_over=min(total - rules.required, rules.carry_over_max) if met else Fraction(0), rejected=rejected,
    )  # fmt: skip


def cycle_year(starts_on: date, day: date) -> int:
    """Which year of the cycle ``day`` lies in, 0 for the first; years change on anniversaries of the start."""
    passed = day.year - starts_on.year
    return passed - ((day.month, day.day) < (starts_on.month, starts_on.day))

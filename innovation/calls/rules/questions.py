"""The few questions that tell what a rubric's gates, or all of it, need to know; nothing that another answer tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules import logic

Rubric = Mapping[str, Any]
# A list of years holds the single figure of the last year too.
_LAST_OF = {
    "revenue": ("revenue_3y", "revenue_2y"),
    "sales": ("sales_3y",),
    "rd_expense": ("rd_expense_2y",),
    "revenue_2y": ("revenue_3y",),
}
_YEARS = {"revenue_2y": 2, "rd_expense_2y": 2, "revenue_3y": 3, "net_assets_3y": 3, "sales_3y": 3}
CLAIMS = "claims"
_CLAIMS = ("以下哪些符合？", "Which of these apply?")
MOST = 9
"""Before the account nobody answers more; what then stays open is not known, and the self-test asks for all."""


@dataclass(frozen=True, slots=True)
class Question:
    """``kind``: money, percent, number, boolean, choice, multi; ``years`` over 1 asks for each year, oldest first.

    The question ``claims`` is one list of everything that may be claimed; its options are facts.
    """

    key: str
    kind: str
    zh: str
    en: str
    unit: str | None = None
    years: int = 1
    options: tuple[Mapping[str, str], ...] = ()


def questions(rubric: Rubric, *, gates_alone: bool) -> tuple[Question, ...]:
    """What to ask for the gates (an officer's own judgements left out, nine at most), or for all that is computed."""
    facts: Mapping[str, Any] = rubric.get("facts", {})
    asked = [
        name for name in dict.fromkeys(_with_inputs(rubric, _read(rubric, gates_alone=gates_alone))) if name in facts
    ]
    claimed = [name for name in asked if facts[name].get("claim") and facts[name]["type"] == "boolean"]
    found = [
        _question(name, facts[name])
        for name in asked
        if name not in claimed and not any(longer in asked for longer in _LAST_OF.get(name, ()))
    ]
    if claimed:
        options = tuple({"value": name, "zh": facts[name]["zh"], "en": facts[name]["en"]} for name in claimed)
        found.insert(min(len(found), MOST - 1), Question(CLAIMS, "multi", *_CLAIMS, options=options))
    return tuple(found[:MOST] if gates_alone else found)


def with_told(rubric: Rubric, facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` with those that a longer list of years tells too."""
    found = dict(facts)
    for name, longer in _LAST_OF.items():
        for source in longer:
            years = found.get(source)
            if found.get(name) is None and name in rubric.get("facts", {}) and isinstance(years, list):
                found[name] = years[-_YEARS[name] :] if name in _YEARS else years[-1]
    return found


def _question(name: str, fact: Mapping[str, Any]) -> Question:
    kind = {"money_list": "money", "number": "percent" if fact.get("unit") == "ratio" else "number"}
    return Question(
        name, kind.get(fact["type"], fact["type"]), fact["zh"], fact["en"], fact.get("unit"), _YEARS.get(name, 1),
        tuple(fact.get("options", ())),
    )  # fmt: skip


def _read(rubric: Rubric, *, gates_alone: bool) -> Iterator[str]:
    for row in (*rubric["gates"], *([] if gates_alone else rubric.get("direct", ()))):
        if not (gates_alone and row.get("manual")):
            for key in ("rule", "waiver"):
                yield from logic.facts_of(row[key]) if row.get(key) else ()
    for group in () if gates_alone else rubric["groups"]:
        for item in group["items"]:
            yield from _item(item)


def _item(item: Mapping[str, Any]) -> Iterator[str]:
    for one in (item, *item.get("of", ())):
        if "fact" in one:
            yield one["fact"]
        for band in one.get("bands", ()):
            yield from logic.facts_of(band["when"]) if "when" in band else ()


def _with_inputs(rubric: Rubric, names: Iterator[str]) -> Iterator[str]:
    """A derived fact is asked by what it comes from."""
    for name in names:
        rule = rubric.get("derived", {}).get(name)
        yield from rule["args"] if rule else (name,)

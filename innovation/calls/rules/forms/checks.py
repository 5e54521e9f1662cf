"""The check of a form's definition: everything that is wrong with it, each with its JSON path, for the editor."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.ages import tells_age
from innovation.calls.rules.exact import day, number
from innovation.calls.rules.forms import shape
from innovation.calls.rules.formula import check_formula, names_of
from innovation.calls.rules.workflow import STATES
from innovation.core.money import Unit

_SOURCE = re.compile(r"typed|computed|profile:[a-z][a-z0-9_.]{0,60}")
_COUNTS = frozenset(
    {"min_length", "max_length", "decimals", "min_chosen", "max_chosen", "min_rows", "max_rows", "max_files"}
)
_FLAGS = ("evidence_required", "personal_data", "identifying")
_ENDING = re.compile(r"[a-z0-9]{1,8}")
LONGEST_LABEL = 500


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """What is wrong with a definition: JSON path (``$.sections[0].fields[2].formula``), code, facts.

    Codes: ``not_a_form``, ``unknown_key``, ``wrong_key``, ``duplicate_key``, ``no_text``, ``unknown_type``,
    ``unknown_state``, ``wrong_source``, ``wrong_unit``, ``wrong_limit``, ``no_options``, ``duplicate_option``,
    ``no_columns``, ``wrong_column``, ``not_yes_no``, ``formula_<code>`` (see FormulaError; ``position`` in facts),
    ``formula_field``, ``formula_cycle``, ``rule_<code>`` (see RuleFault), ``condition_cycle``, ``wrong_level``,
    ``scores_age``, ``too_large``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def check_definition(content: object) -> tuple[DefinitionFault, ...]:
    """Everything that is wrong with the content of a form, empty when it may be published.

    A rule or formula that judges by age is refused unless ``legal_basis`` names what allows it (invariant 12).
    """
    shape_faults = tuple(_shape_faults(content))
    if shape_faults or not isinstance(content, Mapping):
        return shape_faults
    types = shape.fact_types(content)
    faults = [*_duplicates(content), *_formula_faults(content, types), *_rule_faults(content, types)]
    return tuple(faults or [*_cycles(content), *_age_faults(content)])


def _fault(path: str, code: str, **facts: Any) -> DefinitionFault:
    return DefinitionFault(path, code, facts)


def _places(content: shape.Content) -> Iterator[tuple[str, shape.Section, shape.Field]]:
    for at, section in enumerate(content["sections"]):
        for place, field in enumerate(section["fields"]):
            yield f"$.sections[{at}].fields[{place}]", section, field


def _shape_faults(content: object) -> Iterator[DefinitionFault]:
    """What must hold before anything else can be looked at."""
    if not isinstance(content, Mapping) or not isinstance(content.get("sections"), list) or not content["sections"]:
        yield _fault("$", "not_a_form")
        return
    yield from _unknown_keys("$", content, shape.FORM_KEYS)
    sections = content["sections"]
    sizes = [len(one["fields"]) for one in sections if isinstance(one, Mapping) and isinstance(one.get("fields"), list)]
    if len(sections) > shape.MOST_SECTIONS or sum(sizes) > shape.MOST_FIELDS:
        yield _fault("$", "too_large", sections=shape.MOST_SECTIONS, fields=shape.MOST_FIELDS)
        return
    for at, section in enumerate(sections):
        path = f"$.sections[{at}]"
        if not isinstance(section, Mapping) or not isinstance(section.get("fields"), list) or not section["fields"]:
            yield _fault(path, "not_a_form")
            continue
        yield from _unknown_keys(path, section, shape.SECTION_KEYS)
        yield from _key_fault(path, section)
        yield from _text_faults(f"{path}.title", section.get("title"))
        yield from _text_faults(f"{path}.help", section.get("help"), needed=False)
        for place, field in enumerate(section["fields"]):
            yield from _field_faults(f"{path}.fields[{place}]", field, shape.TYPES)
    yield from _rule_shapes(content.get("rules", []))


def _field_faults(path: str, field: Any, types: Collection[str]) -> Iterator[DefinitionFault]:
    if not isinstance(field, Mapping):
        yield _fault(path, "not_a_form")
        return
    yield from _unknown_keys(path, field, shape.FIELD_KEYS)
    yield from _key_fault(path, field)
    yield from _text_faults(f"{path}.label", field.get("label"))
    yield from _text_faults(f"{path}.help", field.get("help"), needed=False)
    if not isinstance(field.get("type"), str) or field["type"] not in types:
        yield _fault(f"{path}.type", "unknown_type", type=str(field.get("type")), allowed=sorted(types))
        return
    for name in ("required_at", "visible_at", "editable_at"):
        states = field.get(name) or []
        if not isinstance(states, list) or any(state not in STATES for state in states):
            yield _fault(f"{path}.{name}", "unknown_state", allowed=list(STATES))
    yield from (
        _fault(f"{path}.{name}", "not_yes_no") for name in _FLAGS if not isinstance(field.get(name, False), bool | None)
    )
    source = field.get("source", "typed")
    if (
        not isinstance(source, str)
        or not _SOURCE.fullmatch(source)
        or (source == "computed") != bool(field.get("formula"))
    ):
        yield _fault(f"{path}.source", "wrong_source")
    elif source == "computed" and field["type"] not in shape.NUMERIC:
        yield _fault(f"{path}.type", "unknown_type", type=field["type"], allowed=sorted(shape.NUMERIC))
    unit = field.get("unit")
    if unit is not None and not _is_unit(unit, field["type"]):
        yield _fault(f"{path}.unit", "wrong_unit", allowed=list(Unit.values))
    column = field.get("column")
    if column is not None and field["type"] not in shape.COLUMNS.get(str(column), frozenset()):
        yield _fault(f"{path}.column", "wrong_column", column=str(column), allowed=sorted(shape.COLUMNS))
    yield from _limit_faults(path, field)
    yield from _option_faults(path, field)
    if field["type"] == "table":
        yield from _table_faults(path, field)


def _is_unit(unit: Any, kind: str) -> bool:
    """A unit of money by its code; elsewhere a word, or one in each language."""
    if kind == "money":
        return isinstance(unit, str) and unit in Unit.values
    return isinstance(unit, str) or (
        isinstance(unit, Mapping) and unit.keys() <= {"en", "zh"} and all(isinstance(one, str) for one in unit.values())
    )


def _limit_faults(path: str, field: shape.Field) -> Iterator[DefinitionFault]:
    limits = field.get("limits") or {}
    allowed = shape.LIMITS.get(field["type"], frozenset())
    if field.get("evidence_required"):
        allowed |= shape.EVIDENCE_LIMITS
    if not isinstance(limits, Mapping):
        yield _fault(f"{path}.limits", "wrong_limit")
        return
    for name, value in limits.items():
        if name not in allowed or not _is_limit(field["type"], name, value):
            yield _fault(f"{path}.limits.{name}", "wrong_limit", allowed=sorted(allowed))
            return
    read = day if field["type"] == "date" else number
    for low, high in (
        ("min", "max"),
        ("min_length", "max_length"),
        ("min_rows", "max_rows"),
        ("min_chosen", "max_chosen"),
    ):
        least, most = read(limits.get(low)), read(limits.get(high))
        if least is not None and most is not None and least > most:  # type: ignore[operator]  # both of one kind
            yield _fault(f"{path}.limits.{high}", "wrong_limit", least=str(limits[low]))


def _is_limit(kind: str, name: str, value: Any) -> bool:
    if value is None:
        return True
    if name == "types":
        return isinstance(value, list) and all(isinstance(one, str) and _ENDING.fullmatch(one) for one in value)
    if name in _COUNTS or (name in {"min", "max"} and kind in {"money", "trl"}):
        return isinstance(value, int) and not isinstance(value, bool) and (value >= 0 or kind == "money")
    if name == "max_mb":
        size = number(value)
        return size is not None and size > 0
    return (day(value) if kind == "date" else number(value)) is not None


def _option_faults(path: str, field: shape.Field) -> Iterator[DefinitionFault]:
    if field["type"] not in shape.CHOOSING:
        return
    options = field.get("options")
    if not isinstance(options, list) or not options:
        yield _fault(f"{path}.options", "no_options")
        return
    seen = set()
    for place, option in enumerate(options):
        where = f"{path}.options[{place}]"
        if not isinstance(option, Mapping) or not isinstance(option.get("value"), str) or not option["value"]:
            yield _fault(where, "no_options")
            continue
        if option["value"] in seen:
            yield _fault(where, "duplicate_option", value=option["value"])
        seen.add(option["value"])
        yield from _text_faults(f"{where}.label", option.get("label"))


def _table_faults(path: str, field: shape.Field) -> Iterator[DefinitionFault]:
    columns = field.get("columns")
    if not isinstance(columns, list) or not columns:
        yield _fault(f"{path}.columns", "no_columns")
        return
    keys = [column.get("key") for column in columns if isinstance(column, Mapping)]
    for place, column in enumerate(columns):
        where = f"{path}.columns[{place}]"
        yield from _field_faults(where, column, shape.TYPES - shape.NOT_IN_TABLES)
        if isinstance(column, Mapping):
            if keys.index(column.get("key")) < place:
                yield _fault(f"{where}.key", "duplicate_key", key=str(column.get("key")))
            if column.get("formula") or column.get("visible_when") or column.get("column"):
                yield _fault(where, "wrong_column", column=str(column.get("key")), allowed=[])


def _rule_shapes(rules: Any) -> Iterator[DefinitionFault]:
    if not isinstance(rules, list):
        yield _fault("$.rules", "not_a_form")
        return
    for place, rule in enumerate(rules):
        path = f"$.rules[{place}]"
        if not isinstance(rule, Mapping):
            yield _fault(path, "not_a_form")
            continue
        yield from _unknown_keys(path, rule, shape.RULE_KEYS)
        yield from _key_fault(path, rule)
        yield from _text_faults(f"{path}.message", rule.get("message"))
        if rule.get("level", "error") not in shape.LEVELS:
            yield _fault(f"{path}.level", "wrong_level", allowed=list(shape.LEVELS))


def _unknown_keys(path: str, part: Mapping[str, Any], known: frozenset[str]) -> Iterator[DefinitionFault]:
    return (_fault(f"{path}.{key}", "unknown_key", key=str(key)) for key in part if key not in known)


def _key_fault(path: str, part: Mapping[str, Any]) -> Iterator[DefinitionFault]:
    if not isinstance(part.get("key"), str) or not shape.KEY.fullmatch(part["key"]):
        yield _fault(f"{path}.key", "wrong_key", key=str(part.get("key")))


def _text_faults(path: str, text: Any, *, needed: bool = True) -> Iterator[DefinitionFault]:
    """Text in both languages; a help text may be absent."""
    if text is None and not needed:
        return
    words = [text.get(language) for language in ("en", "zh")] if isinstance(text, Mapping) else []
    complete = len(words) > 0 and all(isinstance(word, str) and (word.strip() or not needed) for word in words)
    if not complete or any(
        len(word) > LONGEST_LABEL * (1 if needed else 10) for word in words if isinstance(word, str)
    ):
        yield _fault(path, "no_text")


def _duplicates(content: shape.Content) -> Iterator[DefinitionFault]:
    everything: Iterable[tuple[str, str, Any]] = chain(
        ((f"$.sections[{at}].key", "section", one["key"]) for at, one in enumerate(content["sections"])),
        ((f"{path}.key", "field", field["key"]) for path, _section, field in _places(content)),
        ((f"$.rules[{at}].key", "rule", one["key"]) for at, one in enumerate(content.get("rules", []))),
        (
            (f"{path}.column", "column", field["column"])
            for path, _section, field in _places(content)
            if field.get("column")
        ),
    )
    seen = set()
    for path, kind, key in everything:
        if (kind, key) in seen:
            yield _fault(path, "duplicate_key", key=key)
        seen.add((kind, key))


def _formula_faults(content: shape.Content, types: Mapping[str, str]) -> Iterator[DefinitionFault]:
    columns = {
        f"{field['key']}.{column['key']}": column["type"]
        for _path, _section, field in _places(content)
        if field["type"] == "table"
        for column in field["columns"]
    }
    readable = shape.NUMERIC | {"date", "table"}
    for path, _section, field in _places(content):
        if not shape.is_computed(field):
            continue
        if (wrong := check_formula(field["formula"])) is not None:
            yield _fault(f"{path}.formula", f"formula_{wrong.code}", position=wrong.position, **wrong.facts)
            continue
        for name in names_of(field["formula"]):
            if ({**types, **columns}).get(name) not in readable:
                yield _fault(f"{path}.formula", "formula_field", name=name)


def _conditions(content: shape.Content) -> Iterator[tuple[str, Any]]:
    """Every rule of the form with its path."""
    for at, section in enumerate(content["sections"]):
        if section.get("visible_when") is not None:
            yield f"$.sections[{at}].visible_when", section["visible_when"]
    for path, _section, field in _places(content):
        if field.get("visible_when") is not None:
            yield f"{path}.visible_when", field["visible_when"]
    for at, rule in enumerate(content.get("rules", [])):
        yield f"$.rules[{at}].rule", rule.get("rule")


def _rule_faults(content: shape.Content, types: Mapping[str, str]) -> Iterator[DefinitionFault]:
    for path, rule in _conditions(content):
        for wrong in logic.check_rule(rule, types):
            yield _fault(path + wrong.path.removeprefix("$"), f"rule_{wrong.code}", **wrong.facts)


def _cycles(content: shape.Content) -> Iterator[DefinitionFault]:
    """Formulas that wait for themselves; conditions that hide what they read."""
    formulas = {
        field["key"]: {name.partition(".")[0] for name in names_of(field["formula"])}
        for _path, _section, field in _places(content)
        if shape.is_computed(field)
    }
    conditions: dict[str, set[str]] = {}
    for _path, section, field in _places(content):
        rules = [rule for rule in (section.get("visible_when"), field.get("visible_when")) if rule is not None]
        conditions[field["key"]] = {name for rule in rules for name in logic.facts_of(rule)} | formulas.get(
            field["key"], set()
        )
    for path, _section, field in _places(content):
        if field["key"] in _followed(formulas, field["key"]):
            yield _fault(f"{path}.formula", "formula_cycle", key=field["key"])
        elif field["key"] in _followed(conditions, field["key"]):
            yield _fault(f"{path}.visible_when", "condition_cycle", key=field["key"])


def _followed(reads: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = reads.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def _age_faults(content: shape.Content) -> Iterator[DefinitionFault]:
    if str(content.get("legal_basis") or "").strip():
        return
    ages = {
        field["key"]
        for _path, _section, field in _places(content)
        if tells_age(field["key"], (field["label"]["en"], field["label"]["zh"]))
        or any(
            tells_age(column["key"], (column["label"]["en"], column["label"]["zh"]))
            for column in field.get("columns") or ()
        )
    }
    for at, rule in enumerate(content.get("rules", [])):
        for name in logic.facts_of(rule["rule"]):
            if name in ages:
                yield _fault(f"$.rules[{at}].rule", "scores_age", field=name)
    for path, _section, field in _places(content):
        if shape.is_computed(field) and {name.partition(".")[0] for name in names_of(field["formula"])} & ages:
            yield _fault(f"{path}.formula", "scores_age", field=field["key"])

"""One answer: from what a person or a client sent to what is stored, and whether what is stored is in order."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from innovation.calls.rules.exact import Json, day, decimal_text, is_empty, number
from innovation.calls.rules.forms.shape import CHOOSING, CODED, REFERENCES, WRITTEN, Field, limit
from innovation.core.errors import RuleViolation
from innovation.core.identifiers import check_uscc
from innovation.core.money import MAX_FEN, Unit, parse_amount, parse_fen, to_fen

TYPED = "typed"
LONGEST_WORD = 300
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_CODES = {"industry": re.compile(r"[A-T](?:[0-9]{2,4})?"), "division": re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")}
_YES = frozenset({"true", "yes", "on", "1", "是"})
_NO = frozenset({"false", "no", "off", "0", "否"})
_REFERENCE_KEYS = {
    "organisation": ("id", "name", "uscc"),
    "person": ("id", "name", "number"),
    "ip_right": ("id", "name", "number"),
}
_MONEY_CODES = {"MONEY_FRACTION_OF_FEN": "too_many_decimals", "MONEY_RANGE": "too_large", "MONEY_UNIT": "wrong_unit"}


@dataclass(frozen=True, slots=True)
class ValueFault:
    """What is wrong with an answer; ``row`` (from 0) and ``column`` where it stands in a table.

    Codes: ``not_a_number``, ``not_an_amount``, ``wrong_unit``, ``too_many_decimals``, ``too_small``, ``too_large``,
    ``too_short``, ``too_long``, ``not_a_date``, ``not_yes_no``, ``not_a_choice``, ``too_few_chosen``,
    ``too_many_chosen``, ``not_a_table``, ``too_few_rows``, ``too_many_rows``, ``not_a_reference``, ``wrong_code``,
    ``wrong_uscc``, ``not_text``, ``computed``, ``stored_apart``, ``missing`` (a column of a row),
    and ``resident_id`` (such an answer is not stored).
    """

    code: str
    facts: Mapping[str, Any] = part(default_factory=dict)
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """``value`` can always be stored, None for an empty answer; ``faults`` say what is wrong with it."""

    value: Json
    faults: tuple[ValueFault, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.faults


class _Unreadable(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.fault = ValueFault(code, facts)


def parse_value(field: Field, raw: Any) -> Parsed:
    """The stored form of ``raw`` for ``field``, with its faults.

    ``raw`` is text as typed, or JSON of an import or client. Money is text in the field's unit (or naming its own),
    ``{"amount": text, "unit": "yuan" | "wan" | "yi"}``, or ``{"fen": n}``; a table is a list of rows. What cannot be
    read comes back as ``{"typed": text}``, so that a draft keeps it.
    """
    if field["type"] == "table":
        return _table(field, raw)
    if is_empty(raw) or (isinstance(raw, Mapping) and all(is_empty(one) for one in raw.values())):
        return Parsed(None)
    try:
        value = _read(field, raw)
    except _Unreadable as error:
        return Parsed({TYPED: _shown(raw)}, (error.fault,))
    return Parsed(value, check_value(field, value))


def check_value(field: Field, value: Json) -> tuple[ValueFault, ...]:
    """What is wrong with a stored answer: its form and its limits. An empty answer is in order here."""
    if is_empty(value):
        return ()
    if isinstance(value, Mapping) and TYPED in value:
        return (_unreadable(field, value[TYPED]),)
    if field["type"] == "table":
        return _table_faults(field, value)
    if not _has_form(field, value):
        return (ValueFault(_FORM_FAULT.get(field["type"], "not_text")),)
    return tuple(_limit_faults(field, value))


def _unreadable(field: Field, typed: Any) -> ValueFault:
    """Why what was kept as typed could not be read, told again with its own code."""
    try:
        if field["type"] in _READERS:
            _read(field, typed)
    except _Unreadable as error:
        return error.fault
    return ValueFault(_FORM_FAULT.get(field["type"], "not_text"))


def computed_value(field: Field, exact: Fraction | None) -> Json:
    """The stored form of a computed figure: whole fen (half up), else decimal text with at most six decimals."""
    if exact is None:
        return None
    return int(decimal_text(exact, 0)) if field["type"] in {"money", "trl"} else decimal_text(exact)


def _read(field: Field, raw: Any) -> Json:
    reader = _READERS.get(field["type"])
    if reader is None:
        raise _Unreadable("stored_apart")
    return reader(field, raw)


def _plain(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal | float):
        raise _Unreadable("not_text")
    text = str(raw) if not isinstance(raw, float) else format(Decimal(repr(raw)), "f")
    return unicodedata.normalize("NFKC", text).strip()


def _text(field: Field, raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise _Unreadable("not_text")
    text = str(raw).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    return text if field["type"] == "long_text" else " ".join(text.split())


def _number(_field: Field, raw: Any) -> str:
    try:
        exact = parse_amount(_plain(raw).removesuffix("%"))
    except (RuleViolation, _Unreadable):
        raise _Unreadable("not_a_number", typed=_shown(raw)) from None
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _whole(field: Field, raw: Any) -> int:
    text = _number(field, raw)
    if "." in text:
        raise _Unreadable("not_a_number", typed=_shown(raw))
    return int(text)


def _money(field: Field, raw: Any) -> int:
    try:
        if isinstance(raw, Mapping):
            if isinstance(raw.get("fen"), int) and not isinstance(raw["fen"], bool):
                return to_fen(Decimal(raw["fen"]) / 100, Unit.YUAN)
            return parse_fen(_plain(raw.get("amount")), Unit.from_text(str(raw.get("unit") or "")))
        text = _plain(raw)
        named = re.search(r"[^0-9.,\s]*$", text)
        word = named.group() if named else ""
        unit = Unit.from_text(word) if word else Unit(field.get("unit") or "yuan")
        return parse_fen(text, unit)
    except RuleViolation as refused:
        raise _Unreadable(_MONEY_CODES.get(refused.code, "not_an_amount"), typed=_shown(raw)) from None
    except _Unreadable:
        raise _Unreadable("not_an_amount", typed=_shown(raw)) from None


def _date(_field: Field, raw: Any) -> str:
    if (known := day(raw)) is not None:
        return known.isoformat()
    match = _DATE.fullmatch(_plain(raw)) if isinstance(raw, str) else None
    try:
        return date(*(int(number) for number in match.groups())).isoformat() if match else _no_date(raw)
    except ValueError:
        return _no_date(raw)


def _no_date(raw: Any) -> str:
    raise _Unreadable("not_a_date", typed=_shown(raw))


def _yes_no(_field: Field, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = str(raw).strip().casefold()
    if text not in _YES | _NO:
        raise _Unreadable("not_yes_no", typed=_shown(raw))
    return text in _YES


def _chosen(field: Field, raw: Any) -> Json:
    known = [option["value"] for option in field.get("options", ())]
    wanted = raw if isinstance(raw, list | tuple) else [raw]
    strange = [one for one in wanted if one not in known and not is_empty(one)]
    if strange or (field["type"] == "choice" and len(wanted) != 1):
        raise _Unreadable("not_a_choice", typed=_shown(strange[0] if strange else raw))
    if field["type"] == "choice":
        return wanted[0]
    return [value for value in known if value in wanted]


def _code(field: Field, raw: Any) -> str:
    text = _plain(raw).upper()
    if not _CODES[field["type"]].fullmatch(text):
        raise _Unreadable("wrong_code", typed=_shown(raw))
    return text


def _reference(field: Field, raw: Any) -> dict[str, Any]:
    if isinstance(raw, str):
        return {"name": " ".join(raw.split())}
    if not isinstance(raw, Mapping) or isinstance(raw.get("id"), bool):
        raise _Unreadable("not_a_reference")
    kept: dict[str, Any] = {}
    for key in _REFERENCE_KEYS[field["type"]]:
        value = raw.get(key)
        if is_empty(value):
            continue
        text = str(value)
        kept[key] = int(text) if key == "id" and text.isdecimal() else " ".join(str(value).split())
    if kept.get("uscc"):
        kept["uscc"] = check_uscc(kept["uscc"]).normalised
    if not kept:
        raise _Unreadable("not_a_reference")
    return kept


_READERS: dict[str, Callable[[Field, Any], Json]] = {
    **dict.fromkeys(WRITTEN, _text),
    **dict.fromkeys(("number", "percent"), _number),
    **dict.fromkeys(CHOOSING, _chosen),
    **dict.fromkeys(CODED, _code),
    **dict.fromkeys(REFERENCES, _reference),
    "money": _money,
    "date": _date,
    "yes_no": _yes_no,
    "trl": _whole,
}


def _table(field: Field, raw: Any) -> Parsed:
    if is_empty(raw):
        return Parsed(None)
    if not isinstance(raw, Sequence) or isinstance(raw, str) or any(not isinstance(row, Mapping) for row in raw):
        return Parsed({TYPED: _shown(raw)}, (ValueFault("not_a_table"),))
    rows: list[dict[str, Json]] = []
    for sent in raw:
        row = {column["key"]: parse_value(column, sent.get(column["key"])).value for column in field["columns"]}
        if not all(is_empty(cell) for cell in row.values()):
            rows.append(row)
    return Parsed(rows or None, _table_faults(field, rows))


def _table_faults(field: Field, rows: Json) -> tuple[ValueFault, ...]:
    if is_empty(rows):
        return ()
    if not isinstance(rows, list) or any(not isinstance(row, Mapping) for row in rows):
        return (ValueFault("not_a_table"),)
    faults: list[ValueFault] = []
    least, most = limit(field, "min_rows"), limit(field, "max_rows")
    if most is not None and len(rows) > most:
        faults.append(ValueFault("too_many_rows", {"most": most, "rows": len(rows)}))
    if least is not None and len(rows) < least:
        faults.append(ValueFault("too_few_rows", {"least": least, "rows": len(rows)}))
    for place, row in enumerate(rows):
        for column in field["columns"]:
            cell = row.get(column["key"])
            if is_empty(cell) and column.get("required_at"):
                faults.append(ValueFault("missing", {}, place, column["key"]))
            faults += [ValueFault(one.code, one.facts, place, column["key"]) for one in check_value(column, cell)]
    return tuple(faults)


_FORM_FAULT = {
    "number": "not_a_number", "percent": "not_a_number", "trl": "not_a_number", "money": "not_an_amount",
    "date": "not_a_date", "yes_no": "not_yes_no", "choice": "not_a_choice", "multi": "not_a_choice",
    "industry": "wrong_code", "division": "wrong_code", "organisation": "not_a_reference",
    "person": "not_a_reference", "ip_right": "not_a_reference", "table": "not_a_table", "file": "stored_apart",
}  # fmt: skip


def _has_form(field: Field, value: Json) -> bool:
    """Whether a stored value has the form of its type; the options of today are what counts for a choice."""
    kind = field["type"]
    if kind in {"money", "trl"}:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_FEN
    try:
        return bool(_read(field, value) == value)
    except _Unreadable:
        return False


def _limit_faults(field: Field, value: Json) -> list[ValueFault]:
    kind = field["type"]
    faults: list[ValueFault] = []
    if kind in WRITTEN:
        faults += _outside(len(value), limit(field, "min_length"), limit(field, "max_length"), "too_short", "too_long")
    elif kind == "multi":
        least, most = limit(field, "min_chosen"), limit(field, "max_chosen")
        faults += _outside(len(value), least, most, "too_few_chosen", "too_many_chosen")
    elif kind in {"number", "percent", "money", "trl", "date"}:
        read = day if kind == "date" else number
        faults += _outside(read(value), read(limit(field, "min")), read(limit(field, "max")), "too_small", "too_large")
    decimals = limit(field, "decimals")
    if decimals is not None and kind in {"number", "percent"} and len(value.partition(".")[2]) > decimals:
        faults.append(ValueFault("too_many_decimals", {"most": decimals}))
    if kind == "organisation" and value.get("uscc") and not (code := check_uscc(value["uscc"])).valid:
        faults.append(ValueFault("wrong_uscc", {"reason": code.reason}))
    if kind in REFERENCES and any(len(str(one)) > LONGEST_WORD for one in value.values()):
        faults.append(ValueFault("too_long", {"most": LONGEST_WORD}))
    return faults


def _outside(actual: Any, least: Any, most: Any, low: str, high: str) -> list[ValueFault]:
    if least is not None and actual < least:
        return [ValueFault(low, {"least": _plainly(least)})]
    return [ValueFault(high, {"most": _plainly(most)})] if most is not None and actual > most else []


def _plainly(value: Any) -> str | int:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else decimal_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _shown(raw: Any) -> str:
    return str(raw)[:2000]

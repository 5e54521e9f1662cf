"""Computed fields: a small arithmetic language, read by its own parser and computed exactly.

``requested_fen / total_fen * 100``, ``sum(costs.amount)``, ``count(partners)``, ``min(a, b)``, ``max(a, b)``,
``years_between(founded_on, closes_on)`` (whole years). Names are keys of fields, ``table.column`` is a column of a
table. Nothing else exists in the language; no text is ever executed.

A missing input makes the result not known (None), and so does a division by zero; a missing input never becomes 0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from innovation.calls.rules.exact import day, number

LONGEST = 500
DEEPEST = 25
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,18}(?:\.[0-9]{1,18})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)"
    r"|(?P<sign>[-+*/(),]))"
)
# Function → smallest and largest number of arguments; None is any number.
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "sum": (1, 1),
    "count": (1, 1),
    "min": (1, None),
    "max": (1, None),
    "years_between": (2, 2),
}
_COLUMN_READERS = frozenset({"sum", "min", "max"})


class FormulaError(ValueError):
    """A formula cannot be read. ``position`` counts characters from 0.

    ``code``: ``empty``, ``too_long``, ``too_deep``, ``unexpected``, ``unknown_function``, ``arguments``,
    ``column_outside_function``; ``facts`` holds the words that it is about.
    """

    def __init__(self, code: str, position: int, **facts: Any) -> None:
        super().__init__(f"{code} at {position}")
        self.code = code
        self.position = position
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A field, or ``table.column``."""

    path: str
    position: int


@dataclass(frozen=True, slots=True)
class Minus:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: "tuple[Node, ...]"
    position: int


Node = Number | Name | Minus | Binary | Call


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError with the position of the fault."""
    if len(text) > LONGEST:
        raise FormulaError("too_long", LONGEST, most=LONGEST)
    if not text.strip():
        raise FormulaError("empty", 0)
    return _Parser(text).whole()


def check_formula(text: object) -> FormulaError | None:
    """What is wrong with the formula, None when it can be read."""
    if not isinstance(text, str):
        return FormulaError("empty", 0)
    try:
        parse(text)
    except FormulaError as fault:
        return fault
    return None


def names_of(text: str) -> tuple[str, ...]:
    """The fields and ``table.column`` pairs that a formula reads, each once, in order. Raises FormulaError."""
    return tuple(dict.fromkeys(_names(parse(text))))


def calculate(text: str, values: Mapping[str, Any]) -> Fraction | None:
    """The exact result of a formula on ``values`` (field → stored answer, table → list of rows); None is not known.

    Raises FormulaError for a formula that cannot be read.
    """
    return _value(parse(text), values)


class _Parser:
    """Recursive descent: sum of products of signed terms."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0
        self.end = len(text)

    def whole(self) -> Node:
        node = self.sums()
        if self.place < len(self.tokens):
            raise self.unexpected()
        return node

    def sums(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError("too_deep", self.position, deepest=DEEPEST)
        node = self.products()
        while (sign := self.take("+", "-")) is not None:
            node = Binary(sign, node, self.products())
        self.depth -= 1
        return node

    def products(self) -> Node:
        node = self.signed()
        while (sign := self.take("*", "/")) is not None:
            node = Binary(sign, node, self.signed())
        return node

    def signed(self) -> Node:
        minus = False
        while (sign := self.take("-", "+")) is not None:
            minus ^= sign == "-"
        node = self.term()
        return Minus(node) if minus else node

    def term(self) -> Node:
        if self.take("(") is not None:
            node = self.sums()
            self.expect(")")
            return node
        token = self.next()
        if token.kind == "number":
            return Number(Fraction(token.text))
        if token.kind != "name":
            self.place -= 1
            raise self.unexpected()
        if self.take("(") is not None:
            return self.call(token)
        if "." in token.text:
            raise FormulaError("column_outside_function", token.position, name=token.text)
        return Name(token.text, token.position)

    def call(self, token: _Token) -> Node:
        if token.text not in FUNCTIONS:
            raise FormulaError("unknown_function", token.position, name=token.text)
        arguments: list[Node] = [self.argument(token.text)]
        while self.take(",") is not None:
            arguments.append(self.argument(token.text))
        self.expect(")")
        least, most = FUNCTIONS[token.text]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise FormulaError("arguments", token.position, name=token.text, least=least, most=most)
        first = arguments[0]
        if token.text in {"sum", "count"} and not (
            isinstance(first, Name) and ("." in first.path) is (token.text == "sum")
        ):
            raise FormulaError("arguments", token.position, name=token.text, least=least, most=most)
        return Call(token.text, tuple(arguments), token.position)

    def argument(self, function: str) -> Node:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is not None and token.kind == "name" and "." in token.text and function in _COLUMN_READERS:
            self.place += 1
            return Name(token.text, token.position)
        return self.sums()

    @property
    def position(self) -> int:
        return self.tokens[self.place].position if self.place < len(self.tokens) else self.end

    def next(self) -> _Token:
        if self.place >= len(self.tokens):
            raise self.unexpected()
        self.place += 1
        return self.tokens[self.place - 1]

    def take(self, *signs: str) -> str | None:
        if self.place < len(self.tokens) and self.tokens[self.place].text in signs:
            self.place += 1
            return self.tokens[self.place - 1].text
        return None

    def expect(self, sign: str) -> None:
        if self.take(sign) is None:
            raise self.unexpected(sign)

    def unexpected(self, wanted: str | None = None) -> FormulaError:
        found = self.tokens[self.place].text if self.place < len(self.tokens) else ""
        return FormulaError("unexpected", self.position, found=found, wanted=wanted)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise FormulaError("unexpected", start, found=text[start], wanted=None)
        kind = match.lastgroup
        yield _Token(kind, match.group(kind), match.start(kind))
        place = match.end()


def _names(node: Node) -> Iterator[str]:
    match node:
        case Name(path):
            yield path
        case Minus(operand):
            yield from _names(operand)
        case Binary(_, left, right):
            yield from _names(left)
            yield from _names(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from _names(argument)


def _value(node: Node, values: Mapping[str, Any]) -> Fraction | None:
    match node:
        case Number(value):
            return value
        case Name(path):
            return number(values.get(path))
        case Minus(operand):
            inner = _value(operand, values)
            return None if inner is None else -inner
        case Binary(sign, left, right):
            return _binary(sign, _value(left, values), _value(right, values))
        case Call(function, arguments):
            return _call(function, arguments, values)


def _binary(sign: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None:
        return None
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    return None if right == 0 else left / right


def _call(function: str, arguments: tuple[Node, ...], values: Mapping[str, Any]) -> Fraction | None:
    if function == "years_between":
        return _years(*(_day(argument, values) for argument in arguments))
    if function == "count":
        rows = values.get(arguments[0].path) if isinstance(arguments[0], Name) else None
        return Fraction(len(rows)) if isinstance(rows, list) else None
    found: list[Fraction | None] = []
    for argument in arguments:
        if isinstance(argument, Name) and "." in argument.path:
            found += _column(argument.path, values)
        else:
            found.append(_value(argument, values))
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    if function == "sum":
        return sum(known, Fraction(0))
    return (min(known) if function == "min" else max(known)) if known else None


def _column(path: str, values: Mapping[str, Any]) -> list[Fraction | None]:
    """The cells of a column; one unknown cell where the table itself is missing or no table."""
    table, column = path.split(".")
    rows = values.get(table)
    if not isinstance(rows, list):
        return [None]
    return [number(row.get(column)) if isinstance(row, Mapping) else None for row in rows]


def _day(node: Node, values: Mapping[str, Any]) -> date | None:
    return day(values.get(node.path)) if isinstance(node, Name) else None


def _years(start: date | None, end: date | None) -> Fraction | None:
    """Whole years from ``start`` to ``end``, negative when ``end`` is earlier; 29 February ends on 1 March."""
    if start is None or end is None:
        return None
    if end < start:
        back = _years(end, start)
        return None if back is None else -back
    return Fraction(end.year - start.year - ((end.month, end.day) < (start.month, start.day)))

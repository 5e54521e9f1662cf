"""Rules as a person writes them: ``own_share >= 50 and not (stage == "pilot" or unfinished > 2)``.

Names stand for facts. ``and or not ( )`` and ``>= > <= < == !=`` are all there is; the words 且 或 非 and the signs
≥ ≤ ≠ = are read too. A value is a number, text in quotes, true, false, or the name of another fact.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from innovation.calls.rules.logic import OPERATORS

Rule = Mapping[str, Any]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![A-Za-z_])"""
    r"""|(?P<op>>=|<=|==|!=|[><=≥≤≠])|(?P<bracket>[()（）])|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<word>[且或非]))"""
)
_WORDS = {"且": "and", "或": "or", "非": "not"}
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "!=", "=": "=="}
_BRACKETS = {"（": "(", "）": ")"}
_SPOKEN: dict[str, bool] = {"true": True, "false": False}
Token = tuple[str, str, int]
END: Token = ("end", "", -1)


class RuleTextError(ValueError):
    """The text is no rule; ``position`` counts from 0, at the end of the text it is its length."""

    def __init__(self, position: int) -> None:
        super().__init__(f"no rule at {position}")
        self.position = position


def rule_from_text(text: str) -> dict[str, Any] | None:
    """The rule that ``text`` writes, None for blank text. Raises RuleTextError with the place that cannot be read."""
    tokens = list(_tokens(text))
    if not tokens:
        return None
    reader = _Reader(tokens, len(text))
    rule = reader.any()
    if reader.here != END:
        raise RuleTextError(reader.here[2])
    return rule


def rule_to_text(rule: Rule | None) -> str:
    """The rule as it would be written; read again it means the same."""
    return "" if not rule else _written(rule, top=True)


def _written(rule: Rule, *, top: bool = False) -> str:
    if "not" in rule:
        return f"not {_written(rule['not'])}"
    for group, word in (("all", " and "), ("any", " or ")):
        if group in rule:
            text = word.join(_written(part) for part in rule[group])
            return text if top or len(rule[group]) == 1 else f"({text})"
    value = rule["other"] if "other" in rule else _value(rule.get("value"))
    return f"{rule['fact']} {rule['op']} {value}"


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise RuleTextError(place + len(text[place:]) - len(text[place:].lstrip()))
        kind = str(match.lastgroup)
        found = match[kind]
        word = _WORDS.get(found, found.casefold() if kind == "name" else found)
        if kind in {"name", "word"} and word in {"and", "or", "not"}:
            yield "word", word, match.start(kind)
        elif kind == "op":
            yield kind, _SIGNS.get(found, found), match.start(kind)
        else:
            yield kind, _BRACKETS.get(found, found), match.start(kind)
        place = match.end()


class _Reader:
    """Reads ``or`` above ``and`` above ``not``."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens, self.place, self.length = tokens, 0, length

    @property
    def here(self) -> Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else END

    def any(self) -> dict[str, Any]:
        parts = [self.all()]
        while self._take("word", "or"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else {"any": parts}

    def all(self) -> dict[str, Any]:
        parts = [self._one()]
        while self._take("word", "and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _one(self) -> dict[str, Any]:
        if self._take("word", "not"):
            return {"not": self._one()}
        if self._take("bracket", "("):
            inner = self.any()
            self._need("bracket", ")")
            return inner
        fact, op = self._need("name"), self._need("op")
        if op not in OPERATORS:
            raise RuleTextError(self._at())
        kind, text, _place = self.here
        self.place += 1
        if kind == "name" and text not in _SPOKEN:
            return {"fact": fact, "op": op, "other": text}
        if kind not in {"name", "number", "text"}:
            self.place -= 1
            raise RuleTextError(self._at())
        return {"fact": fact, "op": op, "value": _SPOKEN[text] if kind == "name" else json.loads(text)}

    def _take(self, kind: str, text: str) -> bool:
        if self.here[:2] != (kind, text):
            return False
        self.place += 1
        return True

    def _need(self, kind: str, text: str = "") -> str:
        found = self.here
        if found[0] != kind or (text and found[1] != text):
            raise RuleTextError(self._at())
        self.place += 1
        return found[1]

    def _at(self) -> int:
        return self.here[2] if self.here != END else self.length

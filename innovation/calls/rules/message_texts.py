"""Mail texts as data: subject and text in both languages, with placeholders from a fixed list.

Content::

    {"notice": "calls_status", "subject": {"en", "zh"}, "text": {"en", "zh"}}

``notice`` is the kind of notice by which people choose how they get it. A placeholder is written ``{{ number }}``;
nothing else is read in a text: no expression, no attribute, no markup.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Content = Mapping[str, Any]
PLACEHOLDERS = (
    "name", "number", "title", "call", "applicant", "state", "next_step", "due", "sent_at", "reason", "link", "contact",
    "amount",
)  # fmt: skip
LANGUAGES = ("zh", "en")
LONGEST = {"subject": 200, "text": 8000}
_KEYS = frozenset({"notice", "subject", "text"})
_MARK = re.compile(r"\{\{\s*([A-Za-z0-9_.|: ]*?)\s*\}\}")
_NOTICE = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class MessageFault:
    """Codes: ``not_a_message``, ``unknown_key``, ``wrong_key``, ``no_text``, ``too_long``, ``unknown_placeholder``,
    ``stray_brace``, ``several_lines``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """A mail with its values; ``missing`` are the placeholders for which there was none."""

    subject: str
    text: str
    missing: tuple[str, ...] = ()


def check_message(content: object) -> tuple[MessageFault, ...]:
    """Everything that is wrong with a mail text, empty when it may be published."""
    if not isinstance(content, Mapping):
        return (MessageFault("$", "not_a_message", {}),)
    return tuple(_faults(content))


def placeholders_of(content: Content) -> tuple[str, ...]:
    """The placeholders that a sound mail text reads, each once, in order."""
    texts = [content[part][language] for part in LONGEST for language in LANGUAGES]
    return tuple(dict.fromkeys(name for text in texts for name in _MARK.findall(text)))


def fill(content: Content, values: Mapping[str, Any], language: str) -> Filled:
    """The mail in ``language`` (``zh`` or ``en``) with ``values``; what is missing shows as a dash.

    Values are put in as they are, never read again: a title that looks like a placeholder stays words.
    """
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None or str(found) == "":
            missing.append(match[1])
            return "–"
        return str(found)

    subject = " ".join(_MARK.sub(value, content["subject"][language]).split())
    text = _MARK.sub(value, content["text"][language])
    return Filled(subject, text, tuple(dict.fromkeys(missing)))


def _faults(content: Content) -> Iterator[MessageFault]:
    for key in content.keys() - _KEYS:
        yield MessageFault(f"$.{key}", "unknown_key", {"key": str(key)})
    if not _NOTICE.fullmatch(str(content.get("notice"))):
        yield MessageFault("$.notice", "wrong_key", {"key": str(content.get("notice"))})
    for part, longest in LONGEST.items():
        for language in LANGUAGES:
            words = content.get(part)
            text = words.get(language) if isinstance(words, Mapping) else None
            yield from _text_faults(f"$.{part}.{language}", text, longest, one_line=part == "subject")


def _text_faults(path: str, text: Any, longest: int, *, one_line: bool) -> Iterator[MessageFault]:
    if not isinstance(text, str) or not text.strip():
        yield MessageFault(path, "no_text", {})
        return
    if len(text) > longest:
        yield MessageFault(path, "too_long", {"most": longest})
    if one_line and "\n" in text:
        yield MessageFault(path, "several_lines", {})
    for name in _MARK.findall(text):
        if name not in PLACEHOLDERS:
            yield MessageFault(path, "unknown_placeholder", {"name": name, "allowed": list(PLACEHOLDERS)})
    if "{{" in (rest := _MARK.sub("", text)) or "}}" in rest or "{%" in rest:
        yield MessageFault(path, "stray_brace", {})

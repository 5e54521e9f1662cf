"""A definition as a file: one shape for shipping, export and import, with a hash over what counts."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.definitions import Kind

FORMAT = "innovation-programme-definition"
VERSION = 1
LARGEST = 2_000_000
_KEYS = frozenset(
    {"format", "format_version", "kind", "family", "title", "source", "source_status", "content", "version", "sha256"}
)
_NEEDED = ("format", "format_version", "kind", "family", "title", "content")


@dataclass(frozen=True, slots=True)
class FileFault:
    """Codes: ``not_json``, ``too_large``, ``not_a_definition``, ``wrong_format``, ``unknown_key``, ``missing_part``,
    ``unknown_kind``, ``no_title``, ``wrong_hash``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def content_hash(kind: str, content: Any) -> str:
    """SHA-256 over kind and content, the same for any order of keys and any white space."""
    canonical = json.dumps([str(kind), content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_file(fields: Mapping[str, Any]) -> str:
    """The file of a definition; ``fields`` are those of the shape without format and hash."""
    head = {"format": FORMAT, "format_version": VERSION}
    content = {**head, **fields, "sha256": content_hash(fields["kind"], fields["content"])}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read_file(data: bytes) -> tuple[dict[str, Any] | None, tuple[FileFault, ...]]:
    """The fields of a file, or what is wrong with it. A hash that stands in it must fit; it may be left out."""
    if len(data) > LARGEST:
        return None, (FileFault("$", "too_large", {"most_mb": LARGEST // 1_000_000}),)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None, (FileFault("$", "not_json", {}),)
    if not isinstance(content, Mapping):
        return None, (FileFault("$", "not_a_definition", {}),)
    faults = tuple(_faults(content))
    return (None, faults) if faults else (dict(content), ())


def _faults(content: Mapping[str, Any]) -> Iterator[FileFault]:
    yield from (FileFault(f"$.{name}", "missing_part", {"part": name}) for name in _NEEDED if name not in content)
    yield from (FileFault(f"$.{key}", "unknown_key", {"key": str(key)}) for key in content if key not in _KEYS)
    if content.get("format") != FORMAT or content.get("format_version") != VERSION:
        yield FileFault("$.format", "wrong_format", {"format": FORMAT, "version": VERSION})
    if content.get("kind") not in list(Kind):
        yield FileFault("$.kind", "unknown_kind", {"allowed": [str(kind) for kind in Kind]})
    title = content.get("title")
    if not isinstance(title, Mapping) or not title.get("zh"):
        yield FileFault("$.title", "no_title", {})
    if "sha256" in content and content["sha256"] != content_hash(str(content.get("kind")), content.get("content")):
        yield FileFault("$.sha256", "wrong_hash", {})

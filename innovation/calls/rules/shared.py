"""What applicants who should not know each other have in common: read from answers by field, compared in plain form.

A field counts by the end of its key, so that forms which the office makes count as the shipped ones do:
``contact_phone`` is a phone number, ``bank_account`` an account.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from innovation.calls.rules.forms.shape import Content, fields

PHONE, BANK, ADDRESS, EMAIL, FILE = "phone", "bank", "address", "email", "file"
ENDINGS = {
    "phone": PHONE, "mobile": PHONE, "telephone": PHONE, "bank_account": BANK, "account_number": BANK,
    "address": ADDRESS, "email": EMAIL, "mail": EMAIL,
}  # fmt: skip
LEAST = {PHONE: 7, BANK: 8, ADDRESS: 6, EMAIL: 5}
"""Shorter ones say nothing: an extension, the name of a city."""
TEXTS = frozenset({"text", "long_text"})
Mark = tuple[str, str]
"""Kind and plain form; equal marks mean the same thing."""


def marks(content: Content, answers: Mapping[str, Any], files: Iterable[Mapping[str, Any]] = ()) -> dict[Mark, str]:
    """Every mark of a submission with the words in which it stands there; rows of tables count too."""
    found: dict[Mark, str] = {}
    for _section, field in fields(content):
        for key, value in _texts(field, answers.get(field["key"])):
            kind = kind_of(key)
            plain = plain_form(kind, value) if kind else ""
            if kind and plain:
                found.setdefault((kind, plain), value.strip())
    for file in files:
        if file.get("sha256"):
            found.setdefault((FILE, str(file["sha256"])), str(file.get("name", "")) or str(file["sha256"])[:16])
    return found


def kind_of(key: str) -> str:
    """What a field of this key holds; empty for anything else."""
    parts = key.casefold().split("_")
    return next((ENDINGS[end] for size in (2, 1) if (end := "_".join(parts[-size:])) in ENDINGS), "")


def plain_form(kind: str, text: str) -> str:
    """``text`` without what writers do differently (spaces, signs, wide letters, country code); empty if too short."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if kind == EMAIL:
        plain = plain.strip() if "@" in plain else ""
    elif kind == PHONE:
        plain = re.sub(r"^(?:00)?86(?=\d{10,11}$)", "", re.sub(r"\D", "", plain)).lstrip("0")
    else:
        plain = re.sub(r"[\W_]", "", plain)
    return plain if len(plain) >= LEAST[kind] else ""


def _texts(field: Mapping[str, Any], value: Any) -> Iterator[tuple[str, str]]:
    """Key and text of each answer of ``field`` that is written by hand."""
    if field["type"] == "table" and isinstance(value, list):
        for row in value:
            for column in field["columns"]:
                yield from _texts(column, row.get(column["key"]))
    elif field["type"] in TEXTS and isinstance(value, str):
        yield field["key"], value

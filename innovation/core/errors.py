"""Typed errors: what a rule refused, in words for people and a code for machines."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


class RuleViolation(Exception):
    """A rule of the product refused what was asked.

    ``code`` is stable and upper case, ``message`` is translated, ``field`` names the input it belongs to,
    ``facts`` holds the values that led to it. Forms, API, admin and imports all show the same error.
    """

    def __init__(
        self, code: str, message: str | Promise, *, field: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code, str(message))
        self.code = code
        self.message = message
        self.field = field
        self.facts = dict(facts or {})

    def __str__(self) -> str:
        return str(self.message)

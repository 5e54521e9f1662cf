"""The staff's office of calls and applications."""

from innovation.calls.admin import (
    appeals,
    calls,
    definition_cases,
    definitions,
    earlier,
    following,
    late,
    messages,
    needs,
    reviewing,
)

__all__ = [
    "appeals",
    "calls",
    "definition_cases",
    "definitions",
    "earlier",
    "following",
    "late",
    "messages",
    "needs",
    "reviewing",
]

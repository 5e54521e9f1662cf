"""The staff's office of calls and applications."""

from innovation.calls.admin import calls, definitions, following, reviewing

__all__ = ["calls", "definitions", "following", "reviewing"]

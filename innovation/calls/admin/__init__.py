"""The staff's office of calls and applications."""

from innovation.calls.admin import calls, definitions, following, messages, reviewing

__all__ = ["calls", "definitions", "following", "messages", "reviewing"]

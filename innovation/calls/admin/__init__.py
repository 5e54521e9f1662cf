"""The staff's office of calls and applications."""

from innovation.calls.admin import calls, definitions

__all__ = ["calls", "definitions"]

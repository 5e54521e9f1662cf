"""Records of the floor itself."""

from innovation.core.models.requests import IdempotencyKey
from innovation.core.models.transitions import TransitionRecord

__all__ = ["IdempotencyKey", "TransitionRecord"]

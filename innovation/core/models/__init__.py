"""Records of the floor itself."""

from innovation.core.models.transitions import TransitionRecord

__all__ = ["TransitionRecord"]

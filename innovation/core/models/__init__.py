"""Records of the floor itself."""

from innovation.core.models.calendar import WorkingDayException
from innovation.core.models.outbox import OutboxMessage
from innovation.core.models.requests import IdempotencyKey, OneTimeSubmit
from innovation.core.models.transitions import TransitionRecord

__all__ = ["IdempotencyKey", "OneTimeSubmit", "OutboxMessage", "TransitionRecord", "WorkingDayException"]

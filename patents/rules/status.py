"""Where a right stands on a day, as known on another: a lapse arrives months late and acts backwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patents.choices.register import Effect, LegalState


@dataclass(frozen=True)
class Event:
    """A legal event: what it does, from which day, and on which day it was recorded."""

    effect: Effect
    effective: date
    recorded: date


def state_on(events: Iterable[Event], as_of: date, known_at: date) -> LegalState:
    """The state on ``as_of`` by the events recorded up to ``known_at``.

    An invalidation acts for all days. A restoration carries the day of the lapse that it cures, so that of two events
    of one day the later recorded one decides.
    """
    known = [event for event in events if event.recorded <= known_at]
    if any(event.effect == Effect.VOID for event in known):
        return LegalState.VOID
    state = LegalState.NOT_GRANTED
    for event in sorted(known, key=lambda one: (one.effective, one.recorded)):
        if event.effective <= as_of:
            state = LegalState.CEASED if event.effect == Effect.CEASE else LegalState.IN_FORCE
    return state

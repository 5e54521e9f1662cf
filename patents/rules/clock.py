"""The clock of a licence request: working days from the complete file; silence grants it on the next working day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from patents.rules.dates import Works

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pause:
    """The file was with the applicant; both days are not counted."""

    returned_on: date
    resubmitted_on: date


@dataclass(frozen=True)
class Clock:
    """When to remind the office, the last day for a refusal, and the day on which silence grants."""

    reminder_on: date
    last_day: date
    deemed_granted_on: date


def licence_clock(
    complete_on: date, working_days: int, works: Works, *, pauses: Iterable[Pause] = (), reminder_before: int = 3
) -> Clock | None:
    """Count from the day after ``complete_on``; None when a day is reached of whose year nothing is known."""
    stopped = tuple(pauses)
    day, counted, reached = complete_on, 0, {}
    while counted < working_days + 1:
        day += DAY
        open_day = works(day)
        if open_day is None:
            return None
        # The day that grants follows the last one: it needs to be worked, and no pause can lie behind the end.
        paused = counted < working_days and any(one.returned_on <= day <= one.resubmitted_on for one in stopped)
        if open_day and not paused:
            counted += 1
            reached[counted] = day
    return Clock(reached[working_days - reminder_before], reached[working_days], reached[working_days + 1])

"""When the next step of a case is due, by the deadlines of its call and the official calendar."""

from datetime import date

from innovation.calls.models import Call
from innovation.calls.rules.deadlines import deadline
from innovation.core.models.calendar import calendar

EVENTS = {
    "check": "submitted",
    "answer": "asked",
    "review": "assigned",
    "decision": "ranked",
    "appeal": "decided",
    "appeal_answer": "appealed",
}


def due_after(call: Call, key: str, day: date, *, days: int) -> date | None:
    """The day by which ``key`` (a key of ``EVENTS``) is due after an event on ``day``.

    A call without such a deadline gets ``days`` working days. None where the calendar of a year is not known.
    """
    rule = {"kind": "working_days", "event": EVENTS[key], "days": days}
    for row in call.deadlines.content["deadlines"] if call.deadlines else ():
        if row["key"] == key:
            rule = row["rule"]
    return deadline(rule, calendar(), events={EVENTS[key]: day}, after=day).due

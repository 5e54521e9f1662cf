"""Deadlines as data (specification 4.4), and the one test whether a moment lies in a window.

Kinds::

    {"kind": "absolute", "on": "2026-05-31", "closing": "17:00" | null}
    {"kind": "working_days", "event": "submitted", "days": 10, "closing": …}      negative: before the event
    {"kind": "calendar_days", "event": "asked", "days": 7, "closing": …}          rolls to a working day
    {"kind": "yearly", "month_day": "05-31", "closing": …}
    {"kind": "window", "opens": "2026-04-25", "closes": "2026-05-25", "closing": …}

The day of the event is not counted. The last day ends at 24:00 in Shanghai unless ``closing`` names an hour.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from innovation.calls.rules.exact import day
from innovation.core.workdays import LONGEST, SHANGHAI, Calendar, Due, Unit
from innovation.core.workdays import Status as Known

Pause = tuple[date, date]

_KEYS = {
    "absolute": frozenset({"on"}),
    "working_days": frozenset({"event", "days"}),
    "calendar_days": frozenset({"event", "days"}),
    "yearly": frozenset({"month_day"}),
    "window": frozenset({"opens", "closes"}),
}
KINDS = tuple(_KEYS)
_CLOSING = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_LEAP_YEAR = 2024


class Status(StrEnum):
    """``event_missing``: the event has not happened yet. ``calendar_missing``: a year's working days are unknown."""

    OK = "ok"
    CALENDAR_MISSING = "calendar_missing"
    EVENT_MISSING = "event_missing"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, and the moment at which it ends; both None unless the status is ok. Never guessed."""

    status: Status
    due: date | None = None
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadlineFault:
    """Codes: ``unknown_kind``, ``unknown_key``, ``missing_part``, ``wrong_day``, ``wrong_days``, ``wrong_closing``,
    ``wrong_order``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def deadline(
    rule: Mapping[str, Any],
    calendar: Calendar,
    *,
    events: Mapping[str, date] | None = None,
    after: date | None = None,
    pauses: Iterable[Pause] = (),
) -> Deadline:
    """When ``rule`` falls due.

    ``events``: the days on which things happened. ``after``: for a yearly rule, the first day that counts; the same
    day next year once it is past. ``pauses``: days on which the clock stopped and went on; their working days are
    added. Raises KeyError for a rule that :func:`check_deadline` refuses.
    """
    closing = time.fromisoformat(rule["closing"]) if rule.get("closing") else None
    if rule["kind"] in {"working_days", "calendar_days"}:
        start = (events or {}).get(rule["event"])
        if start is None:
            return Deadline(Status.EVENT_MISSING)
        due = calendar.due(start, rule["days"], Unit(rule["kind"]))
    elif rule["kind"] == "yearly":
        if after is None:
            return Deadline(Status.EVENT_MISSING)
        due = Due(Known.OK, yearly(rule["month_day"], after))
    else:
        due = Due(Known.OK, day(rule["on" if rule["kind"] == "absolute" else "closes"]))
    for stopped, went_on in pauses:
        if due.due is not None:
            due = calendar.extend(due.due, stopped, went_on)
    if due.due is None:
        return Deadline(Status.CALENDAR_MISSING)
    return Deadline(Status.OK, due.due, due.moment(closing))


def yearly(month_day: str, after: date) -> date:
    """The first ``month_day`` (``05-31``) on or after ``after``; 29 February is the 28th where there is none."""
    month, number = (int(part) for part in month_day.split("-"))
    days = (date(year, month, min(number, monthrange(year, month)[1])) for year in (after.year, after.year + 1))
    return next(one for one in days if one >= after)


def opening(rule: Mapping[str, Any]) -> datetime | None:
    """The moment at which a window opens: 0:00 of its first day in Shanghai."""
    opens = day(rule.get("opens"))
    return None if opens is None else datetime.combine(opens, time(0), SHANGHAI)


def within_window(
    now: datetime, opens_at: datetime | None, closes_at: datetime | None, grace: timedelta = timedelta(0)
) -> bool:
    """Whether ``now`` lies in the window: the one test for new, draft and resubmitted cases alike (invariant 5).

    Both ends belong to it; ``grace`` is added to its end; None is no limit on that side. Moments need a zone
    (ValueError), grace is not negative (ValueError).
    """
    if grace < timedelta(0):
        raise ValueError("Grace is not negative")
    if any(moment is not None and moment.tzinfo is None for moment in (now, opens_at, closes_at)):
        raise ValueError("Moments need a time zone")
    return (opens_at is None or opens_at <= now) and (closes_at is None or now <= closes_at + grace)


def check_deadline(rule: object) -> tuple[DeadlineFault, ...]:
    """Everything that is wrong with a deadline's definition, empty when it may be published."""
    if not isinstance(rule, Mapping) or rule.get("kind") not in KINDS:
        return (DeadlineFault("$.kind", "unknown_kind", {"allowed": list(KINDS)}),)
    needed = _KEYS[rule["kind"]]
    faults = [DeadlineFault(f"$.{key}", "missing_part", {}) for key in sorted(needed) if rule.get(key) is None]
    faults += [
        DeadlineFault(f"$.{key}", "unknown_key", {"key": str(key)})
        for key in rule
        if key not in needed | {"kind", "closing"}
    ]
    if faults:
        return tuple(faults)
    faults += [
        DeadlineFault(f"$.{key}", "wrong_day", {})
        for key in ("on", "opens", "closes")
        if key in rule and not day(rule[key])
    ]
    if "days" in rule and (type(rule["days"]) is not int or abs(rule["days"]) > LONGEST):
        faults.append(DeadlineFault("$.days", "wrong_days", {"most": LONGEST}))
    if "month_day" in rule and not _is_month_day(rule["month_day"]):
        faults.append(DeadlineFault("$.month_day", "wrong_day", {}))
    if rule.get("closing") and not _CLOSING.fullmatch(str(rule["closing"])):
        faults.append(DeadlineFault("$.closing", "wrong_closing", {}))
    if not faults and rule["kind"] == "window" and rule["closes"] < rule["opens"]:
        faults.append(DeadlineFault("$.closes", "wrong_order", {}))
    return tuple(faults)


def _is_month_day(text: object) -> bool:
    return isinstance(text, str) and bool(_MONTH_DAY.fullmatch(text)) and day(f"{_LEAP_YEAR}-{text}") is not None

"""Rules of role profiles: who may decide, how long a profile holds, when its renewal is asked for."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from innovation.core.days import months_later
from innovation.core.errors import RuleViolation

TERM_MONTHS = 36
"""Months that a profile holds unless its case says otherwise (proposal)."""
RENEWAL_DAYS = 90
"""Days before the last one on which the renewal is asked for (domain section 5)."""


def may_decide(facts: Mapping[str, Any]) -> list[RuleViolation]:
    """What stands against a decision: nobody verifies themselves; an appeal goes to another officer (invariant 6).

    ``facts``: ``is_self``, ``decided_before`` (this officer rejected it) as booleans.
    """
    found = []
    if facts.get("is_self"):
        found.append(RuleViolation("OWN_PROFILE", _("Nobody verifies their own profile.")))
    if facts.get("decided_before"):
        found.append(RuleViolation("SAME_OFFICER", _("After an appeal somebody else decides.")))
    return found


def needs_reason(facts: Mapping[str, Any]) -> list[RuleViolation]:
    """A step against the person, or one back, has its reason."""
    if facts.get("reason_given"):
        return []
    return [RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")]


def last_day(first: date, months: int = TERM_MONTHS) -> date:
    """The last day of a term of ``months`` that begins on ``first``."""
    return months_later(first, months) - timedelta(days=1)

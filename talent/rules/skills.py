"""Rules of skills: who may verify, how long a verification holds, when evidence has run out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from innovation.core.days import months_later
from innovation.core.errors import RuleViolation
from talent.choices.skills import SkillLevel

HOLDS_MONTHS = 36
"""Months after which a verification is stale (proposal)."""
SENIOR = SkillLevel.ADVANCED
"""From this level on the verifier comes from another unit than the person (invariant 6)."""


def may_verify(facts: Mapping[str, Any]) -> list[RuleViolation]:
    """What stands against a verification. ``facts``: ``is_self``, ``same_unit``, ``level``, ``has_evidence``."""
    found = []
    if facts.get("is_self"):
        found.append(RuleViolation("OWN_PROFILE", _("Nobody verifies their own profile.")))
    if facts.get("same_unit") and facts.get("level", 0) >= SENIOR:
        found.append(RuleViolation("SAME_UNIT", _("A senior level is verified by somebody of another organisation.")))
    if not facts.get("has_evidence"):
        found.append(RuleViolation("NO_EVIDENCE", _("There is no evidence in force for this skill.")))
    return found


def fresh_after(today: date) -> date:
    """A verification of this day or an earlier one has grown stale by ``today``."""
    return months_later(today, -HOLDS_MONTHS)

"""What stands against a step of an assessment; guards of its transition table. Facts come from the action."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.core.errors import RuleViolation

LEAST_REVIEWERS = 2


def may_begin(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``evidence`` and ``unredacted`` (counts), ``reviewers`` (live reviews), ``least`` (asked by the round)."""
    if not facts.get("evidence"):
        yield RuleViolation("NO_EVIDENCE", _("No evidence is attached yet."))
    if facts.get("unredacted"):
        count = facts["unredacted"]
        yield RuleViolation(
            "NOT_REDACTED",
            ngettext(
                "%(count)d piece of evidence has not been redacted.",
                "%(count)d pieces of evidence have not been redacted.", count,
            ) % {"count": count},
            facts={"unredacted": count},
        )  # fmt: skip
    yield from _enough_reviewers(facts, "reviewers")


def may_lock(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``waiting`` and ``handed_in`` (reviews), ``least``."""
    if facts.get("waiting"):
        yield RuleViolation(
            "REVIEWS_WAIT", _("A review is still awaited. Wait for it, or release its reviewer."),
            facts={"waiting": facts["waiting"]},
        )  # fmt: skip
    yield from _enough_reviewers(facts, "handed_in")


def may_unblind(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``far_apart`` (criteria), ``moderated``, ``handed_in``, ``least``."""
    if facts.get("far_apart") and not facts.get("moderated"):
        yield RuleViolation(
            "MODERATION_DUE", _("Marks lie more than one point apart: hold a round of discussion first."),
            facts={"criteria": facts["far_apart"]},
        )  # fmt: skip
    yield from _enough_reviewers(facts, "handed_in")


def may_decide(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``handed_in``, ``least``, ``is_involved`` (the decider is assessed here or reviewed it)."""
    if facts.get("is_involved"):
        yield RuleViolation("NOT_INDEPENDENT", _("Who is assessed here, or reviewed it, does not decide."))
    yield from _enough_reviewers(facts, "handed_in")


def may_reopen(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``handed_in``, ``least``. Scoring opens again only where a conflict took reviews away."""
    if facts.get("handed_in", 0) >= facts.get("least", LEAST_REVIEWERS):
        yield RuleViolation("ENOUGH_REVIEWS", _("Enough reviews count; scores stay locked."))


def may_answer(assessment: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """Facts: ``decided_it`` (the same person took the decision), ``is_involved``."""
    if facts.get("decided_it") or facts.get("is_involved"):
        yield RuleViolation("NOT_INDEPENDENT", _("Somebody else than who decided or reviewed answers an appeal."))


def _enough_reviewers(facts: Mapping[str, Any], name: str) -> Iterator[RuleViolation]:
    have, least = facts.get(name, 0), facts.get("least", LEAST_REVIEWERS)
    if have < least:
        yield RuleViolation(
            "TOO_FEW_REVIEWERS",
            _("At least %(least)d independent reviewers are needed, %(have)d count now.")
            % {"least": least, "have": have},
            facts={"least": least, "have": have},
        )

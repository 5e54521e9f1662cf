"""Decisions: one person proposes, another decides; never edited, undone by a further decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions import entitling
from innovation.calls.actions.following import locked, move, require, require_unrelated
from innovation.calls.choices import AWARDING_EVENTS, BOARD_EVENTS, DecidedEvent
from innovation.calls.models import AgendaItem, Application, Condition, Decision, Proposal
from innovation.calls.queries.board import has_quorum, leaves_rank_order, majority_for, open_events, votes_of
from innovation.core.errors import RuleViolation
from innovation.core.transitions import may

PROPOSE = ("calls.coordinate_application", "calls.screen_application")


@transaction.atomic
def propose(
    *, application_id: int, event: str, reasons: str, actor: User, award_fen: int | None = None,
    conditions: Sequence[Mapping[str, Any]] = (), outcome: str = "", lesson: str = "", exemption_case: str = "",
) -> Proposal:  # fmt: skip
    """Lay a decision before whoever decides; it takes the place of an open proposal. Amounts in fen.

    ``conditions``: ``{"text": …, "due_on": date}``. Raises ``NOT_PERMITTED``, ``RELATED_PARTY``,
    ``NO_SUCH_TRANSITION``, ``REASON_MISSING``, ``AWARD_MISSING``, ``ABOVE_CALL``, ``CONDITIONS_MISSING``,
    ``OUTCOME_MISSING``.
    """
    case = locked(application_id)
    if not any(actor.has_perm(name) for name in PROPOSE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    require_unrelated(actor, case)
    if event not in DecidedEvent.values or event not in open_events(case):
        raise RuleViolation("NO_SUCH_TRANSITION", _("This step is not possible in the present state."), field="event")
    if not reasons.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reasons")
    award = _award(case, event, award_fen)
    kept = _conditions(event, conditions)
    if event == DecidedEvent.CLOSE and not outcome:
        raise RuleViolation("OUTCOME_MISSING", _("Name the outcome."), field="outcome")
    case.proposals.filter(settled_at=None).update(settled_at=timezone.now())
    is_close = event == DecidedEvent.CLOSE
    return Proposal.objects.create(
        application=case, event=event, award_fen=award, conditions=kept, reasons=reasons.strip(), proposed_by=actor,
        outcome=outcome if is_close else "", lesson=lesson.strip() if is_close else "",
        exemption_case=exemption_case.strip() if is_close else "",
    )  # fmt: skip


def _award(case: Application, event: str, award_fen: int | None) -> int | None:
    if event not in AWARDING_EVENTS:
        return None
    if award_fen is None or award_fen < 0:
        raise RuleViolation("AWARD_MISSING", _("Name the award; 0 where no money is given."), field="award_fen")
    most = case.call.max_award_fen
    if most is not None and award_fen > most:
        raise RuleViolation("ABOVE_CALL", _("The call gives less per case."), field="award_fen")
    return award_fen


def _conditions(event: str, conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = [
        {"text": str(one["text"]).strip(), "due_on": str(one["due_on"])}
        for one in conditions
        if str(one.get("text", "")).strip() and one.get("due_on")
    ]
    if event == DecidedEvent.APPROVE_WITH_CONDITIONS and not kept:
        raise RuleViolation("CONDITIONS_MISSING", _("Name at least one condition with its day."), field="conditions")
    return kept if event == DecidedEvent.APPROVE_WITH_CONDITIONS else []


@transaction.atomic
def decide(*, proposal_id: int, actor: User, order_reason: str = "") -> Decision:
    """Decide as proposed; for the four answers of the board within its meeting, by one of its members.

    Raises ``NOT_PERMITTED``, ``SETTLED``, ``NOT_ON_AGENDA``, ``NOT_ON_BOARD``, ``VOTES_AGAINST`` and what the process
    says: ``NO_QUORUM``, ``MINUTES_MISSING``, ``FOUR_EYES``, ``REASON_MISSING`` (order of the ranking left),
    ``OUTCOME_MISSING``, ``LESSON_MISSING``, ``EXEMPTION_CASE_MISSING``, ``RELATED_PARTY``.
    """
    found = Proposal.objects.get(pk=proposal_id)
    case = locked(found.application_id)
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.settled_at is not None:
        raise RuleViolation("SETTLED", _("This proposal is decided or replaced already."))
    row = case.transitions.get(case.state, {}).get(proposal.event)
    if row is None:
        raise RuleViolation("NO_SUCH_TRANSITION", _("This step is not possible in the present state."))
    if not may(row, case, actor):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    item = _item_for(proposal, actor)
    facts: dict[str, Any] = {
        "same_actor_as_proposer": proposal.proposed_by_id == actor.pk, "reason_given": True,
        "outcome": proposal.outcome, "lesson_text": bool(proposal.lesson),
        "exemption_case": bool(proposal.exemption_case),
    }  # fmt: skip
    if item is not None:
        changed = leaves_rank_order(item, proposal.event)
        facts |= {
            "quorum": has_quorum(item), "minutes": item.meeting.minutes.exists(), "rank_order_changed": changed,
            "reason_given": bool(order_reason.strip()) if changed else True,
        }  # fmt: skip
    move(case, proposal.event, actor=actor, reason=proposal.reasons, facts=facts, changes=_changes(proposal))
    return _record(proposal, case, item, actor, order_reason)


def _item_for(proposal: Proposal, actor: User) -> AgendaItem | None:
    if proposal.event not in BOARD_EVENTS:
        return None
    item = (
        AgendaItem.objects.select_related("meeting")
        .filter(application=proposal.application_id, decisions=None)
        .order_by("-meeting__held_at", "-id")
        .first()
    )
    if item is None:
        raise RuleViolation("NOT_ON_AGENDA", _("Put the case on the agenda of a meeting first."))
    seat = item.meeting.members.filter(user=actor).first()
    if seat is None or item.recusals.filter(member=seat).exists():
        raise RuleViolation("NOT_ON_BOARD", _("You do not sit on the board for this case."))
    if has_quorum(item) and not majority_for(item, proposal.event):
        raise RuleViolation("VOTES_AGAINST", _("The board has no majority for this."))
    return item


def _changes(proposal: Proposal) -> dict[str, Any]:
    if proposal.event == DecidedEvent.CLOSE:
        return {"outcome": proposal.outcome, "lesson": proposal.lesson}
    if proposal.event in AWARDING_EVENTS:
        due = min((date.fromisoformat(one["due_on"]) for one in proposal.conditions), default=None)
        return {"award_fen": proposal.award_fen, "due_on": due}
    return {"award_fen": None} if proposal.event == DecidedEvent.REVERT else {}


def _record(proposal: Proposal, case: Application, item: AgendaItem | None, actor: User, order_reason: str) -> Decision:
    proposal.settled_at = timezone.now()
    proposal.save(update_fields=["settled_at"])
    decision = Decision.objects.create(
        application=case, proposal=proposal, item=item, event=proposal.event, award_fen=proposal.award_fen,
        reasons=proposal.reasons, order_reason=order_reason.strip(), proposed_by=proposal.proposed_by,
        decided_by=actor, votes=dict(votes_of(item)) if item else {},
    )  # fmt: skip
    for one in proposal.conditions:
        Condition.objects.create(decision=decision, text=one["text"], due_on=one["due_on"])
    if proposal.event == DecidedEvent.REVOKE:
        entitling.revoke(case=case, reason=proposal.reasons, actor=actor)
    return decision


@transaction.atomic
def meet_condition(*, condition_id: int, evidence: str, actor: User) -> Condition:
    """Confirm that a condition is met; with the last one the case is approved. Raises ``EVIDENCE_MISSING``, ``MET``."""
    require(actor, "calls.screen_application")
    found = Condition.objects.select_related("decision").get(pk=condition_id)
    case = locked(found.decision.application_id)
    require_unrelated(actor, case)
    condition = Condition.objects.select_for_update().get(pk=condition_id)
    if condition.met_at is not None:
        raise RuleViolation("MET", _("This condition is met already."))
    if not evidence.strip():
        raise RuleViolation("EVIDENCE_MISSING", _("Name the evidence that the condition is met."), field="evidence")
    condition.evidence, condition.met_at, condition.met_by = evidence.strip(), timezone.now(), actor
    condition.save(update_fields=["evidence", "met_at", "met_by"])
    if not found.decision.conditions.filter(met_at=None).exists():
        move(case, "conditions_met", actor=actor, facts={"conditions_met": True})
    return condition

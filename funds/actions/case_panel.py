"""The panel of a case: appoint, recuse, vote, decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from funds.actions.case_mails import tell_manager, tell_members
from funds.actions.case_steps import expect, lock_case, move, refuse_twice, require, write_step
from funds.choices.cases import CaseOutcome, CaseState
from funds.models import CaseDecision, ExemptionCase, PanelMember, PanelVote
from funds.models.case_states import DECIDE, MANAGE, VOTE, chairs, speaks_for
from funds.queries import case_records
from funds.queries.cases import frozen_content, has_hit
from funds.rules.cases import FIRST, ON_APPEAL, decision_problems, outcome_problem, recusal_reason
from innovation.accounts.models import User
from innovation.core import history
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar
from innovation.core.transitions import TransitionRefused

SITTING = (CaseState.PANEL, CaseState.APPEAL)


def round_of(case: ExemptionCase) -> int:
    """Which round sits: the first decision, or the one on the appeal."""
    return ON_APPEAL if case.state == CaseState.APPEAL else FIRST


@transaction.atomic
def appoint_member(
    *, case_id: int, user_id: int, actor: User, is_chair: bool = False, at: datetime | None = None
) -> PanelMember:
    """Put a person on the panel that sits now. Who must not judge is entered as recused, with the reason.

    Recused are: voters of the investment decision, persons judged, who acts for the manager, who handles the case,
    and on appeal who voted on the first decision. Raises RuleViolation NO_PANEL_MEMBER (without the permission to
    vote), SITS_ALREADY, CHAIR_TAKEN, CHAIR_RECUSED.
    """
    require(actor, MANAGE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, *SITTING)
    user = User.objects.get(pk=user_id)
    if not user.is_active or not user.has_perm(VOTE) or (is_chair and not user.has_perm(DECIDE)):
        raise RuleViolation("NO_PANEL_MEMBER", _("This person may not sit on a panel in that place."), field="user")
    seats = case.panel.filter(round=round_of(case))
    if seats.filter(user=user).exists():
        raise RuleViolation("SITS_ALREADY", _("This person sits on the panel already."), field="user")
    if is_chair and seats.filter(is_chair=True, recused_at=None).exists():
        raise RuleViolation("CHAIR_TAKEN", _("The panel has its chair already."), field="is_chair")
    reason = _why_recused(case, user)
    row = PanelMember.objects.create(
        case=case, round=round_of(case), user=user, is_chair=is_chair, appointed_at=at, appointed_by=actor,
        recused_at=at if reason else None, recusal_reason=reason or None,
    )  # fmt: skip
    records = [case_records.seat(row), *([case_records.recusal(row)] if reason else [])]
    step = write_step(case, "appoint", actor=actor, at=at, records=records, facts={"member": history.label_of(user)})
    if not reason:
        tell_members(case, [user], step)
    return row


def _why_recused(case: ExemptionCase, user: User) -> str:
    """The reason in Chinese, the language of the file: it is stored for good."""
    name = user.name.strip()
    voters, persons = case.voters.all(), case.persons.all()
    named = {voter.name for voter in voters} & {name} if name else set()
    with translation.override("zh-hans"):
        return str(
            recusal_reason(
                voted_in_decision=bool(named) or any(voter.user_id == user.pk for voter in voters),
                is_judged=any(person.user_id == user.pk or (name and person.name == name) for person in persons),
                acts_for_manager=speaks_for(user, case),
                handles_case=case.handler_id == user.pk,
                voted_before=case.votes.filter(member__user=user, member__round=FIRST).exists()
                and round_of(case) == ON_APPEAL,
            )
        )


@transaction.atomic
def recuse_member(*, member_id: int, reason: str, actor: User, at: datetime | None = None) -> PanelMember:
    """Recuse a member with the reason: by itself, or by the case officer. A recused member's vote does not count.

    Raises RuleViolation REASON_MISSING, RECUSED_ALREADY, VOTED_ALREADY, NOT_PERMITTED.
    """
    row = PanelMember.objects.get(pk=member_id)
    case, at = lock_case(row.case_id), at or timezone.now()
    row.refresh_from_db()
    expect(case, *SITTING)
    if actor != row.user and not actor.has_perm(MANAGE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if row.recused_at:
        raise RuleViolation("RECUSED_ALREADY", _("This member is recused already."))
    if row.votes.exists():
        raise RuleViolation("VOTED_ALREADY", _("This member has voted; a recusal comes before the vote."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("A recusal has its reason."), field="reason")
    row.recused_at, row.recusal_reason = at, reason.strip()
    row.save(update_fields=["recused_at", "recusal_reason"])
    write_step(case, "recuse", actor=actor, at=at, records=[case_records.recusal(row)])
    return row


@transaction.atomic
def cast_vote(*, case_id: int, outcome: str, reasons: str, actor: User, at: datetime | None = None) -> PanelVote:
    """Vote with written reasons; a later vote of the same member supersedes, until the decision.

    Raises RuleViolation NO_SEAT, REASON_MISSING, OUTCOME_UNKNOWN, NEGATIVE_HIT, NOT_IN_THIS_STATE.
    """
    require(actor, VOTE)
    case, at = lock_case(case_id), at or timezone.now()
    expect(case, *SITTING)
    member = case.panel.filter(round=round_of(case), user=actor, recused_at=None).first()
    if member is None:
        raise RuleViolation("NO_SEAT", _("You do not sit on this panel, or you are recused."))
    if outcome not in CaseOutcome.values:
        raise RuleViolation("OUTCOME_UNKNOWN", _("Choose one of the outcomes."), field="outcome")
    if problem := outcome_problem(outcome, has_hit=has_hit(case)):
        raise problem
    if not reasons.strip():
        raise RuleViolation("REASON_MISSING", _("A vote has its written reasons."), field="reasons")
    member.votes.filter(superseded_at=None).update(superseded_at=at)
    row = PanelVote.objects.create(case=case, member=member, outcome=outcome, reasons=reasons.strip(), at=at)
    write_step(case, "vote", actor=actor, at=at, records=[case_records.vote(row)])
    return row


def decide_case(
    *,
    case_id: int,
    outcome: str,
    reasons: str,
    actor: User,
    law_id: int | None = None,
    at: datetime | None = None,
) -> ExemptionCase:
    """Decide as chair of the panel: PANEL or APPEAL → DECIDED. The manager is told; the term of appeal begins.

    Raises TransitionRefused or RuleViolation with QUORUM_MISSING, NO_MAJORITY, NEGATIVE_HIT, FOUR_EYES (the case
    officer does not decide), LAW_MISSING (the policy has changed since the investment decision), REASON_MISSING,
    DECIDED_ALREADY, NOT_PERMITTED.
    """
    try:
        with transaction.atomic():
            return _decide(lock_case(case_id), outcome, reasons, actor=actor, law_id=law_id, at=at or timezone.now())
    except IntegrityError as error:
        raise refuse_twice(error, "DECIDED_ALREADY", _("This case was decided a moment ago. Look again.")) from error


def _decide(
    case: ExemptionCase, outcome: str, reasons: str, *, actor: User, law_id: int | None, at: datetime
) -> ExemptionCase:
    expect(case, *SITTING)
    if not chairs(actor, case):
        raise RuleViolation("NOT_PERMITTED", _("Only the chair of the panel decides."))
    round_ = round_of(case)
    handler = case.handler
    if handler is None or handler == actor:
        raise RuleViolation("FOUR_EYES", _("Who handles the case does not decide it."))
    if not reasons.strip():
        raise RuleViolation("REASON_MISSING", _("A decision has its written reasons."), field="reasons")
    content = frozen_content(case)
    if content["policies_differ"] and law_id is None:
        raise RuleViolation(
            "LAW_MISSING",
            _("The policy has changed since the investment decision: say which one the panel applied."),
            field="law",
        )
    if law_id is not None and law_id not in {document["id"] for document in laws(content)}:
        raise RuleViolation("LAW_UNKNOWN", _("Choose one of the policies that were frozen."), field="law")
    votes = PanelVote.objects.filter(
        case=case, member__round=round_, member__recused_at=None, superseded_at=None
    ).values_list("outcome", flat=True)
    problems = decision_problems(list(votes), quorum=case.procedure.quorum, outcome=outcome, has_hit=has_hit(case))
    if problems:
        raise TransitionRefused(problems)
    row = CaseDecision.objects.create(
        case=case, round=round_, outcome=outcome, reasons=reasons.strip(), law_id=law_id, prepared_by=handler,
        decided_by=actor, at=at,
    )  # fmt: skip
    until = calendar().due(timezone.localdate(at), case.procedure.appeal_days).due if round_ == FIRST else None
    case.outcome = outcome
    case.save(update_fields=["outcome"])
    event = "decide" if round_ == FIRST else "decide_appeal"
    facts = {"votes": sorted(votes), "chair": history.label_of(actor)}
    records = [case_records.decision(row)]
    fields: dict[str, Any] = {"decided_at": at, "appeal_until": until or case.appeal_until, "due_on": until}
    move(case, event, actor=actor, at=at, records=records, facts=facts, **fields)
    tell_manager(case)
    return case


def laws(content: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The policies that a panel may say it applied: those in force now and on the day of the investment decision."""
    found = {row["id"]: row for row in (*content["policy"], *(content["policy_at_decision"] or ()))}
    return list(found.values())

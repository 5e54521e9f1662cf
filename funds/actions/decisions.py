"""Record what a committee decided: votes counted, rules asked again, sealed in one transaction."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.ledger import lock_fund
from funds.choices.deals import DecisionOutcome, DecisionSubject
from funds.models import (
    Committee,
    CommitteeMember,
    Deal,
    Decision,
    DecisionPaper,
    Fund,
    Investment,
    Paper,
    Vote,
)
from funds.queries.deals import ask_of, committees_of
from funds.queries.decisions import sealed_facts
from funds.rules.deals import ask_problems
from funds.rules.decisions import Ballot, fingerprint, vote_problems
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation

STEP_OF = {
    DecisionOutcome.APPROVED: "approve",
    DecisionOutcome.REJECTED: "reject",
    DecisionOutcome.POSTPONED: "postpone",
}


@transaction.atomic
def decide_deal(
    *,
    deal_id: int,
    number: str,
    met_on: date,
    committee_id: int,
    ballots: Sequence[Ballot],
    outcome: str,
    reason: str,
    actor: User,
    amount_fen: int | None = None,
    conditions: str = "",
    minutes: str = "",
    paper_ids: Sequence[int] = (),
) -> Decision:
    """Record the committee's decision on a proposal; an approval makes the holding, or names the one that grows.

    ``ballots`` hold one vote of each member in office, by name. ``amount_fen`` (None: as asked) is at most what was
    asked. Raises RuleViolation FOUR_EYES, NO_SUCH_TRANSITION, NOT_PERMITTED, ABOVE_ASKED, REASON_MISSING,
    MEETING_IN_FUTURE, COMMITTEE_OF_OTHER_FUND, BALLOTS_INCOMPLETE, the codes of ``rules.decisions`` and, for an
    approval, of ``rules.deals``.
    """
    _require(actor)
    fund = lock_fund(Deal.objects.values_list("fund_id", flat=True).get(pk=deal_id))
    deal = Deal.objects.select_for_update(of=("self",)).select_related("fund", "company").get(pk=deal_id)
    transitions.find(Deal.transitions, deal.state, STEP_OF[DecisionOutcome(outcome)])
    if deal.lead_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who is responsible for the proposal does not record its decision."))
    approved = outcome == DecisionOutcome.APPROVED
    amount = (deal.amount_fen if amount_fen is None else amount_fen) if approved else None
    if amount is not None:
        _check_amount(deal, amount)
    if approved and deal.investment_id is None:
        deal.investment = _holding_of(deal, met_on)
        deal.save(update_fields=["investment"])
    decision = _record(
        fund,
        ballots,
        committee_id,
        paper_ids,
        number=number,
        met_on=met_on,
        subject=DecisionSubject.FOLLOW_ON if deal.is_follow_on else DecisionSubject.INVEST,
        deal=deal,
        investment_id=deal.investment_id,
        outcome=outcome,
        amount_fen=amount,
        conditions=conditions,
        minutes=minutes,
        reason=reason,
        recorded_by=actor,
    )
    transitions.apply(deal, STEP_OF[DecisionOutcome(outcome)], actor=actor, reason=reason)
    return decision


@transaction.atomic
def decide_holding(
    *,
    investment_id: int,
    subject: str,
    number: str,
    met_on: date,
    committee_id: int,
    ballots: Sequence[Ballot],
    outcome: str,
    reason: str,
    actor: User,
    amount_fen: int | None = None,
    conditions: str = "",
    minutes: str = "",
    paper_ids: Sequence[int] = (),
) -> Decision:
    """Record a decision about a holding that is there: exit, write-off, or one made before proposals were kept here.

    Raises as :func:`decide_deal`, and DECIDED_BY_PROPOSAL for an investment into a holding that has proposals.
    """
    _require(actor)
    investment = Investment.objects.get(pk=investment_id)
    fund = lock_fund(investment.fund_id)
    buying = subject in {DecisionSubject.INVEST, DecisionSubject.FOLLOW_ON}
    if buying and investment.deals.exists():
        raise RuleViolation(
            "DECIDED_BY_PROPOSAL", _("This holding has proposals: decide on the proposal."), field="subject"
        )
    if buying and outcome == DecisionOutcome.APPROVED and not amount_fen:
        raise RuleViolation("AMOUNT_MISSING", _("An approved investment has its amount."), field="amount")
    return _record(
        fund,
        ballots,
        committee_id,
        paper_ids,
        number=number,
        met_on=met_on,
        subject=subject,
        investment_id=investment_id,
        outcome=outcome,
        amount_fen=amount_fen,
        conditions=conditions,
        minutes=minutes,
        reason=reason,
        recorded_by=actor,
    )


def _require(actor: User) -> None:
    if not actor.has_perm("funds.add_decision"):
        raise PermissionDenied


def _check_amount(deal: Deal, amount: int) -> None:
    if amount <= 0 or amount > deal.amount_fen:
        raise RuleViolation(
            "ABOVE_ASKED",
            _("The committee approves at most what was asked for."),
            field="amount",
            facts={"asked_fen": deal.amount_fen},
        )
    problems = ask_problems(ask_of(deal, amount))
    if problems:
        raise transitions.TransitionRefused(problems)


def _holding_of(deal: Deal, decided_on: date) -> Investment:
    return Investment.objects.create(
        fund=deal.fund,
        code=deal.code,
        company=deal.company,
        stage=deal.stage,
        mode=deal.mode,
        instrument=deal.instrument,
        decided_on=decided_on,
    )


def _record(
    fund: Fund, ballots: Sequence[Ballot], committee_id: int, paper_ids: Sequence[int], **facts: Any
) -> Decision:
    """Write decision, votes and papers, then seal them; the caller holds the fund's lock."""
    now = timezone.now()
    if not facts["reason"].strip():
        raise RuleViolation("REASON_MISSING", _("A decision needs its reasons."), field="reason")
    if facts["met_on"] > timezone.localdate(now):
        raise RuleViolation("MEETING_IN_FUTURE", _("The meeting is still to come."), field="met_on")
    if Decision.objects.filter(fund=fund, number=facts["number"]).exists():
        raise RuleViolation("NUMBER_TAKEN", _("This fund has a decision with this number already."), field="number")
    committee = committees_of(fund.pk).filter(pk=committee_id).first()
    if committee is None:
        raise RuleViolation(
            "COMMITTEE_OF_OTHER_FUND", _("This committee does not decide for this fund."), field="committee"
        )
    members = _members(committee, ballots)
    majority = Fraction(committee.majority_num, committee.majority_den)
    problems = vote_problems(ballots, quorum=committee.quorum, majority=majority, outcome=facts["outcome"])
    if problems:
        raise transitions.TransitionRefused(problems)
    decision = Decision.objects.create(
        fund=fund,
        committee=committee,
        quorum=committee.quorum,
        majority_num=committee.majority_num,
        majority_den=committee.majority_den,
        recorded_at=now,
        **facts,
    )
    Vote.objects.bulk_create(
        Vote(
            decision=decision,
            member=members[ballot.member],
            name=ballot.member,
            position=members[ballot.member].position,
            user=members[ballot.member].user,
            choice=ballot.choice,
            reason=ballot.reason.strip(),
        )
        for ballot in ballots
    )
    papers = Paper.objects.in_bulk(list(paper_ids))
    DecisionPaper.objects.bulk_create(
        DecisionPaper(decision=decision, paper=papers[pk]) for pk in dict.fromkeys(paper_ids)
    )
    return seal(decision)


def seal(decision: Decision) -> Decision:
    """Close a decision whose votes and papers are written: from now on nothing of it changes."""
    decision.sealed_at = decision.recorded_at
    decision.sha256 = fingerprint(sealed_facts(decision))
    decision.save(update_fields=["sealed_at", "sha256"])
    return decision


def _members(committee: Committee, ballots: Sequence[Ballot]) -> dict[str, CommitteeMember]:
    members = {member.name: member for member in committee.members.select_related("user").filter(is_active=True)}
    named = [ballot.member for ballot in ballots]
    if sorted(named) != sorted(members):
        raise RuleViolation(
            "BALLOTS_INCOMPLETE",
            _("Record one vote of each member in office; who was not there is recorded as absent."),
            field="votes",
            facts={"missing": sorted(set(members) - set(named)), "unknown": sorted(set(named) - set(members))},
        )
    return members

"""Entries as people make them: booked at once, or, above the fund's limit, proposed to a second person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.actions.events import Entry, book, locked_fund
from funds.actions.ledger import lock_fund
from funds.actions.post import deciders, tell
from funds.choices.ledger import EventKind, ProposalState
from funds.models import BankMatch, EntryProposal, FeeCharge, Fund, LedgerEvent, Payment
from funds.queries.books import terms_of
from funds.rules.books import needs_second_person
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks of one ledger: a new entry, an event to take back, or both in one step."""

    fund_id: int
    entry: Entry | None = None
    takes_back_id: int | None = None
    reason: str = ""
    late: bool = False
    line_id: tuple[str, int] | None = None
    """The line of a notice that the entry pays: column of the payment (``call_line``) and key."""
    details: dict[str, Any] = field(default_factory=dict)
    """What else the entry settles, as plain data: ``fee`` (a FeeProposal), ``bank_line`` (a key)."""


class _Undo(Exception):
    """Carries what a rehearsal saw out of its transaction."""


@transaction.atomic
def submit_entry(*, request: Request, actor: User) -> LedgerEvent | EntryProposal:
    """Book what is asked for, or let it wait for a second person when it is above the fund's limit.

    Every rule is checked in both cases. Raises RuleViolation as ``record_event`` and ``reverse_event`` do, and
    PROPOSAL_WAITING when the same event is to be taken back already; PermissionDenied without
    ``funds.add_ledgerevent``.
    """
    fund = locked_fund(request.fund_id, actor)
    takes_back = _target(request)
    if not _is_above_limit(fund, request, takes_back):
        return _book(fund, request, takes_back, actor)
    rehearse(request=request, actor=actor, look=lambda event: event)
    if takes_back and EntryProposal.objects.filter(reverses=takes_back, state=ProposalState.WAITING).exists():
        raise RuleViolation("PROPOSAL_WAITING", gettext_lazy("A proposal to take this entry back waits already."))
    pays = {f"{request.line_id[0]}_id": request.line_id[1]} if request.line_id else {}
    proposal = EntryProposal.objects.create(
        fund=fund, reverses=takes_back, reason=request.reason, late=request.late, proposed_by=actor,
        details=request.details, **pays,
        **_proposed_facts(request, takes_back),
    )  # fmt: skip
    _tell_deciders(proposal, fund)
    return proposal


def rehearse(*, request: Request, actor: User, look: Callable[[LedgerEvent], Seen]) -> Seen:
    """Book what is asked for, let ``look(event)`` see the books as they would be, and undo everything.

    Raises what booking would raise.
    """
    seen: list[Seen] = []
    try:
        with transaction.atomic():
            fund = locked_fund(request.fund_id, actor)
            seen.append(look(_book(fund, request, _target(request), actor)))
            raise _Undo
    except _Undo:
        return seen[0]


def is_above_limit(*, request: Request) -> bool:
    """Whether the request would wait for a second person."""
    return _is_above_limit(Fund.objects.get(pk=request.fund_id), request, _target(request))


@transaction.atomic
def approve_entry(*, proposal_id: int, actor: User, reason: str = "") -> EntryProposal:
    """Book a proposal in the name of who proposed it, seen by ``actor``.

    Raises RuleViolation PROPOSAL_DECIDED, FOUR_EYES, or what the books say by now (the proposal then still waits);
    PermissionDenied without ``funds.decide_entryproposal`` or when the proposer may no longer record.
    """
    fund, proposal = _locked(proposal_id, actor)
    _refuse_own(proposal, actor)
    maker = proposal.proposed_by
    event = _book(locked_fund(fund.pk, maker), request_of(proposal), proposal.reverses, maker)
    return _decide(proposal, ProposalState.APPROVED, actor, reason, event)


@transaction.atomic
def refuse_entry(*, proposal_id: int, reason: str, actor: User) -> EntryProposal:
    """Refuse a proposal with the reason. Raises RuleViolation PROPOSAL_DECIDED, FOUR_EYES, REASON_MISSING."""
    __, proposal = _locked(proposal_id, actor)
    _refuse_own(proposal, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", gettext_lazy("Say why the entry is refused."), field="reason")
    return _decide(proposal, ProposalState.REFUSED, actor, reason)


@transaction.atomic
def withdraw_entry(*, proposal_id: int, actor: User, reason: str = "") -> EntryProposal:
    """Take one's own proposal back. Raises RuleViolation PROPOSAL_DECIDED; PermissionDenied for another's."""
    lock_fund(EntryProposal.objects.values_list("fund_id", flat=True).get(pk=proposal_id))
    proposal = _waiting(proposal_id)
    if proposal.proposed_by_id != actor.pk:
        raise PermissionDenied
    return _decide(proposal, ProposalState.WITHDRAWN, actor, reason)


def request_of(proposal: EntryProposal) -> Request:
    """What a proposal asks for."""
    lines = {"call_line": proposal.call_line_id, "distribution_line": proposal.distribution_line_id}
    paid = next(((name, pk) for name, pk in lines.items() if pk), None)
    return Request(
        proposal.fund_id,
        _entry_of(proposal),
        proposal.reverses_id,
        proposal.reason,
        late=proposal.late,
        line_id=paid,
        details=proposal.details,
    )


def _book(fund: Fund, request: Request, takes_back: LedgerEvent | None, actor: User) -> LedgerEvent:
    """Book a request and, where it pays a line of a notice, the payment."""
    event = book(
        fund, entry=request.entry, takes_back=takes_back, actor=actor, reason=request.reason, late=request.late
    )
    paid = Payment.objects.filter(event=takes_back).first() if takes_back and request.entry else None
    if fee := request.details.get("fee"):
        FeeCharge.objects.create(
            fund=fund, since=date.fromisoformat(fee["since"]), until=date.fromisoformat(fee["until"]),
            amount_fen=event.amount_fen, parts=fee["parts"], event=event,
        )  # fmt: skip
    if bank_line := request.details.get("bank_line"):
        BankMatch.objects.create(line_id=bank_line, event=event)
    if request.line_id:
        Payment.objects.create(event=event, **{f"{request.line_id[0]}_id": request.line_id[1]})
    elif paid:
        Payment.objects.create(
            event=event, call_line_id=paid.call_line_id, distribution_line_id=paid.distribution_line_id
        )
    return event


def _target(request: Request) -> LedgerEvent | None:
    if request.takes_back_id is None:
        return None
    return LedgerEvent.objects.get(pk=request.takes_back_id, fund_id=request.fund_id)


def _is_above_limit(fund: Fund, request: Request, takes_back: LedgerEvent | None) -> bool:
    limit = terms_of(fund.pk).approval_limit_fen
    moved = [(request.entry.amount_fen, request.entry.cost_relieved_fen)] if request.entry else []
    moved += [(takes_back.amount_fen, takes_back.cost_relieved_fen)] if takes_back else []
    return any(needs_second_person(amount, relieved, limit) for amount, relieved in moved)


def _proposed_facts(request: Request, takes_back: LedgerEvent | None) -> dict[str, object]:
    """The columns of a proposal: of the entry, or of the mere reversal."""
    if request.entry:
        entry = request.entry
        return {
            "kind": entry.kind, "investment_id": entry.investment_id, "value_date": entry.value_date,
            "amount_fen": entry.amount_fen, "cost_relieved_fen": entry.cost_relieved_fen, "document": entry.document,
            "award_id": entry.award_id,
        }  # fmt: skip
    if takes_back is None:
        raise RuleViolation("NOTHING_ASKED", gettext_lazy("Name an entry to book or one to take back."))
    return {
        "kind": EventKind.REVERSAL, "investment_id": takes_back.investment_id, "value_date": takes_back.value_date,
        "amount_fen": -takes_back.amount_fen, "cost_relieved_fen": -takes_back.cost_relieved_fen,
        "document": takes_back.document, "award_id": takes_back.award_id,
    }  # fmt: skip


def _entry_of(proposal: EntryProposal) -> Entry | None:
    if proposal.kind == EventKind.REVERSAL:
        return None
    return Entry(
        proposal.kind, proposal.value_date, proposal.amount_fen, proposal.investment_id, proposal.cost_relieved_fen,
        proposal.document, proposal.award_id,
    )  # fmt: skip


def _locked(proposal_id: int, actor: User) -> tuple[Fund, EntryProposal]:
    if not actor.has_perm("funds.decide_entryproposal"):
        raise PermissionDenied
    fund = lock_fund(EntryProposal.objects.values_list("fund_id", flat=True).get(pk=proposal_id))
    return fund, _waiting(proposal_id)


def _waiting(proposal_id: int) -> EntryProposal:
    proposal = (
        EntryProposal.objects.select_for_update(of=("self",))
        .select_related("fund", "proposed_by", "reverses")
        .get(pk=proposal_id)
    )
    if proposal.state != ProposalState.WAITING:
        raise RuleViolation("PROPOSAL_DECIDED", gettext_lazy("This proposal is decided already."))
    return proposal


def _refuse_own(proposal: EntryProposal, actor: User) -> None:
    if proposal.proposed_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", gettext_lazy("Who proposes an entry does not decide on it."))


def _decide(
    proposal: EntryProposal, state: ProposalState, actor: User, reason: str, event: LedgerEvent | None = None
) -> EntryProposal:
    proposal.state, proposal.event, proposal.decided_by = state, event, actor
    proposal.decided_at, proposal.decision_reason = timezone.now(), reason.strip()
    proposal.save(update_fields=["state", "event", "decided_by", "decided_at", "decision_reason"])
    if state != ProposalState.WITHDRAWN:
        tell(
            [proposal.proposed_by], key=f"entry-proposal-{proposal.pk}-{state}", path=_path(proposal),
            subject=lambda: _("Your entry for %(fund)s: %(state)s")
            % {"fund": proposal.fund.name, "state": proposal.get_state_display()},
            text=lambda: _("%(person)s decided on it. %(reason)s")
            % {"person": actor.name or actor.email, "reason": proposal.decision_reason},
        )  # fmt: skip
    return proposal


def _tell_deciders(proposal: EntryProposal, fund: Fund) -> None:
    tell(
        deciders(but=proposal.proposed_by), key=f"entry-proposal-{proposal.pk}", path=_path(proposal),
        subject=lambda: _("An entry for %(fund)s waits for your approval") % {"fund": fund.name},
        text=lambda: _("%(person)s proposes: %(kind)s. It is not in the books until another person approves it.")
        % {"person": proposal.proposed_by.name or proposal.proposed_by.email, "kind": proposal.get_kind_display()},
    )  # fmt: skip


def _path(proposal: EntryProposal) -> str:
    return proposal.get_absolute_url()

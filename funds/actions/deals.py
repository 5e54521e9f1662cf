"""Proposals: open and change one, examine it, lay it before the committee, withdraw it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.clean import refuse_invalid
from funds.choices.deals import EDITABLE_DEALS, DiligenceArea, DiligenceState
from funds.models import Deal, DealPaper, DiligenceItem, Investment, Paper
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation

FIRST_QUESTIONS: tuple[tuple[DiligenceArea, Any], ...] = (
    (DiligenceArea.BUSINESS, _("Is there a market for the product, and who else serves it?")),
    (DiligenceArea.TECHNOLOGY, _("Does the company own its technology, and are its patents in force?")),
    (DiligenceArea.TEAM, _("Do the founders work full time for the company, and what binds them?")),
    (DiligenceArea.LEGAL, _("Are shares, licences and disputes in order?")),
    (DiligenceArea.FINANCE, _("Do accounts, tax and cash agree with what the company says?")),
    (DiligenceArea.VALUATION, _("What supports the value asked for?")),
    (DiligenceArea.COMPLIANCE, _("Is the use of the money outside the negative list of the fund?")),
    (DiligenceArea.COMPLIANCE, _("Has anybody who decides an interest in the company?")),
)
"""What every due diligence asks; staff add questions of their own."""


@transaction.atomic
def save_deal(*, actor: User, deal_id: int | None = None, **values: Any) -> Deal:
    """Open a proposal, or change the one of ``deal_id`` while it is still being worked on. Amounts in fen.

    ``values`` are fields of ``Deal``; an empty ``code`` is given by the product; ``investment_id`` makes it a
    follow-on. Raises RuleViolation DEAL_CLOSED, HOLDING_OF_OTHER, INVALID for values the record refuses.
    """
    _require(actor, "funds.change_deal" if deal_id else "funds.add_deal")
    deal = _editable(deal_id) if deal_id else Deal(lead=actor)
    for name, value in values.items():
        setattr(deal, name, value)
    if deal.investment_id:
        fits = Investment.objects.filter(pk=deal.investment_id, fund=deal.fund_id, company=deal.company_id).exists()
        if not fits:
            raise RuleViolation(
                "HOLDING_OF_OTHER", _("This holding is of another fund or company."), field="investment"
            )
    deal.is_follow_on = deal.investment_id is not None
    if not deal.code:
        deal.code = _next_code(deal)
    refuse_invalid(deal)
    deal.save()
    return deal


@transaction.atomic
def open_from_case(**values: Any) -> Deal:
    """Open a proposal that follows from an approved application; the case was decided, so nobody's right is asked.

    ``values`` are fields of ``Deal``, with ``lead``. Raises RuleViolation INVALID.
    """
    deal = Deal(**values)
    deal.code = _next_code(deal)
    refuse_invalid(deal)
    deal.save()
    return deal


def _next_code(deal: Deal) -> str:
    """Fund, year, running number: ``ZJ-TS-03-2026-004``."""
    stem = f"{deal.fund.code}-{deal.opened_on.year}-"
    numbers = [
        int(tail)
        for code in Deal.objects.filter(code__startswith=stem).values_list("code", flat=True)
        if (tail := code.removeprefix(stem)).isdecimal()
    ]
    return f"{stem}{max(numbers, default=0) + 1:03d}"


@transaction.atomic
def begin_diligence(*, deal_id: int, actor: User) -> Deal:
    """Begin to examine a proposal; the questions that every due diligence asks are put on its list.

    Raises TransitionRefused SUMMARY_MISSING, NO_SUCH_TRANSITION, NOT_PERMITTED.
    """
    deal = transitions.apply(_locked(deal_id), "begin", actor=actor)
    asked = set(DiligenceItem.objects.filter(deal=deal_id).values_list("question", flat=True))
    DiligenceItem.objects.bulk_create(
        DiligenceItem(deal_id=deal_id, area=area, question=str(question))
        for area, question in FIRST_QUESTIONS
        if str(question) not in asked
    )
    return deal


@transaction.atomic
def save_item(*, deal_id: int, actor: User, item_id: int | None = None, **values: Any) -> DiligenceItem:
    """Put a question on the list, or answer the one of ``item_id``.

    Raises RuleViolation DEAL_CLOSED, NO_ITEM, INVALID for an answer without finding.
    """
    _require(actor, "funds.change_deal")
    _editable(deal_id)
    item = DiligenceItem(deal_id=deal_id)
    if item_id is not None:
        found = DiligenceItem.objects.filter(pk=item_id, deal=deal_id).first()
        if found is None:
            raise RuleViolation("NO_ITEM", _("This question does not exist any more."))
        item = found
    before = item.state
    for name, value in values.items():
        setattr(item, name, value)
    if item.state == DiligenceState.OPEN:
        item.done_on = None
    elif before != item.state or item.done_on is None:
        item.done_on = timezone.localdate()
    refuse_invalid(item)
    item.save()
    return item


@transaction.atomic
def propose(*, deal_id: int, actor: User) -> Deal:
    """Lay a proposal before the committee; from now on it stands as it is.

    Raises TransitionRefused DILIGENCE_EMPTY, DILIGENCE_OPEN, DILIGENCE_BREACH, RISKS_MISSING, NO_SUCH_TRANSITION.
    """
    deal = _locked(deal_id)
    answers = list(DiligenceItem.objects.filter(deal=deal_id).values_list("state", flat=True))
    return transitions.apply(deal, "propose", actor=actor, facts={"answers": answers})


@transaction.atomic
def withdraw(*, deal_id: int, reason: str, actor: User) -> Deal:
    """Close a proposal that is not followed up. Raises RuleViolation REASON_MISSING, NO_SUCH_TRANSITION."""
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the proposal is withdrawn."), field="reason")
    return transitions.apply(_locked(deal_id), "withdraw", actor=actor, reason=reason)


@transaction.atomic
def attach_paper(*, deal_id: int, paper_id: int, actor: User) -> DealPaper:
    """Attach a stored paper to a proposal, also after it is decided: what comes later is dated by itself."""
    _require(actor, "funds.change_deal")
    deal = _locked(deal_id)
    link, __ = DealPaper.objects.get_or_create(deal=deal, paper=Paper.objects.get(pk=paper_id))
    return link


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied


def _locked(deal_id: int) -> Deal:
    return Deal.objects.select_for_update(of=("self",)).select_related("fund", "company").get(pk=deal_id)


def _editable(deal_id: int) -> Deal:
    deal = _locked(deal_id)
    if deal.state not in EDITABLE_DEALS:
        raise RuleViolation(
            "DEAL_CLOSED", _("This proposal lies before the committee or is closed; it cannot be changed any more.")
        )
    return deal

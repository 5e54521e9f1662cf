"""Claims of local reinvestment: written by the manager or the office, decided by others, revoked with a reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import CatalogueItem, Fund, Investment, ProofFile, ReinvestmentClaim
from funds.models.reinvestment import files_claims, managed_funds
from funds.queries.valuation_work import invested_in
from funds.rules import reinvestment as rules
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept
from innovation.organisations.models import Organisation

States = ReinvestmentClaim.State


@transaction.atomic
def save_claim(
    *,
    fund: Fund,
    claimed_fen: int,
    claimed_ground: CatalogueItem,
    actor: User,
    investment: Investment | None = None,
    company: Organisation | None = None,
    invested_on: date | None = None,
    statement: str = "",
    claim_id: int | None = None,
) -> ReinvestmentClaim:
    """Write a claim or change a draft; amounts in fen. A holding gives its company and the day of its first money.

    Raises RuleViolation CLAIM_EMPTY, CLAIM_ABOVE_COST, CLAIM_OTHER_FUND, CLAIM_COMPANY, CLAIM_GROUND, CLAIM_IN_FUTURE,
    CLAIM_NOT_OPEN; PermissionDenied for whoever is neither officer nor the fund's manager.
    """
    _require_filer(fund, actor)
    claim = ReinvestmentClaim(created_by=actor) if claim_id is None else _locked(claim_id)
    if claim.state != States.DRAFT:
        raise RuleViolation("CLAIM_NOT_OPEN", _("Only a draft can be changed."))
    if claim.pk and claim.fund_id != fund.pk:
        _require_filer(claim.fund, actor)
    if claimed_ground.kind != CatalogueItem.Kind.GROUND:
        raise RuleViolation("CLAIM_GROUND", _("Choose a ground from the list."), field="claimed_ground")
    invested: int | None = None
    if investment is not None:
        _check_holding(fund, investment)
        invested, first = invested_in(investment.pk)
        company, invested_on = investment.company, first
    if company is None or invested_on is None:
        message = _("Name a holding, or the company and the day of the investment.")
        raise RuleViolation("CLAIM_COMPANY", message, field="company")
    if invested_on > timezone.localdate():
        raise RuleViolation("CLAIM_IN_FUTURE", _("This day is still to come."), field="invested_on")
    problem = rules.claim_problem(claimed_fen, invested)
    if problem:
        raise problem
    claim.fund, claim.investment, claim.company, claim.invested_on = fund, investment, company, invested_on
    claim.claimed_fen, claim.claimed_ground, claim.statement = claimed_fen, claimed_ground, statement
    claim.save()
    return claim


def _check_holding(fund: Fund, investment: Investment) -> None:
    """The holding is of the fund, of a fund below it, or of another fund of the same manager."""
    near = Q(pk=fund.pk) | Q(parent=fund) | Q(held_by__investment__fund=fund, held_by__superseded_at=None)
    if fund.manager_id:
        near |= Q(manager=fund.manager_id)
    if not Fund.objects.filter(near, pk=investment.fund_id).exists():
        message = _("This holding is neither of the fund, nor below it, nor of its manager.")
        raise RuleViolation("CLAIM_OTHER_FUND", message, field="investment")


@transaction.atomic
def add_proof(*, claim_id: int, upload: Any, actor: User) -> ProofFile:
    """Keep a document with a claim that is not decided yet. Raises CLAIM_DECIDED, PROOF_EXISTS, FILE_*."""
    claim = _locked(claim_id)
    _require_filer(claim.fund, actor)
    if claim.state not in {States.DRAFT, States.SUBMITTED, States.UNDER_REVIEW}:
        raise RuleViolation("CLAIM_DECIDED", _("This claim is decided: nothing is added to it any more."))
    accepted = accept(upload, kinds=DOCUMENTS)
    with accepted.content as content:
        if ProofFile.objects.filter(claim=claim, sha256=accepted.sha256).exists():
            raise RuleViolation("PROOF_EXISTS", _("This document is with the record already."), field="file")
        return ProofFile.objects.create(
            claim=claim, file=File(content, name=accepted.stored_name), name=accepted.name, kind=str(accepted.kind),
            size=accepted.size, sha256=accepted.sha256, added_by=actor,
        )  # fmt: skip


@transaction.atomic
def submit_claim(*, claim_id: int, actor: User) -> ReinvestmentClaim:
    """Send a draft to the office. Raises RuleViolation PROOF_MISSING, NO_SUCH_TRANSITION."""
    claim = _locked(claim_id)
    _require_filer(claim.fund, actor)
    if claim.state == States.DRAFT and not claim.proofs.exists():
        raise RuleViolation("PROOF_MISSING", _("Add at least one document that proves the investment."), field="file")
    return _moved(claim, "submit", actor, {"submitted_at": timezone.now()})


@transaction.atomic
def take_claim(*, claim_id: int, actor: User) -> ReinvestmentClaim:
    """Take a submitted claim into review."""
    return _moved(_to_decide(claim_id, actor), "take", actor, {})


@transaction.atomic
def recognise_claim(
    *, claim_id: int, recognised_fen: int, ground: CatalogueItem, recognised_on: date, reason: str, actor: User
) -> ReinvestmentClaim:
    """Recognise a claim up to what was claimed, on a ground of the list, from a day on; amount in fen.

    Raises RuleViolation RECOGNITION_EMPTY, RECOGNITION_ABOVE_CLAIM, RECOGNITION_DAY, CLAIM_GROUND, RECOGNISED_TWICE,
    FOUR_EYES, NO_SUCH_TRANSITION.
    """
    claim = _to_decide(claim_id, actor)
    transitions.find(ReinvestmentClaim.transitions, claim.state, "recognise")
    problem = rules.recognition_problem(recognised_fen, claim.claimed_fen)
    if problem:
        raise problem
    if ground.kind != CatalogueItem.Kind.GROUND:
        raise RuleViolation("CLAIM_GROUND", _("Choose a ground from the list."), field="ground")
    if not claim.invested_on <= recognised_on <= timezone.localdate():
        message = _("The day of recognition lies between the investment and today.")
        raise RuleViolation("RECOGNITION_DAY", message, field="recognised_on")
    same = Q(company=claim.company_id, invested_on=claim.invested_on)
    if claim.investment_id:
        same |= Q(investment=claim.investment_id)
    twin = ReinvestmentClaim.objects.filter(same, fund=claim.fund_id, state=States.RECOGNISED).first()
    if twin:
        message = _("This investment is recognised for this government money already.")
        raise RuleViolation("RECOGNISED_TWICE", message, facts={"claim": twin.pk})
    changes = {
        "recognised_fen": recognised_fen, "ground": ground, "recognised_on": recognised_on, "decided_by": actor,
        "decided_at": timezone.now(), "decision_reason": reason,
    }  # fmt: skip
    return _moved(claim, "recognise", actor, changes, reason)


@transaction.atomic
def refuse_claim(*, claim_id: int, reason: str, actor: User) -> ReinvestmentClaim:
    """Refuse a claim under review. Raises RuleViolation REASON_MISSING, FOUR_EYES, NO_SUCH_TRANSITION."""
    claim = _to_decide(claim_id, actor)
    _require_reason(reason)
    changes = {"decided_by": actor, "decided_at": timezone.now(), "decision_reason": reason}
    return _moved(claim, "refuse", actor, changes, reason)


@transaction.atomic
def revoke_claim(*, claim_id: int, revoked_on: date, reason: str, actor: User) -> ReinvestmentClaim:
    """Take a recognition back from a day on; before that day it still counts. Raises REASON_MISSING, REVOCATION_DAY."""
    claim = _to_decide(claim_id, actor)
    transitions.find(ReinvestmentClaim.transitions, claim.state, "revoke")
    _require_reason(reason)
    if claim.recognised_on is None or not claim.recognised_on <= revoked_on <= timezone.localdate():
        message = _("The day of revocation lies between the recognition and today.")
        raise RuleViolation("REVOCATION_DAY", message, field="revoked_on")
    changes = {
        "revoked_on": revoked_on, "revoked_at": timezone.now(), "revoked_by": actor, "revocation_reason": reason,
    }  # fmt: skip
    return _moved(claim, "revoke", actor, changes, reason)


def _moved(
    claim: ReinvestmentClaim, event: str, actor: User, changes: Mapping[str, Any], reason: str = ""
) -> ReinvestmentClaim:  # fmt: skip
    transitions.apply(claim, event, actor=actor, reason=reason, changes=changes)
    return ReinvestmentClaim.objects.select_related("company", "fund").get(pk=claim.pk)


def _locked(claim_id: int) -> ReinvestmentClaim:
    rows = ReinvestmentClaim.objects.select_for_update(of=("self",)).select_related("fund", "company")
    return rows.get(pk=claim_id)


def _to_decide(claim_id: int, actor: User) -> ReinvestmentClaim:
    """The claim under the lock of its fund: two recognitions of one investment wait for each other."""
    if not actor.has_perm("funds.decide_reinvestment"):
        raise PermissionDenied
    fund_id = ReinvestmentClaim.objects.values_list("fund_id", flat=True).get(pk=claim_id)
    Fund.objects.select_for_update(of=("self",)).get(pk=fund_id)
    claim = _locked(claim_id)
    if claim.created_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who wrote a claim does not decide it."))
    return claim


def _require_filer(fund: Fund, actor: User) -> None:
    if not files_claims(actor, ReinvestmentClaim(fund=fund)):
        raise PermissionDenied


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give the reason."), field="reason")


def funds_to_claim_for(user: User) -> Any:
    """Funds for which ``user`` may write claims: all for officers, their own for managers."""
    return Fund.objects.all() if user.has_perm("funds.add_reinvestmentclaim") else managed_funds(user)

"""The terms of a fund's books, and the proofs that they hold."""

import time
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from funds.actions.ledger import lock_fund
from funds.actions.post import holding, tell
from funds.choices.ledger import ProofOccasion
from funds.models import BookDocument, BookTerms, Fund, LedgerAnchor, LedgerEvent, LedgerProof
from funds.queries.books import book_problems
from funds.queries.proofs import codes_of, findings_of, heads
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept


@transaction.atomic
def set_book_terms(
    *, fund_id: int, approval_limit_fen: int | None, is_complete: bool, actor: User
) -> BookTerms:  # fmt: skip
    """Set a fund's limit for a second person (fen, None: none) and whether its books are complete.

    Raises RuleViolation LIMIT_NEGATIVE, CASH_BELOW_ZERO or CALLS_ABOVE_COMMITMENT when the books are not complete
    yet; PermissionDenied without ``funds.change_bookterms``.
    """
    if not actor.has_perm("funds.change_bookterms"):
        raise PermissionDenied
    fund = lock_fund(fund_id)
    if approval_limit_fen is not None and approval_limit_fen < 0:
        raise RuleViolation("LIMIT_NEGATIVE", gettext_lazy("The limit is zero or more."), field="approval_limit_fen")
    if is_complete:
        _refuse_incomplete(fund)
    terms, __ = BookTerms.objects.update_or_create(
        fund=fund,
        defaults={
            "approval_limit_fen": approval_limit_fen, "is_complete": is_complete, "changed_by": actor,
            "changed_at": timezone.now(),
        },
    )  # fmt: skip
    return terms


def _refuse_incomplete(fund: Fund) -> None:
    for problem in book_problems(fund):
        seq = LedgerEvent.objects.filter(pk=problem.event).values_list("seq", flat=True).first()
        violation = problem.violation
        raise RuleViolation(
            violation.code,
            gettext_lazy("The books are not complete: entry no. %(seq)s. %(message)s Record what is missing first.")
            % {"seq": seq, "message": violation.message},
            field="is_complete",
            facts=violation.facts | {"seq": seq},
        )


def prove_books(
    *, occasion: ProofOccasion, fund_id: int | None = None, actor: User | None = None, anchor_on: date | None = None
) -> LedgerProof:
    """Prove one fund's books, or all, keep the result, and tell the office when something is wrong.

    ``anchor_on`` keeps each sound ledger's head for that day. Raises PermissionDenied for an ``actor`` without
    ``funds.prove_ledger``; ``actor`` None is the clock or the command line.
    """
    if actor is not None and not actor.has_perm("funds.prove_ledger"):
        raise PermissionDenied
    began = time.monotonic()
    with transaction.atomic():
        found = findings_of(fund_id)
        codes = codes_of({finding.fund_id for finding in found})
        last = heads(fund_id)
        anchors = LedgerAnchor.objects.all() if fund_id is None else LedgerAnchor.objects.filter(fund_id=fund_id)
        compared = anchors.count()
        if anchor_on:
            _keep_heads(last, {finding.fund_id for finding in found}, anchor_on)
        proof = LedgerProof.objects.create(
            fund_id=fund_id, occasion=occasion, actor=actor, funds=len(last), anchors=compared,
            entries=sum(seq for _fund, seq, _head in last), seconds=round(time.monotonic() - began, 3),
            findings=[
                {"fund_id": f.fund_id, "fund": codes[f.fund_id], "seq": f.seq, "finding": f.finding, "detail": f.detail}
                for f in found
            ],
        )  # fmt: skip
        if found:
            _alert(proof)
    return proof


def _keep_heads(last: list[tuple[int, int, bytes]], unsound: set[int], day: date) -> None:
    LedgerAnchor.objects.bulk_create(
        [LedgerAnchor(fund_id=fund, day=day, seq=seq, hash=head) for fund, seq, head in last if fund not in unsound],
        ignore_conflicts=True,
    )


def _alert(proof: LedgerProof) -> None:
    count = len(proof.findings)
    tell(
        holding("prove_ledger"), key=f"ledger-proof-{proof.pk}", path=reverse("funds:proofs"), kind=None,
        subject=lambda: _("The proof of the books failed"),
        text=lambda: ngettext(
            "%(count)s thing was found wrong, first in fund %(fund)s. Nobody can have done this in the product: "
            "somebody wrote to the database itself. Stop booking there and keep the database as it is.",
            "%(count)s things were found wrong, first in fund %(fund)s. Nobody can have done this in the product: "
            "somebody wrote to the database itself. Stop booking there and keep the database as it is.",
            count,
        ) % {"count": count, "fund": proof.findings[0]["fund"]},
    )  # fmt: skip


@transaction.atomic
def keep_document(*, fund_id: int, upload: Any, actor: User) -> BookDocument:
    """Check and keep a file as evidence for the books; the same file of a fund is kept once.

    Raises RuleViolation with the codes of ``core.uploads``; PermissionDenied without ``funds.add_ledgerevent``.
    """
    if not actor.has_perm("funds.add_ledgerevent"):
        raise PermissionDenied
    accepted = accept(upload, kinds=DOCUMENTS)
    fund = lock_fund(fund_id)
    known = BookDocument.objects.filter(fund=fund, sha256=accepted.sha256).first()
    return known or BookDocument.objects.create(
        fund=fund, file=File(accepted.content, name=accepted.stored_name), name=accepted.name, size=accepted.size,
        sha256=accepted.sha256, uploaded_by=actor,
    )  # fmt: skip

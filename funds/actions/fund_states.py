"""Move a fund through its life."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from funds.actions.ledger import lock_fund
from funds.choices.records import FundKind, Phase
from funds.models import Fund
from funds.queries.holdings import books_of
from funds.queries.sums import Moment
from innovation.accounts.models import User
from innovation.core import transitions


@transaction.atomic
def move_fund(*, fund_id: int, event: str, actor: User, reason: str = "") -> Fund:
    """Take one step of a fund's life (``funds.models.states``).

    Raises RuleViolation NO_SUCH_TRANSITION, NOT_PERMITTED, NO_COMMITMENT, NO_EXTENSION, HOLDINGS_LEFT, MONEY_LEFT.
    """
    fund = lock_fund(fund_id)
    moved = transitions.apply(fund, event, actor=actor, reason=reason, facts=state_facts(fund))
    assert isinstance(moved, Fund)  # noqa: S101 - apply() returns the record it was given
    return moved


def state_facts(fund: Fund) -> dict[str, Any]:
    """What the guards of a fund's steps look at, now; money in fen."""
    now = timezone.now()
    books = books_of([fund], Moment(timezone.localdate(now), now))[fund.pk]
    terms = fund.terms.filter(superseded_at=None, phase=Phase.EXTENSION, valid_to__gte=timezone.localdate(now))
    commitments = fund.commitments.filter(superseded_at=None)
    return {
        "has_commitments": fund.kind == FundKind.GRANT or commitments.exists(),
        "has_extension": terms.exists(),
        "remaining_fen": int(sum(holding.remaining for holding in books.holdings)),
        "cash_fen": int(books.fund.cash(books.holdings)),
    }

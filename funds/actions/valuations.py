"""Record fair values; a correction supersedes and both stay answerable."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.ledger import lock_fund
from funds.models import Investment, Valuation
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@transaction.atomic
def record_valuation(
    *,
    investment_id: int,
    valid_at: date,
    fair_value_fen: int,
    method: str,
    actor: User,
    document: str = "",
    prepared_by: User | None = None,
) -> Valuation:
    """Record an approved fair value in fen; a value that stood for the same day is superseded at this moment.

    ``actor`` approves; ``prepared_by`` is the author and another person where named.
    Raises RuleViolation FUTURE_VALUE_DATE, NEGATIVE_VALUE, FOUR_EYES; PermissionDenied without ``funds.add_valuation``.
    """
    if not actor.has_perm("funds.add_valuation"):
        raise PermissionDenied
    investment = Investment.objects.get(pk=investment_id)
    lock_fund(investment.fund_id)
    now = timezone.now()
    if valid_at > timezone.localdate(now):
        raise RuleViolation(
            "FUTURE_VALUE_DATE",
            _("The value holds for %(day)s, which is still to come. Use today or an earlier day.") % {"day": valid_at},
            field="valid_at",
            facts={"valid_at": valid_at},
        )
    if fair_value_fen < 0:
        raise RuleViolation("NEGATIVE_VALUE", _("A fair value is zero or more."), field="fair_value_fen")
    if prepared_by == actor:
        raise RuleViolation("FOUR_EYES", _("The approver is not the author."), field="prepared_by")
    Valuation.objects.filter(investment=investment, valid_at=valid_at, superseded_at=None).update(superseded_at=now)
    return Valuation.objects.create(
        investment=investment,
        valid_at=valid_at,
        recorded_at=now,
        fair_value_fen=fair_value_fen,
        method=method,
        document=document,
        prepared_by=prepared_by,
        approved_by=actor,
    )

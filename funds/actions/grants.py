"""Awards of grant money: record one, change its terms. Payments and returns are entries of the ledger."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from funds.actions.clean import refuse_invalid
from funds.actions.ledger import lock_fund
from funds.choices.records import FundKind
from funds.models import GrantAward
from funds.queries.books import award_events
from funds.rules.grants import lowest_grant
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@transaction.atomic
def record_award(*, fund_id: int, actor: User, **values: Any) -> GrantAward:
    """Promise a grant to a recipient; ``values`` are fields of ``GrantAward``, ``committed_fen`` in fen.

    Raises RuleViolation NO_GRANT_FUND, INVALID for values the record refuses; PermissionDenied without
    ``funds.add_grantaward``.
    """
    if not actor.has_perm("funds.add_grantaward"):
        raise PermissionDenied
    fund = lock_fund(fund_id)
    if fund.kind != FundKind.GRANT:
        raise RuleViolation("NO_GRANT_FUND", _("Awards are made from a fund of grant money only."), field="fund")
    award = GrantAward(fund=fund, **values)
    refuse_invalid(award)
    award.save()
    return award


@transaction.atomic
def change_award(*, award_id: int, actor: User, **values: Any) -> GrantAward:
    """Change the terms of an award; what was there before stays in its history.

    Raises RuleViolation AWARD_BELOW_PAID when it would grant less than what is out under it, INVALID;
    PermissionDenied without ``funds.change_grantaward``.
    """
    if not actor.has_perm("funds.change_grantaward"):
        raise PermissionDenied
    lock_fund(GrantAward.objects.values_list("fund_id", flat=True).get(pk=award_id))
    award = GrantAward.objects.select_for_update(of=("self",)).get(pk=award_id)
    for name, value in values.items():
        setattr(award, name, value)
    lowest = lowest_grant(award_events([award.pk]))
    if award.committed_fen < lowest:
        raise RuleViolation(
            "AWARD_BELOW_PAID", _("More than this is paid under the award already."), field="committed_fen",
            facts={"paid_fen": lowest},
        )  # fmt: skip
    refuse_invalid(award)
    award.save()
    return award

"""Let a fair value count; a correction supersedes and both stay answerable."""

from datetime import date, datetime

from funds.models import Investment, Valuation
from innovation.accounts.models import User


def store_value(
    *,
    investment: Investment,
    valid_at: date,
    fair_value_fen: int,
    method: str,
    document: str,
    prepared_by: User | None,
    approved_by: User,
    recorded_at: datetime,
) -> Valuation:
    """Let an approved value count from ``recorded_at`` on; what stood for the same day is superseded then.

    The caller (``funds.actions.valuation_papers``) holds the fund's lock and has checked everything.
    """
    stands = Valuation.objects.filter(investment=investment, valid_at=valid_at, superseded_at=None)
    stands.update(superseded_at=recorded_at)
    return Valuation.objects.create(
        investment=investment,
        valid_at=valid_at,
        recorded_at=recorded_at,
        fair_value_fen=fair_value_fen,
        method=method,
        document=document,
        prepared_by=prepared_by,
        approved_by=approved_by,
    )

"""What the fee of a period is computed from: phases, rates and the balances of every basis."""

from datetime import date

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.choices.records import FeeBasis
from funds.models import FeeCharge, FeeTerm, Fund, FundTerm
from funds.queries.commitments import stakes_at
from funds.queries.sums import Moment, kinds_list
from funds.rules.books import balances
from funds.rules.fees import FeePart, FeeRate, PhasePeriod, fee_parts

_INVESTED = kinds_list(*INVESTING_KINDS, EventKind.FX)
_MOVES = f"""
    SELECT value_date,
        COALESCE(SUM(amount_fen) FILTER (WHERE effect = '{EventKind.CALL}'), 0)::bigint,
        COALESCE(SUM(amount_fen) FILTER (WHERE effect IN ({_INVESTED})), 0)::bigint,
        SUM(cost_relieved_fen)::bigint
    FROM funds_ledgerevent WHERE fund_id = %s AND value_date <= %s GROUP BY value_date ORDER BY value_date
"""  # noqa: S608 - the kinds come from our own enumeration


def computed_parts(fund: Fund, since: date, until: date) -> list[FeePart]:
    """The stretches of a period that cost a fee by the fund's terms and books as known now. Four statements.

    Committed capital is what the investors' commitments say at the end of the period, or, while none is recorded,
    what is stated with the fund.
    """
    now = timezone.now()
    phases = [
        PhasePeriod(*row)
        for row in FundTerm.objects.current().filter(fund=fund).values_list("phase", "valid_from", "valid_to")
    ]
    rates = [
        FeeRate(term.phase, term.basis, term.rate, term.valid_from, term.valid_to)
        for term in FeeTerm.objects.current().filter(fund=fund)
    ]
    stakes = stakes_at(Moment(until, now), [fund.pk]).get(fund.pk, [])
    committed = sum(stake.amount_fen for stake in stakes) or fund.committed_fen
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [fund.pk, until])
        rows = cursor.fetchall()
    invested = [(day, added) for day, __, added, __ in rows]
    lines = {
        FeeBasis.COMMITTED: [(fund.starts_on, committed)],
        FeeBasis.PAID_IN: balances((day, called) for day, called, __, __ in rows),
        FeeBasis.INVESTED_COST: balances(invested),
        FeeBasis.UNEXITED_COST: balances((day, added - relieved) for day, __, added, relieved in rows),
    }
    return fee_parts(since, until, phases, rates, {str(basis): line for basis, line in lines.items()})


def standing_charges(fund: Fund) -> QuerySet[FeeCharge]:
    """Charges of a fund whose entry is not taken back, newest first."""
    return FeeCharge.objects.filter(fund=fund, event__reversed_by=None).select_related("event").order_by("-since")

"""What a proof reads: broken links, heads that are no longer there, and the sums that may not be below zero."""

from django.db import connection

from funds.choices.ledger import INVESTING_KINDS, EventKind, ProofFinding
from funds.models import Fund, LedgerEvent
from funds.models.bookkeeping_triggers import RECALLABLE, SIGNED_CASH
from funds.models.grant_triggers import OUT
from funds.queries.ledger import broken_links
from funds.rules.books import Finding

_INVESTING = ", ".join(f"'{kind}'" for kind in sorted((*INVESTING_KINDS, EventKind.FX)))
_LOST_ANCHORS = """
    SELECT a.fund_id, a.seq, a.day FROM funds_ledgeranchor a
    LEFT JOIN funds_ledgerevent e ON e.fund_id = a.fund_id AND e.seq = a.seq
    WHERE e.hash IS DISTINCT FROM a.hash AND (%(fund)s::bigint IS NULL OR a.fund_id = %(fund)s)
    ORDER BY a.fund_id, a.day
"""
_COST_BELOW_ZERO = f"""
    SELECT DISTINCT fund_id, investment_id FROM (
        SELECT e.fund_id, e.investment_id,
               SUM(SUM(CASE WHEN e.effect IN ({_INVESTING}) THEN e.amount_fen ELSE 0 END - e.cost_relieved_fen))
                   OVER (PARTITION BY e.investment_id ORDER BY e.value_date) AS remaining
        FROM funds_ledgerevent e
        WHERE e.investment_id IS NOT NULL AND (%(fund)s::bigint IS NULL OR e.fund_id = %(fund)s)
        GROUP BY e.fund_id, e.investment_id, e.value_date
    ) day WHERE remaining < 0 ORDER BY 1, 2
"""  # noqa: S608 - the kinds come from our own enumeration
_CASH_BELOW_ZERO = f"""
    SELECT fund_id, MIN(value_date) FROM (
        SELECT e.fund_id, e.value_date,
               SUM(SUM({SIGNED_CASH})) OVER (PARTITION BY e.fund_id ORDER BY e.value_date) AS cash
        FROM funds_ledgerevent e JOIN funds_bookterms t ON t.fund_id = e.fund_id AND t.is_complete
        WHERE %(fund)s::bigint IS NULL OR e.fund_id = %(fund)s
        GROUP BY e.fund_id, e.value_date
    ) day WHERE cash < 0 GROUP BY fund_id ORDER BY fund_id
"""  # noqa: S608
_CALLS_TOO_HIGH = f"""
    SELECT f.id, (SUM(e.amount_fen) - f.committed_fen - {RECALLABLE})::bigint
    FROM funds_fund f JOIN funds_bookterms t ON t.fund_id = f.id AND t.is_complete
    JOIN funds_ledgerevent e ON e.fund_id = f.id AND e.investment_id IS NULL AND e.effect = '{EventKind.CALL}'
    WHERE %(fund)s::bigint IS NULL OR f.id = %(fund)s
    GROUP BY f.id HAVING SUM(e.amount_fen) > f.committed_fen + {RECALLABLE} ORDER BY f.id
"""  # noqa: S608


_AWARD_EXCEEDED = f"""
    SELECT DISTINCT a.fund_id, day.award_id FROM ({OUT.format(which="e.award_id IS NOT NULL")}) day
    JOIN funds_grantaward a ON a.id = day.award_id
    WHERE (day.out > a.committed_fen OR day.out < 0) AND (%(fund)s::bigint IS NULL OR a.fund_id = %(fund)s)
    ORDER BY 1, 2
"""  # noqa: S608


def findings_of(fund_id: int | None = None) -> list[Finding]:
    """Everything wrong with the books of one fund, or of all: six statements, whatever their size."""
    found = [Finding(fund, ProofFinding.LINK_BROKEN, seq) for fund, seq in broken_links(fund_id)]
    found += [Finding(f, ProofFinding.ANCHOR_LOST, s, day.isoformat()) for f, s, day in _rows(_LOST_ANCHORS, fund_id)]
    found += [Finding(f, ProofFinding.COST_BELOW_ZERO, None, f"#{i}") for f, i in _rows(_COST_BELOW_ZERO, fund_id)]
    found += [
        Finding(f, ProofFinding.CASH_BELOW_ZERO, None, day.isoformat()) for f, day in _rows(_CASH_BELOW_ZERO, fund_id)
    ]
    found += [
        Finding(f, ProofFinding.CALLS_ABOVE_COMMITMENT, None, f"{fen} fen")
        for f, fen in _rows(_CALLS_TOO_HIGH, fund_id)
    ]
    found += [Finding(f, ProofFinding.AWARD_EXCEEDED, None, f"#{i}") for f, i in _rows(_AWARD_EXCEEDED, fund_id)]
    return found


def heads(fund_id: int | None = None) -> list[tuple[int, int, bytes]]:
    """(fund id, number, hash) of the last entry of each ledger."""
    rows = LedgerEvent.objects.all() if fund_id is None else LedgerEvent.objects.filter(fund_id=fund_id)
    last = rows.order_by("fund_id", "-seq").distinct("fund_id").values_list("fund_id", "seq", "hash")
    return [(fund, seq, bytes(digest)) for fund, seq, digest in last]


def codes_of(fund_ids: set[int]) -> dict[int, str]:
    """The codes of some funds."""
    return dict(Fund.objects.filter(pk__in=fund_ids).values_list("pk", "code"))


def _rows(statement: str, fund_id: int | None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"fund": fund_id})
        return cursor.fetchall()

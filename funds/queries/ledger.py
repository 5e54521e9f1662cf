"""Questions to the ledger that lists, proofs, exports and API share."""

from django.db import connection

# The same text as funds.rules.chain.Link.text(), built by the database.
_BROKEN_LINKS = """
    SELECT fund_id, seq FROM (
        SELECT e.fund_id, e.seq, e.hash, e.prev_hash,
               COALESCE(LAG(e.hash) OVER chain, decode(repeat('00', 32), 'hex')) AS before,
               COALESCE(LAG(e.seq) OVER chain, 0) AS seq_before,
               sha256(e.prev_hash || convert_to(concat(
                   e.fund_id, '|', e.seq, '|', e.investment_id, '|', e.kind, '|', e.effect, '|', e.value_date, '|',
                   to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '|', e.amount_fen, '|',
                   e.cost_relieved_fen, '|', e.reverses_id, '|', e.actor_id, '|', char_length(e.document), '|',
                   e.document, '|', char_length(e.reason), '|', e.reason,
                   '|' || e.award_id), 'UTF8')) AS expected
        FROM funds_ledgerevent e
        WHERE %(fund_id)s::bigint IS NULL OR e.fund_id = %(fund_id)s
        WINDOW chain AS (PARTITION BY e.fund_id ORDER BY e.seq)
    ) link
    WHERE hash <> expected OR prev_hash <> before OR seq <> seq_before + 1
    ORDER BY fund_id, seq
"""


def broken_links(fund_id: int | None = None) -> list[tuple[int, int]]:
    """(fund id, number) of every ledger row whose hash, predecessor or number does not verify, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN_LINKS, {"fund_id": fund_id})
        return [tuple(row) for row in cursor.fetchall()]

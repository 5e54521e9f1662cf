"""What the database itself refuses in a ledger, whoever writes: one set-based check per statement."""

import pgtrigger

from funds.models.bookkeeping_triggers import complete_books_check

_COMPLETE = "SELECT t.fund_id FROM funds_bookterms t JOIN new_rows n ON n.fund_id = t.fund_id WHERE t.is_complete"


class LedgerGuard(pgtrigger.Trigger):
    """After each INSERT: numbers without gaps, unbroken hashes, time of recording never backwards, a holding of the
    same fund, reversals that mirror their event, a reason for what enters a closed period, a remaining cost that is
    never below zero on any day, and in complete books the same for cash, with calls within the commitment.

    It works on the whole set of new rows, so that a load of 100,000 rows costs a few joins, not 100,000 calls.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="new_rows")
    declare = [("broken", "RECORD")]

    def __init__(self, *, name: str, investing: list[str], full_exit: str) -> None:
        super().__init__(name=name)
        self.investing = ", ".join(f"'{kind}'" for kind in sorted(investing))
        self.full_exit = full_exit

    def get_func(self, model: type) -> str:
        return f"""
            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n
            LEFT JOIN funds_ledgerevent p ON p.fund_id = n.fund_id AND p.seq = n.seq - 1
            WHERE n.prev_hash <> COALESCE(p.hash, decode(repeat('00', 32), 'hex'))
               OR (p.id IS NULL AND n.seq <> 1)
               OR p.recorded_at > n.recorded_at
            LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % does not continue the chain of the ledger.',
                    broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_chain_unbroken';
            END IF;

            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n JOIN funds_investment i ON i.id = n.investment_id
            WHERE i.fund_id <> n.fund_id LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % names a holding of another fund.', broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_holding_of_fund';
            END IF;

            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n JOIN funds_ledgerevent o ON o.id = n.reverses_id
            WHERE (o.fund_id, o.value_date, -o.amount_fen, -o.cost_relieved_fen, o.kind)
                  <> (n.fund_id, n.value_date, n.amount_fen, n.cost_relieved_fen, n.effect)
               OR o.investment_id IS DISTINCT FROM n.investment_id
            LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % does not mirror the event it reverses.', broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_reversal_mirrors';
            END IF;

            SELECT day.investment_id, day.value_date INTO broken
            FROM (
                SELECT e.investment_id, e.value_date,
                       SUM(CASE WHEN e.effect IN ({self.investing}) THEN e.amount_fen ELSE 0 END - e.cost_relieved_fen)
                           OVER (PARTITION BY e.investment_id ORDER BY e.value_date) AS remaining,
                       e.kind = '{self.full_exit}'
                           AND NOT EXISTS (SELECT FROM funds_ledgerevent r WHERE r.reverses_id = e.id) AS leaves_nothing
                FROM funds_ledgerevent e
                WHERE e.investment_id IN (
                    SELECT investment_id FROM new_rows
                    WHERE cost_relieved_fen <> 0 OR effect IN ({self.investing})
                )
            ) day
            WHERE day.remaining < 0 OR (day.leaves_nothing AND day.remaining <> 0)
            LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'The remaining cost of holding % on % would not fit its exits.',
                    broken.investment_id, broken.value_date
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_cost_relieved_within_cost';
            END IF;

            -- Whoever closes a period or calls books complete holds these rows for update: one waits for the other.
            PERFORM 1 FROM funds_fund WHERE id IN (SELECT fund_id FROM new_rows) FOR KEY SHARE;

            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n JOIN funds_periodclose c
              ON c.fund_id = n.fund_id AND c.reopened_at IS NULL AND n.value_date <= c.through
                 AND n.recorded_at >= c.closed_at
            WHERE n.reason = '' LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % goes into a closed period without a reason.',
                    broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_late_with_reason';
            END IF;

            IF EXISTS (
                SELECT FROM funds_bookterms t WHERE t.is_complete AND t.fund_id IN (SELECT fund_id FROM new_rows)
            ) THEN
                {complete_books_check(_COMPLETE)}
            END IF;
            RETURN NULL;
        """  # noqa: S608 - the kinds come from our own enumeration

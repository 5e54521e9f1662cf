"""What the database refuses about the keeping of books: unsound complete books, second decisions, reopened twice."""

import pgtrigger
from django.db import models

from funds.choices.ledger import EventKind

CASH_IN = (
    EventKind.CALL, EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.RECOVERY_AFTER_WRITE_OFF,
    EventKind.DIVIDEND, EventKind.INTEREST, EventKind.GRANT_RETURN,
)  # fmt: skip
CASH_OUT = (
    EventKind.DISTRIBUTION, EventKind.INVEST, EventKind.FOLLOW_ON, EventKind.FEE, EventKind.EXPENSE, EventKind.GRANT,
)  # fmt: skip


def _listed(kinds: tuple[EventKind, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


SIGNED_CASH = (
    f"CASE WHEN e.effect IN ({_listed(CASH_IN)}) THEN e.amount_fen "
    f"WHEN e.effect IN ({_listed(CASH_OUT)}) THEN -e.amount_fen ELSE 0 END"
)
"""SQL: what row ``e`` of the ledger adds to the fund's cash, in fen; a reversal carries the opposite amount."""


RECALLABLE = (
    "(SELECT COALESCE(SUM(d.recallable_fen), 0) FROM funds_distribution d "
    "WHERE d.fund_id = f.id AND d.state <> 'CANCELLED')"
)
"""SQL: what the fund of row ``f`` may call again, in fen."""


def complete_books_check(chosen: str) -> str:
    """PL/pgSQL: refuse when a fund of ``chosen`` (a SELECT of ids of complete books) breaks invariant 1 or 7.

    Needs a declared RECORD ``broken``. Money of one day counts as one movement, since a value date has no hour.
    """
    return f"""
            SELECT day.fund_id, day.value_date INTO broken
            FROM (
                SELECT e.fund_id, e.value_date,
                       SUM(SUM({SIGNED_CASH})) OVER (PARTITION BY e.fund_id ORDER BY e.value_date) AS cash
                FROM funds_ledgerevent e WHERE e.fund_id IN ({chosen})
                GROUP BY e.fund_id, e.value_date
            ) day
            WHERE day.cash < 0 ORDER BY 1, 2 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'The cash of fund % would be below zero on %.', broken.fund_id, broken.value_date
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_cash_not_below_zero';
            END IF;

            SELECT f.id INTO broken
            FROM funds_fund f
            WHERE f.id IN ({chosen}) AND f.committed_fen + {RECALLABLE} < (
                SELECT COALESCE(SUM(e.amount_fen), 0) FROM funds_ledgerevent e
                WHERE e.fund_id = f.id AND e.investment_id IS NULL AND e.effect = '{EventKind.CALL}'
            ) LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'The calls of fund % would exceed its commitment.', broken.id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_calls_within_commitment';
            END IF;
    """  # noqa: S608 - the kinds come from our own enumeration


class CompleteBooks(pgtrigger.Trigger):
    """Books are called complete only while cash and calls hold; waits for writers of that ledger, and they for it."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update
    declare = [("broken", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.is_complete THEN
                PERFORM 1 FROM funds_fund WHERE id = NEW.fund_id FOR UPDATE;
                {complete_books_check("NEW.fund_id")}
            END IF;
            RETURN NULL;
        """


class DecidedOnce(pgtrigger.Trigger):
    """A proposal keeps what it proposes, and is decided a single time."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    decision = ("state", "decided_by_id", "decided_at", "decision_reason", "event_id")

    def get_func(self, model: type[models.Model]) -> str:
        names = ", ".join(f"'{name}'" for name in self.decision)
        return f"""
            IF TG_OP = 'DELETE' OR OLD.state <> 'WAITING'
               OR (to_jsonb(NEW) - ARRAY[{names}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{names}]) THEN
                RAISE EXCEPTION 'A proposed entry is decided once and never changed.'
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """


class LockFund(pgtrigger.Trigger):
    """Closing or reopening a period waits for those who write this fund's ledger at the moment, and they for it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM funds_fund WHERE id = NEW.fund_id FOR UPDATE;
            RETURN NEW;
        """

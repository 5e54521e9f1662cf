"""What the database refuses about calls and distributions: lines that do not sum up, too much called, too much paid."""

import pgtrigger
from django.db import models


class LinesSumUp(pgtrigger.Trigger):
    """At the end of the transaction that writes a notice or a line, the lines sum to the notice (invariant 6).

    ``notice``: the column of the new row that names the notice (``id`` on the notice itself).
    """

    when = pgtrigger.After
    timing = pgtrigger.Deferred
    declare = [("told", "RECORD"), ("parts", "RECORD")]

    def __init__(self, *, name: str, operation: object, notices: str, lines: str, notice: str) -> None:
        super().__init__(name=name, operation=operation)
        self.notices, self.lines, self.notice = notices, lines, notice

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT n.amount_fen AS amount, n.recallable_fen AS part INTO told
            FROM {self.notices} n WHERE n.id = NEW.{self.notice};
            SELECT COALESCE(SUM(l.amount_fen), 0) AS amount, COALESCE(SUM(l.recallable_fen), 0) AS part INTO parts
            FROM {self.lines} l WHERE l.notice_id = NEW.{self.notice};
            IF told.amount <> parts.amount OR told.part <> parts.part THEN
                RAISE EXCEPTION 'The lines of notice % do not sum to it.', NEW.{self.notice}
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NULL;
        """  # noqa: S608 - the tables are named in our own code


def sums_up(word: str, *, of_line: bool = False) -> LinesSumUp:
    """The trigger for the notices of a kind (``call``, ``distribution``) or for their lines."""
    changes = pgtrigger.Insert if of_line else pgtrigger.Insert | pgtrigger.UpdateOf("amount_fen", "recallable_fen")
    return LinesSumUp(
        name=f"{word}_line_sums_up" if of_line else f"{word}_lines_sum_up", operation=changes,
        notices=f"funds_{word}", lines=f"funds_{word}line", notice="notice_id" if of_line else "id",
    )  # fmt: skip


class WithinCommitment(pgtrigger.Trigger):
    """Of one investor and source: Σ called ≤ commitment + recallable distributions; Σ recalled ≤ the latter.

    The fund's row is locked first, so that two calls at once are counted one after the other (invariant 1); the lock
    lets foreign keys pass, since both calls hold one on the fund already. The
    commitment is the one that counts on the due day and nothing has superseded; cancelled notices do not count.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert
    declare = [("fund", "BIGINT"), ("due", "DATE"), ("committed", "NUMERIC"), ("fresh", "NUMERIC"),
               ("recalled", "NUMERIC"), ("recallable", "NUMERIC")]  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT fund_id, due_on INTO fund, due FROM funds_call WHERE id = NEW.notice_id;
            PERFORM 1 FROM funds_fund WHERE id = fund FOR NO KEY UPDATE;
            SELECT COALESCE(SUM(c.amount_fen), 0) INTO committed FROM funds_commitment c
            WHERE c.fund_id = fund AND c.investor_id = NEW.investor_id AND c.source = NEW.source
              AND c.superseded_at IS NULL AND c.valid_from <= due AND (c.valid_to IS NULL OR c.valid_to >= due);
            SELECT COALESCE(SUM(l.amount_fen - l.recallable_fen), 0), COALESCE(SUM(l.recallable_fen), 0)
            INTO fresh, recalled
            FROM funds_callline l JOIN funds_call n ON n.id = l.notice_id AND n.state <> 'CANCELLED'
            WHERE n.fund_id = fund AND l.investor_id = NEW.investor_id AND l.source = NEW.source;
            SELECT COALESCE(SUM(l.recallable_fen), 0) INTO recallable
            FROM funds_distributionline l JOIN funds_distribution n ON n.id = l.notice_id AND n.state <> 'CANCELLED'
            WHERE n.fund_id = fund AND l.investor_id = NEW.investor_id AND l.source = NEW.source;
            IF fresh > committed OR recalled > recallable THEN
                RAISE EXCEPTION 'Investor % would be called for more than its commitment to fund %.',
                    NEW.investor_id, fund
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NULL;
        """  # noqa: S608 - the name is our own


class PaymentsFit(pgtrigger.Trigger):
    """A payment's entry is of the notice's kind and fund; what counts of one line never exceeds it."""

    when = pgtrigger.After
    operation = pgtrigger.Insert
    declare = [("line", "RECORD"), ("entry", "RECORD"), ("paid", "NUMERIC")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.call_line_id IS NOT NULL THEN
                PERFORM 1 FROM funds_callline WHERE id = NEW.call_line_id FOR NO KEY UPDATE;
                SELECT l.amount_fen, n.fund_id, n.state, 'CALL' AS kind INTO line
                FROM funds_callline l JOIN funds_call n ON n.id = l.notice_id WHERE l.id = NEW.call_line_id;
            ELSE
                PERFORM 1 FROM funds_distributionline WHERE id = NEW.distribution_line_id FOR NO KEY UPDATE;
                SELECT l.amount_fen, n.fund_id, n.state, 'DISTRIBUTION' AS kind INTO line
                FROM funds_distributionline l JOIN funds_distribution n ON n.id = l.notice_id
                WHERE l.id = NEW.distribution_line_id;
            END IF;
            SELECT e.kind, e.fund_id INTO entry FROM funds_ledgerevent e WHERE e.id = NEW.event_id;
            SELECT COALESCE(SUM(e.amount_fen), 0) INTO paid
            FROM funds_payment p JOIN funds_ledgerevent e ON e.id = p.event_id
            WHERE p.call_line_id IS NOT DISTINCT FROM NEW.call_line_id
              AND p.distribution_line_id IS NOT DISTINCT FROM NEW.distribution_line_id
              AND NOT EXISTS (SELECT FROM funds_ledgerevent r WHERE r.reverses_id = e.id);
            IF (entry.kind, entry.fund_id) <> (line.kind, line.fund_id) OR line.state = 'CANCELLED'
               OR paid > line.amount_fen THEN
                RAISE EXCEPTION 'Entry % does not fit the line that it is said to pay.', NEW.event_id
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NULL;
        """  # noqa: S608 - the name is our own

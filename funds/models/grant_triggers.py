"""What the database refuses about grant money: payments past their award, holdings, a fund that changes its nature."""

import pgtrigger
from django.db import models

from funds.choices.ledger import EventKind
from funds.choices.records import FundKind

OUT = f"""
    SELECT e.award_id, e.value_date,
           SUM(SUM(CASE e.effect WHEN '{EventKind.GRANT}' THEN e.amount_fen ELSE -e.amount_fen END))
               OVER (PARTITION BY e.award_id ORDER BY e.value_date) AS out
    FROM funds_ledgerevent e WHERE {{which}}
    GROUP BY e.award_id, e.value_date
"""  # noqa: S608 - the kinds come from our own enumeration
"""SQL: what is out under an award on each day, paid less returned; money of one day counts as one movement."""


class GrantGuard(pgtrigger.Trigger):
    """After each INSERT into a ledger: grants of the fund's own awards, reversals under the award of their event, and
    on no day more out than the award grants, or less than nothing.

    Writers of one award wait for each other. A statement without a grant costs one look at its new rows.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="new_rows")
    declare = [("broken", "RECORD")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NOT EXISTS (SELECT FROM new_rows WHERE award_id IS NOT NULL) THEN
                RETURN NULL;
            END IF;
            PERFORM 1 FROM funds_grantaward WHERE id IN (SELECT award_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;

            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n JOIN funds_grantaward a ON a.id = n.award_id WHERE a.fund_id <> n.fund_id LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % names an award of another fund.', broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_award_of_fund';
            END IF;

            SELECT n.fund_id, n.seq INTO broken
            FROM new_rows n JOIN funds_ledgerevent o ON o.id = n.reverses_id
            WHERE o.award_id IS DISTINCT FROM n.award_id LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'Entry % of fund % does not mirror the event it reverses.', broken.seq, broken.fund_id
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_reversal_mirrors';
            END IF;

            SELECT day.award_id, day.value_date INTO broken
            FROM ({OUT.format(which="e.award_id IN (SELECT award_id FROM new_rows)")}) day
            JOIN funds_grantaward a ON a.id = day.award_id
            WHERE day.out > a.committed_fen OR day.out < 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'More would be out under award % on % than it grants, or less than nothing.',
                    broken.award_id, broken.value_date
                    USING ERRCODE = '23514', CONSTRAINT = 'ledger_grants_within_award';
            END IF;
            RETURN NULL;
        """  # noqa: S608 - built from our own text


class AwardGuard(pgtrigger.Trigger):
    """An award belongs to a grant fund, stays with it, and never grants less than what is out under it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            -- A change locks no fund: writers of the ledger hold the fund first and the award after it.
            IF TG_OP = 'INSERT' THEN
                PERFORM 1 FROM funds_fund WHERE id = NEW.fund_id AND kind = '{FundKind.GRANT}' FOR SHARE;
            ELSE
                PERFORM 1 WHERE OLD.fund_id = NEW.fund_id;
            END IF;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'An award belongs to a fund of grant money and stays with it.'
                    USING ERRCODE = '23514', CONSTRAINT = 'award_of_grant_fund';
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.committed_fen < OLD.committed_fen AND EXISTS (
                SELECT FROM ({OUT.format(which="e.award_id = NEW.id")}) day WHERE day.out > NEW.committed_fen
            ) THEN
                RAISE EXCEPTION 'Award % would grant less than what is out under it.', NEW.id
                    USING ERRCODE = '23514', CONSTRAINT = 'award_covers_what_is_out';
            END IF;
            RETURN NEW;
        """


def _refuse_holdings(found: str) -> str:
    return f"""
            IF EXISTS ({found}) THEN
                RAISE EXCEPTION 'A fund of grant money has no holdings.'
                    USING ERRCODE = '23514', CONSTRAINT = 'grant_fund_without_holdings';
            END IF;
    """


class NoHoldings(pgtrigger.Trigger):
    """After each INSERT of holdings: none of a grant fund. Without a holding the ledger takes no investing kind.

    Works on all new rows at once; locks no more than the funds' kinds against a change.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="new_rows")

    def get_func(self, model: type[models.Model]) -> str:
        found = f"SELECT FROM funds_fund WHERE id IN (SELECT fund_id FROM new_rows) AND kind = '{FundKind.GRANT}'"  # noqa: S608
        return f"""
            PERFORM 1 FROM funds_fund WHERE id IN (SELECT fund_id FROM new_rows) ORDER BY id FOR SHARE;
            {_refuse_holdings(found)}
            RETURN NULL;
        """  # noqa: S608 - built from our own text


class NotIntoGrants(pgtrigger.Trigger):
    """A holding does not move into a grant fund."""

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("fund_id")
    condition = pgtrigger.Q(old__fund__df=pgtrigger.F("new__fund"))

    def get_func(self, model: type[models.Model]) -> str:
        found = f"SELECT FROM funds_fund WHERE id = NEW.fund_id AND kind = '{FundKind.GRANT}'"
        return f"""
            PERFORM 1 FROM funds_fund WHERE id = NEW.fund_id FOR SHARE;
            {_refuse_holdings(found)}
            RETURN NEW;
        """


class GrantFundStays(pgtrigger.Trigger):
    """A fund with holdings does not become grant money, and grant money with awards does not become a fund."""

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("kind")
    condition = pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))

    def get_func(self, model: type[models.Model]) -> str:
        found = f"SELECT FROM funds_investment WHERE fund_id = NEW.id AND NEW.kind = '{FundKind.GRANT}'"
        return f"""
            {_refuse_holdings(found)}
            IF OLD.kind = '{FundKind.GRANT}' AND EXISTS (SELECT FROM funds_grantaward WHERE fund_id = NEW.id) THEN
                RAISE EXCEPTION 'A fund with awards stays grant money.'
                    USING ERRCODE = '23514', CONSTRAINT = 'grant_fund_with_awards_stays';
            END IF;
            RETURN NEW;
        """

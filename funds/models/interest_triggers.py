"""What the database itself refuses in the graph of mother and sub-funds, whoever writes and however many at once."""

import pgtrigger
from django.db import models

GRAPH_LOCK = 4_217_630_155
"""Advisory lock (of the transaction) that writers of the graph take one after the other."""

LOCK = f"PERFORM pg_advisory_xact_lock({GRAPH_LOCK});"

# Both ways in which one fund stands above another.
EDGES = """
    SELECT i.fund_id AS mother, s.sub_fund_id AS sub FROM funds_subfundinterest s
    JOIN funds_investment i ON i.id = s.investment_id WHERE s.superseded_at IS NULL
    UNION ALL SELECT parent_id, id FROM funds_fund WHERE parent_id IS NOT NULL
"""


def refuse_cycle(*, mother: str, sub: str) -> str:
    """PL/pgSQL that raises when ``mother`` is among the funds below ``sub``. The lock is held already."""
    return f"""
        IF EXISTS (
            WITH RECURSIVE edges AS ({EDGES}), below(id) AS (
                SELECT {sub} UNION SELECT e.sub FROM below b JOIN edges e ON e.mother = b.id
            )
            SELECT FROM below WHERE id = {mother}
        ) THEN
            RAISE EXCEPTION 'A fund cannot stand below itself, directly or through other funds.'
                USING ERRCODE = '23514', CONSTRAINT = 'fund_graph_no_cycle';
        END IF;
    """  # noqa: S608 - built from our own text


class InterestGuard(pgtrigger.Trigger):
    """After each new interest: no cycle, one sub-fund per investment, shares of one sub-fund sum to at most 1.

    The advisory lock makes writers wait for each other, and each statement after it sees what was committed before.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert
    declare = [
        ("mother", "BIGINT"), ("day", "DATE"), ("one", "RECORD"), ("above", "NUMERIC"), ("below", "NUMERIC"),
        ("common", "NUMERIC"),
    ]  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            {LOCK}
            SELECT fund_id INTO mother FROM funds_investment WHERE id = NEW.investment_id;
            {refuse_cycle(mother="mother", sub="NEW.sub_fund_id")}
            IF EXISTS (
                SELECT FROM funds_subfundinterest
                WHERE investment_id = NEW.investment_id AND superseded_at IS NULL AND sub_fund_id <> NEW.sub_fund_id
            ) THEN
                RAISE EXCEPTION 'An investment is a share in one sub-fund.'
                    USING ERRCODE = '23514', CONSTRAINT = 'interest_in_one_sub_fund';
            END IF;
            FOR day IN
                SELECT DISTINCT valid_from FROM funds_subfundinterest
                WHERE sub_fund_id = NEW.sub_fund_id AND superseded_at IS NULL
                  AND valid_from <= COALESCE(NEW.valid_to, 'infinity')
                UNION SELECT NEW.valid_from
            LOOP
                above := 0;
                below := 1;
                FOR one IN
                    SELECT share_num, share_den FROM funds_subfundinterest
                    WHERE sub_fund_id = NEW.sub_fund_id AND superseded_at IS NULL
                      AND valid_from <= day AND COALESCE(valid_to, 'infinity') >= day
                LOOP
                    above := above * one.share_den + one.share_num * below;
                    below := below * one.share_den;
                    common := gcd(above, below);
                    above := div(above, common);
                    below := div(below, common);
                END LOOP;
                IF above > below THEN
                    RAISE EXCEPTION 'The shares in sub-fund % would sum to more than 1 on %.', NEW.sub_fund_id, day
                        USING ERRCODE = '23514', CONSTRAINT = 'interest_shares_within_one';
                END IF;
            END LOOP;
            RETURN NULL;
        """  # noqa: S608 - built from our own text


class ParentGuard(pgtrigger.Trigger):
    """After a fund gets a mother fund: no cycle."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("parent_id")
    condition = pgtrigger.Q(new__parent__isnull=False)

    def get_func(self, model: type[models.Model]) -> str:
        return f"{LOCK}{refuse_cycle(mother='NEW.parent_id', sub='NEW.id')}RETURN NULL;"


class HoldingStays(pgtrigger.Trigger):
    """An investment that is an interest in a sub-fund stays with its fund: the graph hangs on it."""

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("fund_id")
    condition = pgtrigger.Q(old__fund__df=pgtrigger.F("new__fund"))

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF EXISTS (SELECT FROM funds_subfundinterest WHERE investment_id = OLD.id) THEN
                RAISE EXCEPTION 'An interest in a sub-fund stays with its mother fund.'
                    USING ERRCODE = '23514', CONSTRAINT = 'interest_stays_with_mother';
            END IF;
            RETURN NEW;
        """

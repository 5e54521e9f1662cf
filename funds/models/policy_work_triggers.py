"""What the database itself refuses about claims and other policy work."""

import pgtrigger


class DecidedStays(pgtrigger.Trigger):
    """A decided claim keeps its words: a recognition may only be revoked. A claim once sent is never deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF (TG_OP = 'DELETE' AND OLD.state <> 'DRAFT')
            OR (TG_OP = 'UPDATE' AND OLD.state IN ('REFUSED', 'REVOKED') AND NEW.* IS DISTINCT FROM OLD.*)
            OR (TG_OP = 'UPDATE' AND OLD.state = 'RECOGNISED' AND (
                NEW.state NOT IN ('RECOGNISED', 'REVOKED')
                OR to_jsonb(NEW) - ARRAY['state', 'revoked_on', 'revoked_at', 'revoked_by_id', 'revocation_reason']
                    IS DISTINCT FROM
                    to_jsonb(OLD) - ARRAY['state', 'revoked_on', 'revoked_at', 'revoked_by_id', 'revocation_reason']))
        THEN
            RAISE EXCEPTION 'A decided claim is never changed: revoke it, or make a new one.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class SettledStays(pgtrigger.Trigger):
    """A claw-back keeps what was computed; once paid or waived it is never changed, and never deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (OLD.state IN ('PAID', 'WAIVED') AND NEW.* IS DISTINCT FROM OLD.*)
            OR (NEW.amount_fen, NEW.shortfall_num, NEW.shortfall_den, NEW.duty_id, NEW.proposed_by_id)
                IS DISTINCT FROM (OLD.amount_fen, OLD.shortfall_num, OLD.shortfall_den, OLD.duty_id, OLD.proposed_by_id)
        THEN
            RAISE EXCEPTION 'A claw-back keeps what was computed, and once settled it stays.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class UsedSchemeStays(pgtrigger.Trigger):
    """The indicators of a scheme that a run uses are never changed: make a new version of the scheme."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF EXISTS (SELECT FROM funds_evaluationrun WHERE scheme_id = COALESCE(OLD.scheme_id, NEW.scheme_id)) THEN
            RAISE EXCEPTION 'A scheme in use is never changed: make a new version of it.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class ConfirmedStays(pgtrigger.Trigger):
    """A confirmed evaluation is never changed or deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state = 'CONFIRMED' THEN
            RAISE EXCEPTION 'A confirmed evaluation is never changed.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class ScoresOfOpenRun(pgtrigger.Trigger):
    """Scores change only while their run is a draft or was returned."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF EXISTS (SELECT FROM funds_evaluationrun WHERE id = COALESCE(NEW.run_id, OLD.run_id)
                AND state NOT IN ('DRAFT', 'RETURNED')) THEN
            RAISE EXCEPTION 'The scores of a submitted evaluation are never changed.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class CommittedStays(pgtrigger.Trigger):
    """An extract whose truth was committed keeps its content; only its filing is added, once."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state <> 'DRAFT' AND (TG_OP = 'DELETE' OR OLD.state = 'FILED'
            OR to_jsonb(NEW) - ARRAY['state', 'filed_on', 'receipt']
                IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'filed_on', 'receipt'] OR NEW.state = 'DRAFT') THEN
            RAISE EXCEPTION 'An extract whose truth was committed is never changed.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """

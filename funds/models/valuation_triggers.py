"""What the database itself refuses about valuation papers and rounds."""

import pgtrigger


class FrozenPaper(pgtrigger.Trigger):
    """An approved paper keeps its words: only its state may go on to SUPERSEDED. A paper once sent is never deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state IN ('APPROVED', 'SUPERSEDED') AND (TG_OP = 'DELETE'
            OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
            OR NEW.state NOT IN (OLD.state, 'SUPERSEDED')) THEN
            RAISE EXCEPTION 'An approved valuation paper is never changed: submit a new one.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class CorrectionNeedsReason(pgtrigger.Trigger):
    """A value that is sent into the quarter of a locked round says why it corrects it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
        IF NEW.state IN ('SUBMITTED', 'APPROVED') AND btrim(NEW.correction_reason) = '' AND EXISTS (
            SELECT FROM funds_valuationround r WHERE r.state = 'LOCKED' AND (TG_OP = 'INSERT' OR OLD.state <> NEW.state)
                AND r.quarter_end = (date_trunc('quarter', NEW.valid_at) + interval '3 months - 1 day')::date) THEN
            RAISE EXCEPTION 'The round of this quarter is locked: a correction needs its reason.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class LockedRound(pgtrigger.Trigger):
    """A locked round is neither opened again nor changed nor deleted."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state = 'LOCKED' THEN
            RAISE EXCEPTION 'A locked valuation round stays locked.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN COALESCE(NEW, OLD);
    """

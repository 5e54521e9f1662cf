"""What the database itself guarantees about runs and their files."""

import pgtrigger


class RunStandsFast(pgtrigger.Trigger):
    """A run is never deleted, its question never changes, and once done nothing of it changes.

    Two exceptions: subscribers are told once, and the account of who asked may go (their name stays).
    """

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'A report run is never deleted.',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    IF (NEW.kind, NEW.kind_version, NEW.parameters, NEW.parameters_hash, NEW.period, NEW.as_of, NEW.known_at,
        NEW.language, NEW.schedule_id, NEW.asked_by, NEW.created_at)
       IS DISTINCT FROM
       (OLD.kind, OLD.kind_version, OLD.parameters, OLD.parameters_hash, OLD.period, OLD.as_of, OLD.known_at,
        OLD.language, OLD.schedule_id, OLD.asked_by, OLD.created_at)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'The question of a report run never changes.',
            HINT = 'Ask for a new run.', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    IF OLD.state = 'done' AND (
        (to_jsonb(NEW) - ARRAY['notified_at', 'created_by_id'])
            IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['notified_at', 'created_by_id'])
        OR (OLD.notified_at IS NOT NULL AND NEW.notified_at IS DISTINCT FROM OLD.notified_at)
        OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'A finished report run never changes.',
            HINT = 'Ask for a new run.', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
    """


class RunsStay(pgtrigger.Trigger):
    """TRUNCATE passes row triggers by, so it needs a guard of its own."""

    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = """
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'Report runs are never deleted.',
        TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    """


class FileOfRunningRun(pgtrigger.Trigger):
    """Files are added while their run is being made, so a finished run cannot gain another one."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
    IF NOT EXISTS (SELECT 1 FROM reports_reportrun WHERE id = NEW.run_id AND state = 'running') THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
            MESSAGE = 'A file can only be added to a run that is being made.',
            TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
    """

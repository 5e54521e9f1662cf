"""What the database holds about agreements, milestones and payments, whatever door a statement comes through."""

import pgtrigger


class OfferedIsWhole(pgtrigger.Trigger):
    """An offered version has milestones that sum to the award and shares that sum to 100 %; then its words stay."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("milestones", "NUMERIC"), ("shares", "NUMERIC")]
    func = """
        IF TG_OP = 'DELETE' THEN
            IF OLD.state <> 'DRAFT' THEN
                RAISE EXCEPTION 'An offered agreement stays.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.state <> 'DRAFT' AND (NEW.state = 'DRAFT'
            OR to_jsonb(NEW) - ARRAY['state', 'in_force_at'] IS DISTINCT FROM
               to_jsonb(OLD) - ARRAY['state', 'in_force_at'])
        THEN
            RAISE EXCEPTION 'An offered agreement stays as it is: write a new version.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        IF NEW.state <> 'DRAFT' AND (TG_OP = 'INSERT' OR OLD.state = 'DRAFT') THEN
            SELECT COALESCE(sum(amount_fen), 0) INTO milestones FROM calls_milestone WHERE agreement_id = NEW.id;
            SELECT COALESCE(sum(share_hundredths), 0) INTO shares FROM calls_agreementshare WHERE agreement_id = NEW.id;
            IF milestones <> NEW.award_fen OR shares <> 10000 OR NEW.sha256 = '' THEN
                RAISE EXCEPTION 'Milestones sum to the award and shares to 100 per cent.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
        END IF;
        RETURN NEW;
    """


class PartOfDraft(pgtrigger.Trigger):
    """Parts of an agreement are written while it is a draft; writers and whoever offers it take turns."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("stands", "TEXT")]
    func = """
        SELECT state INTO stands FROM calls_agreement
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.agreement_id ELSE NEW.agreement_id END FOR UPDATE;
        IF stands = 'DRAFT' THEN
            RETURN COALESCE(NEW, OLD);
        END IF;
        RAISE EXCEPTION 'An offered agreement stays as it is: write a new version.'
            USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
    """


class MilestoneStays(pgtrigger.Trigger):
    """As parts of a draft; afterwards only the due day moves, together with the row that says why."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("stands", "TEXT")]
    func = """
        SELECT state INTO stands FROM calls_agreement
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.agreement_id ELSE NEW.agreement_id END FOR UPDATE;
        IF stands = 'DRAFT' THEN
            RETURN COALESCE(NEW, OLD);
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'due_on' IS NOT DISTINCT FROM to_jsonb(OLD) - 'due_on'
            AND (NEW.due_on = OLD.due_on OR EXISTS (
                SELECT FROM calls_duechange WHERE milestone_id = NEW.id
                    AND due_before = OLD.due_on AND due_after = NEW.due_on
            ))
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'A milestone stays as agreed; its day moves with a written reason only.'
            USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
    """


class SignedAsOffered(pgtrigger.Trigger):
    """A signature is given on an offered version, on exactly its hash."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF NOT EXISTS (
            SELECT FROM calls_agreement WHERE id = NEW.agreement_id AND sha256 = NEW.sha256 AND state = 'OFFERED'
        ) THEN
            RAISE EXCEPTION 'Both sides sign the hash of the version that was offered.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class WithinAward(pgtrigger.Trigger):
    """What is paid and ordered never goes above the award, nor refunds above what was paid; writers take turns.

    A payment rests on a passed check made by somebody else, is settled once, and is never deleted.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("award", "BIGINT"), ("used", "NUMERIC"), ("checked", "RECORD")]
    func = """
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state <> 'ORDERED' OR NEW.state = 'ORDERED'
            OR to_jsonb(NEW) - ARRAY['state', 'paid_on', 'reference', 'settled_at', 'settled_by_id']
                IS DISTINCT FROM
                to_jsonb(OLD) - ARRAY['state', 'paid_on', 'reference', 'settled_at', 'settled_by_id']))
        THEN
            RAISE EXCEPTION 'A payment is settled once and stays as it is.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        SELECT award_fen INTO award FROM calls_application WHERE id = NEW.application_id FOR UPDATE;
        SELECT COALESCE(sum(amount_fen), 0) INTO used FROM calls_payment
            WHERE application_id = NEW.application_id AND state <> 'CANCELLED' AND id IS DISTINCT FROM NEW.id;
        IF NEW.state <> 'CANCELLED' THEN
            used := used + NEW.amount_fen;
        END IF;
        IF used > COALESCE(award, 0) OR used < 0 THEN
            RAISE EXCEPTION 'What is paid and ordered stays between nothing and the award.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        IF TG_OP = 'INSERT' AND NEW.passed_check_id IS NOT NULL THEN
            SELECT passed, checked_by_id, milestone.amount_fen, agreement.application_id INTO checked
                FROM calls_milestonecheck one
                JOIN calls_milestonereport report ON report.id = one.report_id
                JOIN calls_milestone milestone ON milestone.id = report.milestone_id
                JOIN calls_agreement agreement ON agreement.id = milestone.agreement_id
                WHERE one.id = NEW.passed_check_id;
            IF NOT checked.passed OR checked.checked_by_id = NEW.ordered_by_id
                OR checked.application_id <> NEW.application_id OR NEW.amount_fen > checked.amount_fen
            THEN
                RAISE EXCEPTION 'A payment rests on a passed check of its milestone, made by somebody else.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
        END IF;
        RETURN NEW;
    """


class EntitledCase(pgtrigger.Trigger):
    """A title, membership or permit needs an approved case."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF NOT EXISTS (
            SELECT FROM calls_application WHERE id = NEW.application_id AND state IN ('approved', 'noticed', 'entitled')
        ) THEN
            RAISE EXCEPTION 'An entitlement needs an approved case.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """

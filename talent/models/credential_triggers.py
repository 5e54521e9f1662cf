"""What the database itself refuses about credentials: grants that no rule carries, credits that count twice."""

import pgtrigger
from django.db import models

# The credits that a cycle is counted by: those of the first award, or those before a renewal.
_SECTION = """
    CASE {cycle}.purpose WHEN 'first_award'
        THEN COALESCE(v.rules->'points', jsonb_path_query_first(v.rules, '$.skills.any_of[*].points'))
        ELSE v.rules->'cpd' END
"""


class VersionFrozen(pgtrigger.Trigger):
    """Verified rules never change and never go; a last day may be set. What changes is a new version."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        fields = ("scheme_id", "version", "authority", "valid_from", "status", "rules")
        changed = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in fields)
        return f"""
            IF OLD.status = 'verified' AND (TG_OP = 'DELETE' OR {changed}) THEN
                RAISE EXCEPTION 'Verified rules never change. Record a new version.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_version_frozen';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


class CheckedOnGrant(pgtrigger.Trigger):
    """A check holds the rules of a verified version that was valid on the day of the grant."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF NOT EXISTS (
                SELECT FROM talent_schemeversion v JOIN talent_credential c ON c.version_id = v.id
                WHERE c.id = NEW.credential_id AND v.id = NEW.version_id AND v.status = 'verified'
                  AND (v.valid_from IS NULL OR v.valid_from <= NEW.granted_on)
                  AND (v.valid_to IS NULL OR v.valid_to >= NEW.granted_on)
            ) THEN
                RAISE EXCEPTION 'The rules were not verified and valid on the day of the grant.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_checked_by_valid_rules';
            END IF;
            RETURN NEW;
        """


class GrantedByRule(pgtrigger.Trigger):
    """Nothing is in force without the check of its grant; nothing is renewed without a cycle that was met."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF NEW.state IN ('granted', 'renewal_open', 'renewal_submitted', 'emeritus') AND NOT EXISTS (
                SELECT FROM talent_grantcheck g
                WHERE g.credential_id = NEW.id AND g.version_id = NEW.version_id AND g.granted_on = NEW.granted_on
            ) THEN
                RAISE EXCEPTION 'Credential % has no check of its rules on the day of its grant.', NEW.id
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_credential_checked';
            END IF;
            IF TG_OP = 'UPDATE' AND OLD.state = 'renewal_submitted' AND NEW.state = 'granted' AND NOT EXISTS (
                SELECT FROM talent_cpdcycle k
                WHERE k.credential_id = NEW.id AND k.ends_on = OLD.expires_on AND k.is_met
            ) THEN
                RAISE EXCEPTION 'The cycle of credential % is not met.', NEW.id
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_renewed_by_credits';
            END IF;
            RETURN NEW;
        """


class CycleInLine(pgtrigger.Trigger):
    """Cycles of a credential follow one another; only what the cycle before left over is carried in."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM talent_credential WHERE id = NEW.credential_id FOR NO KEY UPDATE;
            IF EXISTS (
                SELECT FROM talent_cpdcycle k
                WHERE k.credential_id = NEW.credential_id AND k.purpose = NEW.purpose AND k.ends_on >= NEW.starts_on
            ) THEN
                RAISE EXCEPTION 'This cycle overlaps another one of the credential.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_cycles_in_line';
            END IF;
            IF NEW.carry_in_num > 0 AND NOT EXISTS (
                SELECT FROM talent_cpdcycle k
                WHERE k.credential_id = NEW.credential_id AND k.purpose = NEW.purpose AND k.is_met
                  AND k.ends_on = NEW.starts_on - 1
                  AND k.carry_over_num * NEW.carry_in_den = NEW.carry_in_num * k.carry_over_den
            ) THEN
                RAISE EXCEPTION 'These credits were not left over by the cycle before.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_carried_once';
            END IF;
            RETURN NEW;
        """


class CycleClosedOnce(pgtrigger.Trigger):
    """A closed cycle stands as it was counted; it leaves over no more than its version allows."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        section = _SECTION.format(cycle="NEW")
        return f"""
            IF OLD.closed_on IS NOT NULL THEN
                RAISE EXCEPTION 'A closed cycle is never changed.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_cycle_closed';
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.carry_over_num > 0 AND NOT EXISTS (
                SELECT FROM talent_schemeversion v
                WHERE v.id = NEW.version_id AND v.status = 'verified'
                  AND NEW.carry_over_num
                      <= COALESCE((({section})->>'carry_over_max')::numeric, 0) * NEW.carry_over_den
            ) THEN
                RAISE EXCEPTION 'The version does not allow to carry over so much.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_carry_over_allowed';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


class CreditWithinCap(pgtrigger.Trigger):
    """What a category counts stays within its cap of the cycle; it is written while the cycle is open."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        section = _SECTION.format(cycle="k")
        return f"""
            IF NOT EXISTS (
                SELECT FROM talent_cpdcycle k JOIN talent_schemeversion v ON v.id = k.version_id
                WHERE k.id = NEW.cycle_id AND k.closed_on IS NULL
                  AND ({section})->'categories'->NEW.category IS NOT NULL
                  AND (({section})->'categories'->NEW.category->>'cap_per_cycle' IS NULL
                       OR NEW.credits_num
                          <= NEW.credits_den * (({section})->'categories'->NEW.category->>'cap_per_cycle')::numeric)
            ) THEN
                RAISE EXCEPTION 'Category % counts more than its cap.', NEW.category
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_credit_within_cap';
            END IF;
            RETURN NEW;
        """


class EntryOfOpenCycle(pgtrigger.Trigger):
    """What counts of an entry moves only in an open cycle; it lies in it, is its holder's and of a known category.

    Wiping a title or a file, and moving a person's records together, stay possible.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        counted = ("cycle_id", "category", "day", "quantity_num", "quantity_den", "state", "sha256")
        same = " AND ".join(f"NEW.{field} IS NOT DISTINCT FROM OLD.{field}" for field in counted)
        return f"""
            IF TG_OP = 'UPDATE' AND {same} THEN
                RETURN NEW;
            END IF;
            PERFORM 1 FROM talent_cpdcycle WHERE id = COALESCE(NEW.cycle_id, OLD.cycle_id) FOR SHARE;
            IF EXISTS (
                SELECT FROM talent_cpdcycle k
                WHERE k.id IN (COALESCE(NEW.cycle_id, OLD.cycle_id), COALESCE(OLD.cycle_id, NEW.cycle_id))
                  AND k.closed_on IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'The cycle is closed: its entries stand.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_entry_of_open_cycle';
            END IF;
            IF TG_OP <> 'DELETE' AND NOT EXISTS (
                SELECT FROM talent_cpdcycle k
                JOIN talent_credential c ON c.id = k.credential_id
                JOIN talent_schemeversion v ON v.id = k.version_id
                WHERE k.id = NEW.cycle_id AND c.person_id = NEW.person_id
                  AND NEW.day BETWEEN k.starts_on AND k.ends_on
                  AND ({_SECTION.format(cycle="k")})->'categories'->NEW.category IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'The entry lies outside of its cycle, is of another person or of an unknown category.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_entry_in_cycle';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """  # noqa: S608 - names of our own columns


class VerifiedByOther(pgtrigger.Trigger):
    """Nobody verifies what is their own (invariant 6)."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF EXISTS (
                SELECT FROM talent_person p JOIN talent_cpdentry e ON e.person_id = p.id
                WHERE p.user_id = NEW.verifier_id AND e.id = NEW.entry_id
            ) THEN
                RAISE EXCEPTION 'Nobody verifies what is their own.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_verified_by_other';
            END IF;
            RETURN NEW;
        """


class SeatsHold(pgtrigger.Trigger):
    """A cohort takes no more people than it has seats, whoever enrols at the same moment; who left frees a seat."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            PERFORM 1 FROM talent_cohort WHERE id = NEW.cohort_id FOR NO KEY UPDATE;
            IF (SELECT count(*) FROM talent_enrolment e WHERE e.cohort_id = NEW.cohort_id AND e.result <> 'left')
               > (SELECT c.seats FROM talent_cohort c WHERE c.id = NEW.cohort_id) THEN
                RAISE EXCEPTION 'All seats of the cohort are taken.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_cohort_seats';
            END IF;
            RETURN NULL;
        """


class PassedAfterAttending(pgtrigger.Trigger):
    """Who passes has attended the share of the hours that the programme asks for."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF NEW.result = 'passed' AND NOT EXISTS (
                SELECT FROM talent_cohort c JOIN talent_trainingprogramme p ON p.id = c.programme_id
                WHERE c.id = NEW.cohort_id AND NEW.attended_hours * 100 >= p.hours * p.attendance_percent
            ) THEN
                RAISE EXCEPTION 'Too few hours were attended to pass.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_passed_after_attending';
            END IF;
            RETURN NEW;
        """

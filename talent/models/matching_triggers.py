"""What the database itself refuses around mandates, whoever writes, also when two write at once."""

import pgtrigger
from django.db import models

from talent.choices.matching import LOADED_MANDATES, OPEN_MANDATES, ConflictSource


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]


class SuspendFirst(pgtrigger.Trigger):
    """A conflict is not recorded while a mandate of the pair runs: it is suspended first, in the same transaction."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.source <> '{ConflictSource.NONE}' AND (NEW.valid_to IS NULL OR NEW.valid_to >= current_date) THEN
                PERFORM 1 FROM talent_matchprofile WHERE person_id = NEW.person_id FOR UPDATE;
                IF EXISTS (
                    SELECT 1 FROM talent_mandate m JOIN talent_demand d ON d.id = m.demand_id
                    WHERE m.person_id = NEW.person_id AND m.state IN ({_listed(OPEN_MANDATES)})
                      AND d.organisation_id = NEW.organisation_id
                      AND (NEW.demand_id IS NULL OR NEW.demand_id = d.id)
                ) THEN
                    RAISE EXCEPTION 'Suspend the mandate before its conflict of interest is recorded.'
                        USING ERRCODE = '23514', CONSTRAINT = 'talent_conflict_suspends';
                END IF;
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own enumerations


class WithinCapacity(pgtrigger.Trigger):
    """The loads of a person's accepted and active mandates never exceed the capacity on any day."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    declare = [("base", "INTEGER"), ("full_on", "DATE")]

    def get_func(self, model: type[models.Model]) -> str:
        loaded = _listed(LOADED_MANDATES)
        return f"""
            IF NEW.state NOT IN ({loaded}) OR (TG_OP = 'UPDATE' AND OLD.state IN ({loaded})
                AND NEW.load <= OLD.load AND NEW.starts_on >= OLD.starts_on AND NEW.ends_on <= OLD.ends_on) THEN
                RETURN NEW;
            END IF;
            SELECT capacity_points INTO base FROM talent_matchprofile WHERE person_id = NEW.person_id FOR UPDATE;
            SELECT day INTO full_on FROM (
                SELECT NEW.starts_on AS day
                UNION SELECT starts_on FROM talent_mandate WHERE person_id = NEW.person_id AND state IN ({loaded})
                UNION SELECT p.valid_from FROM talent_capacityperiod p JOIN talent_matchprofile q ON q.id = p.profile_id
                    WHERE q.person_id = NEW.person_id
            ) days
            WHERE day BETWEEN NEW.starts_on AND NEW.ends_on
              AND NEW.load + COALESCE((
                    SELECT sum(m.load) FROM talent_mandate m
                    WHERE m.person_id = NEW.person_id AND m.state IN ({loaded}) AND m.id IS DISTINCT FROM NEW.id
                      AND day BETWEEN m.starts_on AND m.ends_on
                  ), 0) > LEAST(COALESCE(base, 0), (
                    SELECT min(p.points) FROM talent_capacityperiod p JOIN talent_matchprofile q ON q.id = p.profile_id
                    WHERE q.person_id = NEW.person_id AND day BETWEEN p.valid_from AND p.valid_to
                  ))
            ORDER BY day LIMIT 1;
            IF full_on IS NOT NULL THEN
                RAISE EXCEPTION 'The capacity of the person is exceeded on %.', full_on
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_mandate_within_capacity';
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own enumerations


class NoLiveConflict(pgtrigger.Trigger):
    """No mandate is proposed, accepted or run while the pair has a conflict of interest."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        opened = _listed(OPEN_MANDATES)
        return f"""
            IF NEW.state NOT IN ({opened}) THEN
                RETURN NEW;
            END IF;
            PERFORM 1 FROM talent_matchprofile WHERE person_id = NEW.person_id FOR UPDATE;
            IF EXISTS (
                SELECT 1 FROM talent_conflictdeclaration c JOIN talent_demand d ON d.id = NEW.demand_id
                WHERE c.person_id = NEW.person_id AND c.organisation_id = d.organisation_id
                  AND (c.demand_id IS NULL OR c.demand_id = d.id)
                  AND c.source <> '{ConflictSource.NONE}' AND c.cleared_at IS NULL
                  AND (c.valid_to IS NULL OR c.valid_to >= current_date)
            ) THEN
                RAISE EXCEPTION 'The person has a conflict of interest with this demand.'
                    USING ERRCODE = '23514', CONSTRAINT = 'talent_mandate_without_conflict';
            END IF;
            RETURN NEW;
        """  # noqa: S608 - names come from our own enumerations


QUESTION = (
    "role_kind", "day", "objective", "change_penalty", "per_institute", "replan", "seconds", "snapshot", "inputs_hash",
    "rule_version", "round_id", "created_at",
)  # fmt: skip
RESULT = ("state", "result", "served", "finished_at")


class RunStays(pgtrigger.Trigger):
    """The question of a run never changes; once done, neither does its result, and the row stays."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        asked = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in QUESTION)
        found = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in RESULT)
        return f"""
            IF (TG_OP = 'DELETE' AND OLD.state = 'done')
               OR (TG_OP = 'UPDATE' AND (({asked}) OR (OLD.state = 'done' AND ({found})))) THEN
                RAISE EXCEPTION 'A matching keeps its question and its result: ask again in a new one.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN COALESCE(NEW, OLD);
        """

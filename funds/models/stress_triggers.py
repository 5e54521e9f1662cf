"""A simulation keeps its question from the start and its result from the end."""

import pgtrigger
from django.db import models

QUESTION = (
    "kind", "fund_id", "group_id", "document_id", "rule_id", "as_of", "known_at", "theta", "cap_num", "cap_den",
    "cap_test", "parameters", "parameter_rows", "seed", "draws", "created_at",
)  # fmt: skip
RESULT = ("state", "breaches", "result", "engine_version", "inputs_hash", "finished_at")


class FrozenWhenDone(pgtrigger.Trigger):
    """The question never changes; once done, neither does the result, and the row stays.

    The bookkeeping of the queue (when it was sent, the last sign of life) may still be written after a quick worker
    has finished.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        asked = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in QUESTION)
        found = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in RESULT)
        return f"""
            IF (TG_OP = 'DELETE' AND OLD.state = 'done')
               OR (TG_OP = 'UPDATE' AND (({asked}) OR (OLD.state = 'done' AND ({found})))) THEN
                RAISE EXCEPTION 'A stress run keeps its question and its result: ask again in a new run.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN COALESCE(NEW, OLD);
        """

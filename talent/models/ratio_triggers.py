"""A definition of the ratio stays as it was; only the choice of the city and the end of its time are written."""

import pgtrigger
from django.db import models


class DefinitionStays(pgtrigger.Trigger):
    """Figures name the version they were reckoned with, so a version never changes: a new one follows it."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: type[models.Model]) -> str:
        return """
            IF TG_OP = 'DELETE'
               OR (to_jsonb(NEW) - ARRAY['chosen', 'valid_to']) IS DISTINCT FROM
                  (to_jsonb(OLD) - ARRAY['chosen', 'valid_to'])
               OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to) THEN
                RAISE EXCEPTION 'A definition keeps its words and its numbers: a new version follows it.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN NEW;
        """

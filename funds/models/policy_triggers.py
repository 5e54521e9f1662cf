"""A policy that binds a fund keeps its words."""

import pgtrigger
from django.db import models


class FrozenOnceBound(pgtrigger.Trigger):
    """What a bound policy says is never changed: a correction is a new version of the document."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, name: str, document: str, fields: tuple[str, ...]) -> None:
        super().__init__(name=name)
        self.document, self.fields = document, fields

    def get_func(self, model: type[models.Model]) -> str:
        changed = " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in self.fields)
        return f"""
            IF (TG_OP = 'DELETE' OR {changed})
               AND EXISTS (SELECT FROM funds_fundpolicybinding WHERE document_id = OLD.{self.document}) THEN
                RAISE EXCEPTION 'A bound policy is never changed: make a new version of the document.'
                    USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
            END IF;
            RETURN COALESCE(NEW, OLD);
        """


RULE_MEANING = (
    "code", "rule_type", "scope", "fund_filter", "stages", "mode", "cap_state", "cap_num", "cap_den", "test",
    "special_num", "special_den", "special_approval_required", "theta", "binding_at", "yellow_num", "orange_num",
)  # fmt: skip

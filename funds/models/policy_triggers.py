"""A policy that binds a fund keeps its words."""

import pgtrigger
from django.db import models

from funds.choices.tolerance import RuleType


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


class OfCapRule(pgtrigger.Trigger):
    """A tested result names a rule that caps a loss: one that only shares it never reaches the test (invariant 16)."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("rule_id")
    declare = [("kind", "TEXT")]

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            SELECT rule_type INTO kind FROM funds_tolerancerule WHERE id = NEW.rule_id FOR SHARE;
            IF kind <> '{RuleType.CAP}' THEN
                RAISE EXCEPTION 'This rule shares a loss and caps none: nothing is tested against it.'
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """  # noqa: S608 - the names are our own


class TestedRuleCaps(pgtrigger.Trigger):
    """The other side of :class:`OfCapRule`: a rule that results were tested against goes on to cap."""

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("rule_type")

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.rule_type <> '{RuleType.CAP}'
               AND EXISTS (SELECT FROM funds_toleranceresult WHERE rule_id = OLD.id) THEN
                RAISE EXCEPTION 'Results were tested against this rule: it goes on to cap a loss.'
                    USING ERRCODE = '23514', CONSTRAINT = '{self.name}';
            END IF;
            RETURN NEW;
        """

"""Tables whose rows are never changed: the database itself refuses, whatever door a statement comes through.

A correction is a new row that reverses or supersedes the old one.
"""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.db import models

_REFUSAL = """
RAISE EXCEPTION USING
    ERRCODE = 'restrict_violation',
    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),
    HINT = 'Record a new row that reverses or supersedes the old one.',
    TABLE = TG_TABLE_NAME,
    CONSTRAINT = TG_NAME;
"""


class _RefuseTruncate(pgtrigger.Trigger):
    """TRUNCATE passes row triggers by, so it needs a guard of its own."""

    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = _REFUSAL


class AppendOnly(pgtrigger.Trigger):
    """Trigger for ``Meta.triggers``: refuses UPDATE, DELETE and TRUNCATE with ``IntegrityError``.

    ``allow_once`` names the fields that may go from NULL to a value one single time, such as ``superseded_at``.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, name: str = "append_only", allow_once: Sequence[str] = (), **kwargs: Any) -> None:
        self.allow_once = tuple(allow_once)
        super().__init__(name=name, **kwargs)

    def get_func(self, model: type[models.Model]) -> str:
        if not self.allow_once:
            return _REFUSAL
        columns = [model._meta.get_field(name).column for name in self.allow_once]
        names = ", ".join(f"'{column}'" for column in columns)
        changed_twice = " OR ".join(
            f'(OLD."{column}" IS NOT NULL AND NEW."{column}" IS DISTINCT FROM OLD."{column}")' for column in columns
        )
        return f"""
        IF TG_OP = 'UPDATE' THEN
            IF (to_jsonb(NEW) - ARRAY[{names}]) IS NOT DISTINCT FROM (to_jsonb(OLD) - ARRAY[{names}])
                AND NOT ({changed_twice}) THEN
                RETURN NEW;
            END IF;
        END IF;
        {_REFUSAL}
        """

    def register(self, *registered: type[models.Model]) -> Any:
        _RefuseTruncate(name=f"{self.name}_truncate").register(*registered)
        return super().register(*registered)

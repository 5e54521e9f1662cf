"""The database's own refusal of resident identity numbers, behind forms, administration, API and imports.

``talent_holds_identity_number`` (made by the migration ``identity_numbers``) finds what
``innovation.core.resident_ids`` finds; a test holds the two together.
"""

import pgtrigger
from django.db import models

HASHES = ("sha256", "hash", "uuid")
SHORTEST = 18


def wordy_columns(model: type[models.Model]) -> list[str]:
    """The columns of ``model`` in which a person can write eighteen characters; hashes and codes are none."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
        and not field.choices
        and (field.max_length or SHORTEST) >= SHORTEST
        and not any(part in field.name for part in HASHES)
    ]


class NoIdentityNumber(pgtrigger.Trigger):
    """No text of the row holds the number of a resident identity card; the message does not repeat it."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        words = ", ".join(f"NEW.{column}" for column in wordy_columns(model))
        return f"""
        IF talent_holds_identity_number(concat_ws(E'\\n', {words})) THEN
            RAISE EXCEPTION 'The number of a resident identity card is never kept.'
                USING ERRCODE = '23514', CONSTRAINT = 'no_identity_number';
        END IF;
        RETURN NEW;
        """

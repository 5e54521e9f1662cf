"""What a record itself refuses, said as a rule is: beside its field, whatever door it came through."""

from collections.abc import Collection

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from innovation.core.errors import RuleViolation


def refuse_invalid(record: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Check fields and constraints of an unsaved record. Raises RuleViolation INVALID with all that is wrong."""
    try:
        record.full_clean(exclude=exclude)
    except ValidationError as error:
        named = [name for name in error.message_dict if name != NON_FIELD_ERRORS]
        raise RuleViolation(
            "INVALID", " ".join(error.messages), field=named[0] if named else None, facts={"fields": named}
        ) from error

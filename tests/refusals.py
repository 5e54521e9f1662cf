"""How a test says that something is refused: by a rule of ours under its code, by the database under its constraint.

Both in two forms: ``refused_by_rule(code, act, …)`` or ``with rule_refuses(code)``, and ``refused(name, act)`` or
``with refusal(name)``.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from innovation.core.errors import RuleViolation

# A trigger that speaks under its own name: pgtrigger puts a mark before it and five characters of a hash behind.
_TRIGGER = re.compile(r"^pgtrigger_(.+)_[0-9a-f]{5}$")


def constraint_of(error: IntegrityError) -> str:
    """Name of the constraint or trigger that refused, as our models give it; else the first line of the message."""
    diagnosis = error.__cause__.diag
    name = diagnosis.constraint_name or diagnosis.message_primary
    found = _TRIGGER.match(name)
    return found[1] if found else name


@contextmanager
def refusal(name: str) -> Iterator[None]:
    """The block is refused by the database under ``name``, at the latest when deferred constraints are checked."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
        connection.check_constraints()
    found = constraint_of(caught.value)
    assert found == name, f"refused by {found}, not by {name}"


def refused(name: str, act: Callable[[], Any]) -> None:
    """``act()`` is refused by the database under the constraint or trigger ``name``."""
    with refusal(name):
        act()


def refused_sql(name: str, statement: str, *values: Any) -> None:
    """The same for a statement. Before TRUNCATE, what is checked late is checked: else foreign keys speak first."""
    with refusal(name), connection.cursor() as cursor:
        if statement.startswith("TRUNCATE"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values or None)


@contextmanager
def rule_refuses(code: str) -> Iterator[None]:
    """The block is refused by a rule of ours under ``code``, and leaves nothing behind."""
    with pytest.raises(RuleViolation) as caught, transaction.atomic():
        yield
    assert caught.value.code == code, f"refused as {caught.value.code}, not as {code}"


def refused_by_rule(code: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """``act(*args, **kwargs)`` is refused by a rule of ours under ``code``."""
    with rule_refuses(code):
        act(*args, **kwargs)

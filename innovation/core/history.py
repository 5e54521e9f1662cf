"""History of every change, written by database triggers so that bulk and SQL changes are caught too.

Each tracked table has an event table beside it. An event holds the whole row as it was after the change (for a
deletion: before it) and, in ``pgh_context``, who acted and under which request. Events have no foreign key to
the record or the user, so they stay when those go.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def track(*, exclude: tuple[str, ...] = ()) -> Callable[[Model], Model]:
    """Class decorator: record insert, update and delete of every row, whatever door they come through.

    ``exclude`` names columns that must not be kept, such as password hashes.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(
            related_name="history", db_constraint=False, on_delete=models.DO_NOTHING, null=True
        ),
        context_field=pghistory.ContextJSONField(null=True),
        context_id_field=pghistory.ContextUUIDField(null=True),
        append_only=True,
    )

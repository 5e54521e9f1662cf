"""Empty and delete rows with everything that the database keeps about them beside: history, steps, files.

Used by erasure and retention alone. Triggers that refuse changes are lifted by name, for these statements, within the
transaction; no other door does so.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Func
from django.db.models.deletion import ProtectedError, RestrictedError

from innovation.core import history
from innovation.core.append_only import AppendOnly
from innovation.core.models import TransitionRecord
from talent.choices.privacy import Wipe
from talent.data.field_register import RecordEntry

DASH = "–"


@contextmanager
def lifted(model: type[models.Model], names: Iterable[str] = ()) -> Iterator[None]:
    """Let changes of ``model`` pass its append-only trigger and the triggers ``names``, until the block ends."""
    named = {*names}
    guards = [
        trigger
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, AppendOnly) or trigger.name in named
    ]
    ignored = ",".join(trigger.get_pgid(model) for trigger in guards)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{ignored}}}"])
        yield
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def empty_value(field: Any, wipe: Wipe) -> Any:
    """What stands in a column afterwards."""
    if wipe == Wipe.RENEW:
        return Func(function="gen_random_uuid", output_field=models.UUIDField())  # another for each row
    if wipe == Wipe.DASH:
        return DASH
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""


def blanks(model: type[models.Model], entry: RecordEntry) -> dict[str, Any]:
    """The values of the columns that an erasure changes."""
    return {
        name: empty_value(model._meta.get_field(name), said.wipe)
        for name, said in entry.fields.items()
        if said.wipe != Wipe.KEEP
    }


def drop_files(rows: "models.QuerySet[Any]") -> None:
    """Delete the stored files of ``rows`` once the transaction stands."""
    for field in rows.model._meta.concrete_fields:
        if isinstance(field, models.FileField):
            for row in rows.exclude(**{field.name: ""}).only(field.name):
                stored = getattr(row, field.name)
                transaction.on_commit(partial(stored.storage.delete, stored.name))


def empty_rows(
    rows: "models.QuerySet[Any]", values: dict[str, Any], *, guards: Iterable[str] = (), actor_id: int | None = None
) -> int:
    """Set ``values`` on ``rows`` and on their history, forget the words of their steps, drop their files.

    ``actor_id`` is the account of the person: where the history names it, the name goes. Returns the number of rows.
    """
    model = rows.model
    keys = list(rows.values_list("pk", flat=True))
    found = model._base_manager.filter(pk__in=keys)
    if any(isinstance(model._meta.get_field(name), models.FileField) for name in values):
        drop_files(found)
    with lifted(model, guards):
        found.update(**values)
    _empty_history(model, keys, values, actor_id)
    _empty_steps(model, keys, actor_id)
    return len(keys)


def _empty_history(model: type[models.Model], keys: list[Any], values: dict[str, Any], actor_id: int | None) -> None:
    events = history.event_model_of(model)
    if events is None or not keys:
        return
    names = {field.name for field in events._meta.concrete_fields}
    kept = {name: value for name, value in values.items() if name in names}
    about = events._base_manager.filter(pgh_obj_id__in=keys)
    with lifted(events):
        if kept:
            about.update(**kept)
        if actor_id is not None:
            about.filter(pgh_context__actor=actor_id).update(pgh_context={"actor": None, "actor_label": ""})


def _empty_steps(model: type[models.Model], keys: list[Any], actor_id: int | None) -> None:
    if not hasattr(model, "transitions"):
        return
    steps = TransitionRecord.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_pk__in=[str(key) for key in keys]
    )
    with lifted(TransitionRecord):
        steps.update(reason="", facts={})
        if actor_id is not None:
            steps.filter(actor_id=actor_id).update(actor_id=None, actor_label="")


def delete_rows(rows: "models.QuerySet[Any]", *, guards: Iterable[str] = ()) -> int:
    """Delete ``rows`` with their files, history and the words of their steps. Raises ProtectedError."""
    model = rows.model
    keys = list(rows.values_list("pk", flat=True))
    found = model._base_manager.filter(pk__in=keys)
    drop_files(found)
    with lifted(model, guards):
        found.delete()
    events = history.event_model_of(model)
    if events is not None:
        with lifted(events):
            events._base_manager.filter(pgh_obj_id__in=keys).delete()
    _empty_steps(model, keys, None)
    return len(keys)


def delete_in_order(waiting: list[tuple["models.QuerySet[Any]", Iterable[str]]]) -> None:
    """Delete rows of several tables that refer to each other, those first to which nothing refers any more.

    Raises ProtectedError when a row that stays refers to one that should go.
    """
    while waiting:
        held: list[tuple[models.QuerySet[Any], Iterable[str]]] = []
        refused: Exception | None = None
        for rows, guards in waiting:
            try:
                with transaction.atomic():
                    delete_rows(rows, guards=guards)
            except (ProtectedError, RestrictedError) as error:
                held.append((rows, guards))
                refused = error
        if len(held) == len(waiting) and refused is not None:
            raise refused
        waiting = held

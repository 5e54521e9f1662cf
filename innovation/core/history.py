"""History of every change, written by database triggers so that bulk and SQL changes are caught too.

Each tracked table has an event table beside it. An event holds the whole row as it was after the change (for a
deletion: before it) and, in ``pgh_context``, who acted and under which request. Events have no foreign key to
the record or the user, so they stay when those go.

The context travels to the triggers as a setting of the transaction, set in the same round trip as the statement
that needs it. It therefore works with pooled connections, and it ends with the transaction.
"""

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import pghistory
import structlog
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from psycopg.pq import TransactionStatus
from psycopg.sql import Literal

from innovation.core.append_only import AppendOnly
from innovation.core.money import Unit, format_fen, yuan_label

if TYPE_CHECKING:
    from innovation.accounts.models import User

Model = TypeVar("Model", bound=type[models.Model])
Describe = Callable[[], Mapping[str, Any]]

_current: ContextVar[tuple[uuid.UUID, Describe] | None] = ContextVar("history_context", default=None)
ACTIONS = {"insert": _("Added"), "update": _("Changed"), "delete": _("Deleted")}
_WRITES = ("insert", "update", "delete", "merge", "with", "call", "do", "savepoint")


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
            related_name="history", db_constraint=False, db_index=True, on_delete=models.DO_NOTHING, null=True
        ),
        context_field=pghistory.ContextJSONField(null=True),
        context_id_field=pghistory.ContextUUIDField(null=True),
        append_only=False,
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        meta={"triggers": [AppendOnly(name="append_only")]},
    )


def label_of(user: "User | None") -> str:
    """How the history names a person: name and e-mail as they are now, for the day when the account is gone."""
    if user is None or not user.pk:
        return ""
    return f"{user.name} <{user.email}>" if user.name else user.email


@contextlib.contextmanager
def context(describe: Describe) -> Iterator[None]:
    """Attach what ``describe()`` returns to every change made inside. It is asked at the first write, not before."""
    token = _current.set((uuid.uuid4(), describe))
    try:
        yield
    finally:
        _current.reset(token)


@contextlib.contextmanager
def acting_as(actor: "User | None", label: str = "", *, request_id: str = "") -> Iterator[None]:
    """Name the person, or the part of the system in ``label``, behind the changes made inside.

    For Celery tasks and commands; a web request gets the same from its middleware.
    """
    facts = {
        "actor": actor.pk if actor else None,
        "actor_label": label_of(actor) or label,
        "request_id": request_id or current_request_id(),
    }
    with context(lambda: facts), structlog.contextvars.bound_contextvars(actor=facts["actor_label"]):
        yield


def current() -> Mapping[str, Any]:
    """Who acts now: ``actor`` (id or None), ``actor_label``, ``request_id``. Empty outside any context."""
    found = _current.get()
    return found[1]() if found else {}


def current_request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def attach_to_transaction(using: BaseDatabaseWrapper | None = None) -> None:
    """Attach the context to the rest of the running transaction. Needed before COPY, which no hook sees."""
    used = using or connection
    prefix = _settings_sql()
    if prefix:
        if not used.in_atomic_block:
            raise transaction.TransactionManagementError("The history context lives in a transaction; open one first")
        with used.cursor() as cursor:
            cursor.cursor.execute(prefix)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Change:
    """One field of one event. ``before`` is None for a new row, ``after`` for a deleted one; lists come as text."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One event of one record: who did what, when, under which request."""

    at: datetime
    actor_id: int | None
    actor: str
    action: str
    request_id: str
    changes: list[Change]

    @property
    def action_label(self) -> Any:
        return ACTIONS.get(self.action, self.action)


def event_model_of(model: type[models.Model]) -> type[models.Model] | None:
    """The table of events beside ``model``, or None when it is not tracked."""
    found = pghistory.core.event_models(tracks_model=model._meta.concrete_model)
    return found[0] if found else None


def history_of(obj: models.Model, *, limit: int = 500) -> list[Entry]:
    """The history of one record, newest first, with names instead of numbers. One query, and one per foreign key."""
    return history_of_key(type(obj), obj.pk, limit=limit)


def history_of_key(model: type[models.Model], pk: Any, *, limit: int = 500) -> list[Entry]:
    """The same by key, also for a record that is gone."""
    event_model = event_model_of(model)
    if event_model is None:
        return []
    newest = event_model._base_manager.filter(pgh_obj_id=pk).order_by("-pgh_id")[: limit + 1]
    events = list(newest)[::-1]
    fields = [field for field in event_model._meta.concrete_fields if not field.name.startswith("pgh_")]
    names = _names_of_related(fields, events)
    entries: list[Entry] = []
    previous = None
    for event in events:
        facts = event.pgh_context or {}
        entries.append(
            Entry(
                at=event.pgh_created_at,
                actor_id=facts.get("actor"),
                actor=facts.get("actor_label") or "",
                action=event.pgh_label,
                request_id=facts.get("request_id") or "",
                changes=_changes(fields, previous, event, names),
            )
        )
        previous = event
    if len(entries) > limit:
        del entries[0]  # was read only to compare the next one with it
    return entries[::-1]


def _names_of_related(fields: list[models.Field], events: list[Any]) -> dict[str, dict[Any, str]]:
    names = {}
    for field in fields:
        keys = {getattr(event, field.attname) for event in events} - {None} if field.is_relation else set()
        if keys:
            found = field.remote_field.model._base_manager.in_bulk(keys)
            names[field.name] = {key: str(found.get(key, f"#{key}")) for key in keys}
    return names


def _changes(fields: list[models.Field], previous: Any, event: Any, names: dict[str, dict[Any, str]]) -> list[Change]:
    changes = []
    for field in fields:
        then, now = (getattr(row, field.attname, None) if row is not None else None for row in (previous, event))
        if event.pgh_label == "delete":
            then, now = now, None
        elif event.pgh_label == "insert":
            then = None
        if then != now and not (then in (None, "") and now in (None, "")):
            labels = names.get(field.name) or dict(getattr(field, "base_field", field).flatchoices or ())
            label = str(field.verbose_name)
            before, after = _readable(then, labels), _readable(now, labels)
            if field.name.endswith("_fen"):
                label, before, after = yuan_label(label), _in_yuan(before), _in_yuan(after)
            changes.append(Change(field.name, capfirst(label), before, after))
    return changes


def _readable(value: Any, labels: Mapping[Any, Any]) -> Any:
    """The label of ``value`` where it has one; lists by their members' labels, JSON objects as JSON text."""
    if isinstance(value, list | tuple) and not any(isinstance(part, dict | list) for part in value):
        return ", ".join(str(labels.get(part, part)) for part in value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return labels.get(value, value)


def _in_yuan(fen: int | None) -> str | None:
    return None if fen is None else format_fen(fen, Unit.YUAN)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────
def _settings_sql() -> str:
    found = _current.get()
    if found is None:
        return ""
    identity, describe = found
    facts = json.dumps(dict(describe()), default=str).replace("\\u0000", "")
    return (
        f"SELECT set_config('pghistory.context_id', '{identity}', true), "
        f"set_config('pghistory.context_metadata', {Literal(facts).as_string(None)}, true)"
    )


def _attach(
    execute: Callable[..., Any], sql: str | bytes, params: Any, many: bool, details: Mapping[str, Any]
) -> Any:  # the signature is Django's
    """Execute wrapper of every connection: put the context before a statement that can change rows."""
    cursor, used = details["cursor"], details["connection"]
    text = sql.decode() if isinstance(sql, bytes) else str(sql)
    if (
        _current.get() is None
        or not text.lstrip(" \n\t(").lower().startswith(_WRITES)
        or getattr(cursor, "name", None)
        or used.connection.info.transaction_status == TransactionStatus.INERROR
    ):
        return execute(sql, params, many, details)
    if many:
        # A batch cannot carry a second statement, so its transaction is told beforehand.
        with contextlib.nullcontext() if used.in_atomic_block else transaction.atomic(using=used.alias):
            attach_to_transaction(used)
            return execute(sql, params, many, details)
    prefix = _settings_sql()
    if params is not None:
        prefix = prefix.replace("%", "%%")
    result = execute(f"{prefix}; {text}", params, many, details)
    while result is not None and result.nextset():
        pass
    return result


def _install(sender: type, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _attach not in connection.execute_wrappers:
        connection.execute_wrappers.append(_attach)


connection_created.connect(_install, dispatch_uid="history")

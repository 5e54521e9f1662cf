"""Migrate an empty database in a third of the time, for the demonstration and the tests.

Django makes the classes of a model and of all its neighbours anew for each column, constraint, index, trigger and word
that a migration changes, and for each new table, although nothing refers to it yet. On a whole schema that is most of
the work. Here the change is written on the class that is there, and a new table makes its own class alone. A real
installation, which migrates rarely and with data, keeps Django's way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.migration import Migration
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import Field
from pgtrigger.migrations import AddTrigger, RemoveTrigger


class MigrateWithDots(migrate.Command):
    """The ``migrate`` command with a dot for each migration: the longest step of a first start is not to be silent."""

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.stdout.write(".", ending="")
            self.stdout.flush()


def render_less() -> None:
    """Switch the faster way on for the rest of this process."""
    ModelState.clone = _clone_model
    ProjectState.add_model = _add_model
    ProjectState.add_field = _add_field(ProjectState.add_field)
    ProjectState.alter_field = _alter_field(ProjectState.alter_field)
    for name in ("add_index", "remove_index", "add_constraint", "remove_constraint", "alter_model_options"):
        setattr(ProjectState, name, _change_options(getattr(ProjectState, name)))
    for operation in (AddTrigger, RemoveTrigger):
        operation.state_forwards = _change_triggers(operation.state_forwards)


@contextmanager
def _classes_as_they_are(state: ProjectState) -> Iterator[StateApps | None]:
    """Inside, a change of the state makes no class anew; gives the classes, None where none have been made yet."""
    apps = state.__dict__.pop("apps", None)
    yield apps
    if apps is not None:
        state.__dict__["apps"] = apps


def _clone_model(model: ModelState) -> ModelState:
    """Each operation copies the whole state; the fields of a model that was checked once need no second look."""
    twin = ModelState.__new__(ModelState)
    twin.__dict__ = {**model.__dict__, "fields": dict(model.fields), "options": dict(model.options)}
    return twin


def _add_model(state: ProjectState, model: ModelState) -> None:
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:
        state.apps.render_multiple([model])


def _add_field(change: Callable[..., None]) -> Callable[..., None]:
    def add_field(state: ProjectState, app_label: str, model_name: str, name: str, *rest: Any) -> None:
        with _classes_as_they_are(state) as apps:
            change(state, app_label, model_name, name, *rest)
        if apps is not None:
            field = state.models[app_label, model_name].fields[name]
            field.clone().contribute_to_class(apps.get_model(app_label, model_name), name)

    return add_field


def _alter_field(change: Callable[..., None]) -> Callable[..., None]:
    def alter_field(state: ProjectState, app_label: str, model_name: str, name: str, field: Field, *rest: Any) -> None:
        if _column(field) != _column(state.models[app_label, model_name].fields[name]):
            change(state, app_label, model_name, name, field, *rest)
            return
        with _classes_as_they_are(state):
            change(state, app_label, model_name, name, field, *rest)

    return alter_field


def _column(field: Field) -> tuple[object, ...]:
    """What of a field neither words nor checks of forms change; a relation is always something of its own."""
    _name, path, args, options = field.deconstruct()
    known = {option: value for option, value in options.items() if option not in field.non_db_attrs}
    return (path, args, known) if not field.is_relation else (field,)


def _change_options(change: Callable[..., None]) -> Callable[..., None]:
    def change_options(state: ProjectState, app_label: str, model_name: str, *rest: Any) -> None:
        model = state.models[app_label, model_name.lower()]
        before = dict(model.options)
        with _classes_as_they_are(state) as apps:
            change(state, app_label, model_name.lower(), *rest)
        if apps is not None:
            meta = apps.get_model(app_label, model_name)._meta
            for option, value in model.options.items():
                if value is not before.get(option):
                    setattr(meta, option, value)

    return change_options


def _change_triggers(change: Callable[..., None]) -> Callable[..., None]:
    def state_forwards(operation: AddTrigger | RemoveTrigger, app_label: str, state: ProjectState) -> None:
        _change_options(lambda *_place: change(operation, app_label, state))(state, app_label, operation.model_name)

    return state_forwards

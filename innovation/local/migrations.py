"""Migrate an empty database in half the time, for the demonstration and the tests.

Django makes the classes of a model and of all its neighbours anew for each constraint, index and trigger that a
migration adds, although none of them changes a column, and for each new table, although nothing refers to it yet. On a
whole schema that is most of the work. Here the addition is written on the class that is there, and a new table makes
its own class alone. A real installation, which migrates rarely and with data, keeps Django's way.
"""

from django.core.management.commands import migrate
from django.db.migrations.migration import Migration
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Index
from django.db.models.constraints import BaseConstraint
from pgtrigger import Trigger
from pgtrigger.migrations import AddTrigger


class MigrateWithDots(migrate.Command):
    """The ``migrate`` command with a dot for each migration: the longest step of a first start is not to be silent."""

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.stdout.write(".", ending="")
            self.stdout.flush()


def render_less() -> None:
    """Switch the faster way on for the rest of this process."""
    ProjectState.add_model = _add_model
    ProjectState.add_index = _add_index
    ProjectState.add_constraint = _add_constraint
    AddTrigger.state_forwards = _add_trigger


def _add_model(state: ProjectState, model: ModelState) -> None:
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # the classes have been made already
        state.apps.render_multiple([model])


def _add_index(state: ProjectState, app_label: str, model_name: str, index: Index) -> None:
    _append(state, app_label, model_name, "indexes", index)


def _add_constraint(state: ProjectState, app_label: str, model_name: str, constraint: BaseConstraint) -> None:
    _append(state, app_label, model_name, "constraints", constraint)


def _add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    _append(state, app_label, operation.model_name, "triggers", operation.trigger)


def _append(
    state: ProjectState, app_label: str, model_name: str, option: str, thing: Index | BaseConstraint | Trigger
) -> None:
    options = state.models[app_label, model_name.lower()].options
    options[option] = [*options.get(option, []), thing]
    if "apps" in state.__dict__:  # the classes have been made already
        setattr(state.apps.get_model(app_label, model_name)._meta, option, list(options[option]))

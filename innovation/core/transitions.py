"""States as data: a table says which event leads where, who may cause it, and what happens next.

A model names its table in the attribute ``transitions`` (a property where records differ) and its text in
``state_names``::

    class Application(models.Model):
        transitions = {State.DRAFT: {"submit": Transition(to=State.SENT, permission="calls.send", label=_("Send"))}}
        state_names = {State.DRAFT: StateName(staff=_("Draft"), public=_("Not sent yet"), next_step=_("Send it"))}
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.core import history
from innovation.core.errors import RuleViolation
from innovation.core.models import TransitionRecord

if TYPE_CHECKING:
    from innovation.accounts.models import User

Text = str | Promise
Guard = Callable[[Any, Mapping[str, Any]], Iterable[RuleViolation] | None]
Permission = str | Callable[["User", Any], bool]


@dataclass(frozen=True)
class Transition:
    """One arrow between two states.

    ``permission`` is ``app.codename`` or a predicate of actor and record; None means that only the system itself
    causes it. ``guard(record, facts)`` returns what stands against it, or raises. ``automatic`` lets the system
    (a clock, an import) cause it too. ``next_step`` tells the people what happens after it.
    """

    to: str
    permission: Permission | None
    label: Text
    guard: Guard | None = None
    next_step: Text = ""
    automatic: bool = False


@dataclass(frozen=True)
class StateName:
    """A state's names for the staff and for the public, and what happens next."""

    staff: Text
    public: Text
    next_step: Text = ""


Table = Mapping[Any, Mapping[str, Transition]]
Record = TypeVar("Record", bound=models.Model)


class TransitionRefused(RuleViolation):
    """The event is not possible now; ``violations`` lists every rule that stands against it."""

    def __init__(self, violations: list[RuleViolation]) -> None:
        first = violations[0]
        super().__init__(
            first.code,
            " ".join(str(violation) for violation in violations),
            field=first.field,
            facts={**first.facts, "reasons": [violation.code for violation in violations]},
        )
        self.violations = violations


def find(table: Table, state: str, event: str) -> Transition:
    """The arrow of ``event`` out of ``state``; raises ``NO_SUCH_TRANSITION``."""
    try:
        return table[state][event]
    except KeyError:
        raise RuleViolation(
            "NO_SUCH_TRANSITION", _("This step is not possible in the present state."),
            facts={"state": state, "event": event},
        ) from None  # fmt: skip


def may(transition: Transition, instance: models.Model, actor: "User | None") -> bool:
    """Whether ``actor`` (None: the system) may cause the transition, guards apart."""
    if actor is None:
        return transition.automatic or transition.permission is None
    if transition.permission is None or not actor.is_active:
        return False
    if callable(transition.permission):
        return transition.permission(actor, instance)
    return actor.has_perm(transition.permission)


def objections(transition: Transition, instance: models.Model, facts: Mapping[str, Any]) -> list[RuleViolation]:
    """What the guard says against the transition; empty when nothing does."""
    if transition.guard is None:
        return []
    try:
        return list(transition.guard(instance, facts) or ())
    except RuleViolation as violation:
        return [violation]


def available(instance: models.Model, actor: "User | None", facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The events that ``actor`` may cause now, each with what still stands against it (an empty list: nothing)."""
    state = getattr(instance, state_field(instance))
    return {
        event: objections(transition, instance, facts or {})
        for event, transition in instance.transitions.get(state, {}).items()
        if may(transition, instance, actor)
    }


def state_field(instance: models.Model) -> str:
    return getattr(instance, "state_field", "state")


def apply(
    instance: Record,
    event: str,
    *,
    actor: "User | None",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Record:
    """Move ``instance`` by ``event``: lock its row, check permission and guard, save, record.

    ``facts`` are what the guard needs besides the record; they are kept with the record of the step. ``changes`` are
    fields that change with the state, in the same statement, such as who decided and when. Returns the
    locked and saved record, and sets the new state on ``instance`` too. Raises ``RuleViolation`` with
    ``NO_SUCH_TRANSITION``, ``NOT_PERMITTED`` or what the guard says; then nothing has changed.
    """
    known = dict(facts or {})
    model = type(instance)
    field = state_field(instance)
    with transaction.atomic():
        locked = model._base_manager.select_for_update(of=("self",)).get(pk=instance.pk)
        _share_related(instance, locked)
        before = getattr(locked, field)
        transition = find(locked.transitions, before, event)
        if not may(transition, locked, actor):
            raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."), facts={"event": event})
        against = objections(transition, locked, known)
        if against:
            raise TransitionRefused(against)
        # The lock is enough among callers of this function; the comparison also covers statements that took none.
        written = {**(changes or {}), field: transition.to}
        if not model._base_manager.filter(pk=locked.pk, **{field: before}).update(**written):
            raise RuleViolation("CHANGED_MEANWHILE", _("Somebody else changed this record a moment ago. Look again."))
        for name, value in written.items():
            setattr(locked, name, value)
        record = TransitionRecord(
            content_type=ContentType.objects.get_for_model(model),
            object_pk=str(locked.pk),
            event=event,
            from_state=before,
            to_state=transition.to,
            reason=reason,
            facts=known,
            actor_id=actor.pk if actor else None,
            actor_label=history.label_of(actor) or history.current().get("actor_label", ""),
            request_id=history.current().get("request_id", ""),
        )
        record.subject = locked
        record.save(force_insert=True)
    setattr(instance, field, transition.to)
    return locked


def _share_related(known: models.Model, locked: models.Model) -> None:
    """Give ``locked`` the records behind foreign keys that ``known`` has read already, where they are the same."""
    for key in known._meta.concrete_fields:
        is_read = isinstance(key, models.ForeignKey) and key.is_cached(known)
        if is_read and getattr(known, key.attname) == getattr(locked, key.attname):
            key.set_cached_value(locked, key.get_cached_value(known))


def steps_of(instance: models.Model) -> models.QuerySet[TransitionRecord]:
    """The steps that ``instance`` went through, oldest first."""
    return TransitionRecord.objects.filter(
        content_type=ContentType.objects.get_for_model(type(instance)), object_pk=str(instance.pk)
    ).order_by("pk")

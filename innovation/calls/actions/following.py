"""One step of a case, and what follows from it in the same transaction."""

from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls import kinds
from innovation.calls.models import Application
from innovation.calls.queries.relations import is_related
from innovation.core import transitions, uploads
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS


def locked(application_id: int) -> Application:
    """The case with its row locked until the transaction ends."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("call", "process", "organisation")
    return rows.get(pk=application_id)


def move(
    application: Application,
    event: str,
    *,
    actor: User | None,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Application:
    """Move a locked case by ``event`` and run what its kind registered for it; both or nothing.

    Whether ``actor`` is related to a party is added to the facts; the day due ends with the step unless ``changes``
    names another. Raises what the table of the process says against it.
    """
    known = {"related": is_related(actor, application), "reason_given": bool(reason.strip())} | dict(facts or {})
    written = {"state_since": timezone.now(), "due_on": None} | dict(changes or {})
    moved = transitions.apply(application, event, actor=actor, reason=reason, facts=known, changes=written)
    for name, value in written.items():
        setattr(application, name, value)
    handler = kinds.handler(moved.call.kind, event)
    if handler is not None:
        made = handler(moved, actor)
        if made:
            application.result = {**application.result, event: made}
            application.save(update_fields=["result"])
    return application


def require(actor: User, permission: str) -> None:
    """Raises ``NOT_PERMITTED`` without ``permission`` (``calls.…``)."""
    if not actor.has_perm(permission):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))


def require_unrelated(actor: User, application: Application) -> None:
    """Raises ``RELATED_PARTY`` for whoever belongs to a party of the case."""
    if is_related(actor, application):
        raise RuleViolation("RELATED_PARTY", _("You are related to a party of this case."))


def stored(upload: Any, actor: User | None) -> dict[str, Any]:
    """What a ``StoredFile`` keeps of an upload, after it was looked at. Raises what ``uploads.accept`` refuses."""
    accepted = uploads.accept(upload, kinds=DOCUMENTS)
    return {
        "file": File(accepted.content, name=accepted.stored_name), "file_name": accepted.name,
        "file_kind": str(accepted.kind), "size": accepted.size, "sha256": accepted.sha256, "recorded_by": actor,
    }  # fmt: skip

"""Write facts that hold over a period: record, end, withdraw. Nothing is changed; rows are superseded."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.dated import SET_ONCE, DatedRecord
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

Record = TypeVar("Record", bound=DatedRecord)
DAY = timedelta(days=1)
_KNOWLEDGE = {"id", "recorded_at", "recorded_by", *SET_ONCE}


def require(actor: User, permission: str) -> None:
    """Raises PermissionDenied unless ``actor`` holds ``permission``."""
    if not actor.has_perm(permission):
        raise PermissionDenied


def require_period(valid_from: date, valid_to: date | None) -> None:
    """Raises RuleViolation PERIOD_ORDER when the end lies before the start."""
    if valid_to is not None and valid_to < valid_from:
        raise RuleViolation("PERIOD_ORDER", _("The end lies before the start."), field="valid_to")


def put(
    model: type[Record],
    *,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    valid_from: date,
    valid_to: date | None,
    actor: User,
    document: str = "",
) -> Record:
    """Let ``values`` hold for ``key`` from ``valid_from`` to ``valid_to`` (None: open), whatever held before.

    What held on other days stays as it is: an overlapping row is superseded, and its days outside the new period are
    recorded again. The caller holds the fund's lock. Raises RuleViolation PERIOD_ORDER, FACT_STANDS when the same is
    recorded for the same days already.
    """
    require_period(valid_from, valid_to)
    now = timezone.now()
    clashes = model.objects.current().filter(Q(valid_to=None) | Q(valid_to__gte=valid_from), **key)
    if valid_to is not None:
        clashes = clashes.filter(valid_from__lte=valid_to)
    pieces: list[Record] = []
    for row in clashes.order_by("pk"):
        if _says(row, values) and (row.valid_from, row.valid_to) == (valid_from, valid_to):
            raise RuleViolation("FACT_STANDS", _("Exactly this is recorded already."), field="valid_from")
        _supersede(row, now, actor)
        if row.valid_from < valid_from:
            pieces.append(_again(row, now, actor, valid_to=valid_from - DAY))
        if valid_to is not None and (row.valid_to is None or row.valid_to > valid_to):
            pieces.append(_again(row, now, actor, valid_from=valid_to + DAY))
    for piece in pieces:
        piece.save(force_insert=True)
    return model.objects.create(
        **key, **values, valid_from=valid_from, valid_to=valid_to, document=document, recorded_at=now,
        recorded_by=actor,
    )  # fmt: skip


def end(row: Record, *, last_day: date, actor: User) -> Record:
    """Let the fact end on ``last_day``. Raises RuleViolation FACT_SUPERSEDED, PERIOD_ORDER, ENDS_LATER."""
    _require_current(row)
    require_period(row.valid_from, last_day)
    if row.valid_to is not None and last_day >= row.valid_to:
        raise RuleViolation("ENDS_LATER", _("It ends by that day already."), field="last_day")
    now = timezone.now()
    _supersede(row, now, actor)
    ended = _again(row, now, actor, valid_to=last_day)
    ended.save(force_insert=True)
    return ended


def withdraw(row: Record, *, reason: str, actor: User) -> Record:
    """Take a mistaken fact back: from now on it is not known. Raises RuleViolation FACT_SUPERSEDED, REASON_MISSING."""
    _require_current(row)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why it is withdrawn."), field="reason")
    _supersede(row, timezone.now(), actor, reason)
    return row


def _require_current(row: DatedRecord) -> None:
    if row.superseded_at is not None:
        raise RuleViolation("FACT_SUPERSEDED", _("This entry was replaced by a later one."))


def _supersede(row: DatedRecord, now: datetime, actor: User, reason: str | None = None) -> None:
    row.superseded_at, row.superseded_by, row.withdrawn_because = now, actor, reason
    row.save(update_fields=list(SET_ONCE))


def _says(row: DatedRecord, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _again(row: Record, now: datetime, actor: User, **period: date) -> Record:
    """An unsaved copy of ``row`` for other days, as known from ``now``."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.name not in _KNOWLEDGE}
    return type(row)(**facts | period, recorded_at=now, recorded_by=actor)

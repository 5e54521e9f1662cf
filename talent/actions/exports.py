"""Lists of people that leave the product: with a reason, marked, above 100 rows by two people, each file recorded."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core import history, outbox
from innovation.core.errors import RuleViolation
from innovation.core.exports import Column, Table
from talent.actions.reading import record_reads
from talent.choices.privacy import ExportState, ReadDoor, ReadPurpose
from talent.models import ExportRequest
from talent.queries.exportable import LISTS, filter_words
from talent.rules.retention import APPROVER_ABOVE, EXPORT_DAYS

APPROVE = "talent.approve_exportrequest"
SHORTEST_REASON = 10


@transaction.atomic
def ask_export(*, list_key: str, filters: Mapping[str, Any], reason: str, actor: User) -> ExportRequest:
    """Ask for a list. Up to 100 rows it is ready at once, above a second person has to agree.

    Raises ``REASON_MISSING``, ``EXPORT_EMPTY``, ``NOT_PERMITTED``.
    """
    if not actor.has_perm("talent.add_exportrequest"):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleViolation("REASON_MISSING", _("Say what the list is for, in a sentence."), field="reason")
    kept = {name: value for name, value in filters.items() if value}
    rows = LISTS[list_key].rows(kept).count()
    if not rows:
        raise RuleViolation("EXPORT_EMPTY", _("Nobody fits this choice."), field="kind")
    needs_two = rows > APPROVER_ABOVE
    request = ExportRequest.objects.create(
        list_key=list_key, filters=kept, reason=reason.strip(), rows=rows, asked_by=actor,
        state=ExportState.WAITING if needs_two else ExportState.READY,
        usable_until=None if needs_two else timezone.localdate() + timedelta(days=EXPORT_DAYS),
    )  # fmt: skip
    if needs_two:
        _tell_approvers(request)
    return request


def _tell_approvers(request: ExportRequest) -> None:
    approvers = User.objects.filter(groups__permissions__codename="approve_exportrequest", is_active=True)
    for approver in approvers.exclude(pk=request.asked_by_id).distinct():
        with translation.override(approver.language or "zh-hans"):
            outbox.send_mail(
                to=approver.email, key=f"privacy-export-{request.pk}-{approver.pk}",
                subject=_("An export of people waits for a second person: %(number)s") % {"number": request},
                text=_("%(who)s asks for %(rows)s rows: %(reason)s")
                % {"who": request.asked_by, "rows": request.rows, "reason": request.reason},
            )  # fmt: skip


@transaction.atomic
def decide_export(*, request_id: int, approve: bool, reason: str, actor: User) -> ExportRequest:
    """The second person agrees or refuses. Raises ``NOT_PERMITTED``, ``OWN_EXPORT``, ``EXPORT_DECIDED``."""
    request = ExportRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if not actor.has_perm(APPROVE):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if request.asked_by_id == actor.pk:
        raise RuleViolation("OWN_EXPORT", _("Somebody else has to decide."))
    if request.state != ExportState.WAITING:
        raise RuleViolation("EXPORT_DECIDED", _("This is decided already."))
    request.state = ExportState.READY if approve else ExportState.REFUSED
    request.decided_by, request.decided_at, request.decision_reason = actor, timezone.now(), reason.strip()
    request.usable_until = timezone.localdate() + timedelta(days=EXPORT_DAYS) if approve else None
    request.save()
    return request


@transaction.atomic
def take_export(*, request_id: int, actor: User) -> Table:
    """The list as a table for CSV or XLSX, marked in its head and in every row; who is on it is recorded as read.

    Raises ``EXPORT_NOT_YOURS``, ``EXPORT_NOT_READY``, ``EXPORT_GROWN`` when by now more than 100 people would leave
    on one person's word.
    """
    request = ExportRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.asked_by_id != actor.pk:
        raise RuleViolation("EXPORT_NOT_YOURS", _("Only who asked for the list may take it."))
    if not request.may_be_taken(timezone.localdate()):
        raise RuleViolation("EXPORT_NOT_READY", _("This list may not be taken, or not any more."))
    what = LISTS[request.list_key]
    people = list(what.rows(request.filters))
    if request.decided_by_id is None and len(people) > APPROVER_ABOVE:
        raise RuleViolation("EXPORT_GROWN", _("The list has grown above 100 rows. Ask anew."))
    record_reads(actor, people, what.fields, ReadPurpose.EXPORT, ReadDoor.FILE)
    ExportRequest.objects.filter(pk=request.pk).update(taken=F("taken") + 1)
    now = timezone.now()
    mark = watermark(request, actor)
    return Table(
        title=what.label, columns=[*what.columns, Column(_("Mark"), lambda row: mark)], rows=people, known_at=now,
        filters=filter_words(request.filters),
        notes=[
            mark, _("Reason: %(reason)s") % {"reason": request.reason},
            _("Personal data: for this purpose alone, to be deleted when it is served."),
        ],
    )  # fmt: skip


def watermark(request: ExportRequest, actor: User) -> str:
    """What names the file and who took it, in its head and in each row."""
    return f"{request} · {history.label_of(actor)} · {timezone.localtime():%Y-%m-%d %H:%M}"


def run_out(today: Any) -> int:
    """End exports whose last day has passed; returns how many."""
    over = ExportRequest.objects.filter(state=ExportState.READY, usable_until__lt=today)
    return over.update(state=ExportState.RUN_OUT)

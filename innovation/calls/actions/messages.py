"""Messages of the office to many: prepared as a preview, confirmed once, handed to the mail line by line.

Nothing leaves without a preview: ``prepare`` fills every text and keeps it, ``confirm`` lets exactly that leave. Two
clicks, two officers or a task that runs twice send each line once: the run is one for a message, a line is locked,
handed to the outbox under its own key and marked in one transaction.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.accounts import notices, notifications
from innovation.accounts.choices import MailChoice
from innovation.accounts.models import User
from innovation.calls.actions.applicant_mails import values_of
from innovation.calls.actions.screening import require
from innovation.calls.choices import Audience, DefinitionState, LeftOut, LineState, MemberRole
from innovation.calls.models import (
    Application,
    ApplicationMember,
    MessageBatch,
    MessageLine,
    MessageRun,
    MessageTemplate,
)
from innovation.calls.queries.relations import barred
from innovation.calls.rules import message_texts
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen

WRITE = "calls.add_messagebatch"
MOST = 500
FOR_APPLICANTS = ("calls_status", "calls_reminder", "calls_news")
"""Kinds of notice whose texts are meant for applicants."""
ROLES = {
    Audience.LEADS: (MemberRole.LEAD,),
    Audience.WRITERS: (MemberRole.LEAD, MemberRole.EDITOR),
    Audience.EVERYBODY: tuple(MemberRole),
}
LEFT = (LineState.SENT, LineState.IN_DIGEST)


@transaction.atomic
def prepare(
    *, template_id: int, application_ids: Iterable[int], actor: User, audience: str = Audience.LEADS, note: str = ""
) -> MessageBatch:
    """Write down who would get which words about which case, and who would not; nothing leaves.

    ``note`` stands for the placeholder ``reason``. Raises ``NOT_PERMITTED``, ``NO_MAIL_TEXT`` (not published, or not
    for applicants), ``NOTHING_CHOSEN``, ``TOO_MANY``.
    """
    require(actor, WRITE)
    template: Any = MessageTemplate.objects.filter(pk=template_id, state=DefinitionState.PUBLISHED).first()
    if template is None or template.content.get("notice") not in FOR_APPLICANTS:
        raise RuleViolation("NO_MAIL_TEXT", _("Choose a published mail text for applicants."), field="template")
    rows = Application.objects.visible_to(actor).filter(pk__in=set(application_ids)).order_by("number", "pk")
    cases = list(rows.select_related("call", "organisation", "created_by", "process"))
    if not cases:
        raise RuleViolation("NOTHING_CHOSEN", _("Choose applications first."), field="application")
    if len(cases) > MOST:
        raise RuleViolation(
            "TOO_MANY", _("Write to at most %(most)s applications at once.") % {"most": MOST}, field="application"
        )
    batch = MessageBatch.objects.create(template=template, audience=audience, note=note.strip(), created_by=actor)
    people = _people(cases, Audience(audience))
    near = barred(cases, [actor])
    lines: list[MessageLine] = []
    for case in cases:
        persons: Sequence[User | None] = people.get(case.pk) or [None]
        lines += [_line(batch, case, person, related=(case.pk, actor.pk) in near) for person in persons]
    _leave_out_told(lines)
    MessageLine.objects.bulk_create(lines)
    return batch


def _people(cases: Sequence[Application], audience: Audience) -> dict[int, list[User]]:
    """The people with an open account to write to, by case."""
    found: dict[int, list[User]] = {}
    members = ApplicationMember.objects.filter(
        application__in=cases, role__in=ROLES[audience], user__is_active=True
    ).select_related("user")
    for member in members.order_by("pk"):
        found.setdefault(member.application_id, []).append(member.user)
    return found


def _line(batch: MessageBatch, case: Application, person: User | None, *, related: bool) -> MessageLine:
    line = MessageLine(batch=batch, application=case, case_state=case.state, person=person)
    if person is None:
        return _without(line, LeftOut.NOBODY)
    line.email = person.email
    filled = _filled(batch, case, person)
    line.subject, line.text, line.missing = filled.subject[:300], filled.text, list(filled.missing)
    line.sha256 = hashlib.sha256(f"{line.subject}\n{line.text}".encode()).hexdigest()
    if related:
        return _without(line, LeftOut.RELATED)
    if notifications.choice_of(person, batch.template.content["notice"])[1] == MailChoice.OFF:
        return _without(line, LeftOut.MAIL_OFF)
    return _without(line, LeftOut.NO_VALUE) if filled.missing else line


def _without(line: MessageLine, why: LeftOut) -> MessageLine:
    line.state, line.left_out = LineState.LEFT_OUT, why
    return line


def _filled(batch: MessageBatch, case: Application, person: User) -> message_texts.Filled:
    """The words in the person's language."""
    language = person.language or settings.LANGUAGE_CODE
    with translation.override(language):
        values: Mapping[str, Any] = values_of(case, person.name or person.email) | {
            "reason": batch.note,
            "amount": "" if case.award_fen is None else format_fen(case.award_fen, Unit.WAN, with_unit=True),
        }
        return message_texts.fill(batch.template.content, values, "zh" if language.startswith("zh") else "en")


def _leave_out_told(lines: Iterable[MessageLine]) -> None:
    """Leave out who got the same words about the same case today."""
    ready = [line for line in lines if line.state == LineState.READY]
    told = set(
        MessageLine.objects.filter(
            application__in={line.application_id for line in ready}, state__in=LEFT, written_on=timezone.localdate()
        ).values_list("application", "person", "sha256")
    )
    for line in ready:
        if (line.application_id, line.person_id, line.sha256) in told:
            _without(line, LeftOut.SAME_TODAY)


@transaction.atomic
def confirm(*, batch_id: int, actor: User) -> MessageRun:
    """Let what was previewed leave. A second confirmation gets the run of the first.

    Raises ``NOT_PERMITTED``, ``THROWN_AWAY``, ``NOBODY_LEFT`` when every line is left out.
    """
    require(actor, WRITE)
    batch = MessageBatch.objects.select_for_update().get(pk=batch_id)
    if batch.discarded_at is not None:
        raise RuleViolation("THROWN_AWAY", _("This message was thrown away."))
    if batch.confirmed_at is not None:
        return MessageRun.objects.get(batch=batch)
    if not batch.lines.filter(state=LineState.READY).exists():
        raise RuleViolation("NOBODY_LEFT", _("Nobody is left to write to."))
    batch.confirmed_at, batch.confirmed_by = timezone.now(), actor
    batch.save(update_fields=["confirmed_at", "confirmed_by"])
    run = MessageRun.objects.create(batch=batch, created_by=actor)
    jobs.enqueue(run)
    return run


@transaction.atomic
def discard(*, batch_id: int, actor: User) -> MessageBatch:
    """Throw a message away that was not confirmed. Raises ``NOT_PERMITTED``, ``CONFIRMED_ALREADY``."""
    require(actor, WRITE)
    batch = MessageBatch.objects.select_for_update().get(pk=batch_id)
    if batch.confirmed_at is not None:
        raise RuleViolation("CONFIRMED_ALREADY", _("This message has been confirmed; it leaves."))
    if batch.discarded_at is None:
        batch.discarded_at = timezone.now()
        batch.save(update_fields=["discarded_at"])
    return batch


def send_lines(run: MessageRun) -> None:
    """Hand over every line that is still ready, each in a transaction of its own; safe to run again."""
    waiting = MessageLine.objects.filter(batch=run.batch_id, state=LineState.READY).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    for done, pk in enumerate(keys, start=1):
        _send_line(pk)
        if done % 20 == 0:
            jobs.report_progress(
                run, done * 100 // len(keys), _("%(done)s of %(all)s") % {"done": done, "all": len(keys)}
            )


@transaction.atomic
def _send_line(pk: int) -> None:
    """One line: judged again against what changed since the preview, then written and marked together."""
    case = Application.objects.select_for_update(of=("self",)).get(message_lines=pk)
    found = MessageLine.objects.select_for_update(of=("self",)).filter(pk=pk, state=LineState.READY)
    line = found.select_related("batch__template", "person").first()
    if line is None:
        return
    person, kind = line.person, line.batch.template.content["notice"]
    choice = notifications.choice_of(person, kind)[1] if person is not None and person.is_active else None
    if person is None or choice is None:
        _without(line, LeftOut.NOBODY)
    elif case.state != line.case_state:
        _without(line, LeftOut.CHANGED)
    elif choice == MailChoice.OFF:
        _without(line, LeftOut.MAIL_OFF)
    else:
        _leave_out_told([line])
    if line.state == LineState.READY and person is not None:
        notices.send(to=person, kind=kind, subject=line.subject, text=line.text, key=f"message-line-{line.pk}")
        line.state = LineState.IN_DIGEST if choice == MailChoice.DIGEST else LineState.SENT
        line.written_at = timezone.now()
        line.written_on = timezone.localdate(line.written_at)
    line.save(update_fields=["state", "left_out", "written_at", "written_on"])

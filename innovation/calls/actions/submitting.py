"""Submit: once, whatever is clicked; judged by one clock and one test of the window."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions.likeness import look_for_copies
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application, Bar, Submission
from innovation.calls.queries.deadlines import due_after
from innovation.calls.rules import forms
from innovation.core import history, transitions
from innovation.core.errors import RuleViolation

CHECK_DAYS = 10
SENT = {ApplicationState.DRAFT: "submit", ApplicationState.RETURNED: "resubmit"}


@transaction.atomic
def submit(
    *, application_id: int, actor: User, declared: bool, arrived_at: datetime | None = None, answer: str = ""
) -> Submission:
    """Send a draft, or the answers to what was asked; the second click gets the first one's receipt.

    ``declared`` says that the declaration was ticked, ``answer`` is a text for the office that asked. What counts is
    the moment at which the request reached the server (``arrived_at``, by default now, before any wait for the lock),
    held against the window as it stands after the lock. Raises ``DECLARATION_MISSING``, ``NOT_PERMITTED``, or every
    guard that is not met (``FORM_INCOMPLETE``, ``WINDOW_CLOSED``, ``APPLICANT_BARRED``).
    """
    moment = arrived_at or timezone.now()
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("form", "process", "call__deadlines")
        .get(pk=application_id)
    )
    if application.state not in SENT:
        standing = application.submissions.filter(submitted_by=actor).order_by("-serial").first()
        if standing is not None and application.state == ApplicationState.SUBMITTED:
            return standing
        raise RuleViolation("NOT_EDITABLE", _("This application has been submitted; it cannot be changed now."))
    if not declared:
        raise RuleViolation("DECLARATION_MISSING", _("Tick the declaration first."), field="declaration")
    event = SENT[ApplicationState(application.state)]
    answers = dict(application.answers.values_list("key", "value"))
    files = files_of(application)
    facts = {
        "form_complete": not faults_of(application, answers, files, event),
        "in_window": _in_window(application, moment),
        "applicant_barred": Bar.objects.on(timezone.localdate(moment)).filter(
            organisation=application.organisation_id
        ).exists(),
    }  # fmt: skip
    application = transitions.apply(application, event, actor=actor, facts=facts, changes=_changes(application, moment))
    application.requests.filter(answered_at=None).update(answered_at=moment, answer=answer)
    submission = _record(application, answers, files, actor, moment)
    look_for_copies(submission)
    return submission


def _in_window(application: Application, moment: datetime) -> bool:
    if application.state == ApplicationState.RETURNED:
        return application.due_on is None or timezone.localdate(moment) <= application.due_on
    return application.call.takes_at(moment)


def _changes(application: Application, moment: datetime) -> dict[str, Any]:
    return {
        "number": application.number or f"{application.call.code}-{application.pk:05d}".upper(),
        "submitted_at": moment,
        "state_since": moment,
        "due_on": due_after(application.call, "check", timezone.localdate(moment), days=CHECK_DAYS),
    }


def files_of(application: Application) -> dict[str, list[forms.FileFacts]]:
    """Name and size of the files of each field, without those that were taken out."""
    found: dict[str, list[forms.FileFacts]] = {}
    for key, name, size in application.files.filter(removed_at=None).values_list("key", "file_name", "size"):
        found.setdefault(key, []).append(forms.FileFacts(name, size))
    return found


def faults_of(
    application: Application, answers: dict[str, Any], files: dict[str, list[forms.FileFacts]], event: str | None
) -> list[forms.Fault]:
    """What refuses ``event``; with None what a save warns of."""
    found = forms.missing_and_wrong(application.form.content, answers, files, application.state, for_event=event)
    return [fault for fault in found if event is None or fault.level == forms.Level.ERROR]


def _record(
    application: Application, answers: dict[str, Any], files: dict[str, Any], actor: User, moment: datetime
) -> Submission:
    content = application.form.content
    shown = forms.visible(content, answers, ApplicationState.SUBMITTED)
    kept = {key: value for key, value in (answers | forms.computed_answers(content, answers)).items() if key in shown}
    handed_in = [
        {"field": key, "name": name, "sha256": sha256, "size": size}
        for key, name, sha256, size in application.files.filter(removed_at=None).values_list(
            "key", "file_name", "sha256", "size"
        )
    ]
    canonical = json.dumps(
        {"form": [application.form.family, application.form.version], "answers": kept, "files": handed_in},
        cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return Submission.objects.create(
        application=application,
        serial=application.submissions.count() + 1,
        form=application.form,
        answers=kept,
        files=handed_in,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        submitted_at=moment,
        submitted_by=actor,
        submitted_label=history.label_of(actor),
    )

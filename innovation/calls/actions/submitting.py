"""Submit: once, whatever is clicked; judged by one clock and one test of the window."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls import kinds
from innovation.calls.actions.likeness import look_for_copies
from innovation.calls.choices import ApplicationState
from innovation.calls.models import AnswerFile, Application, Bar, Submission
from innovation.calls.queries.bids import limits_reached
from innovation.calls.queries.deadlines import due_after
from innovation.calls.rules import forms
from innovation.core import history, transitions
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation

CHECK_DAYS = 10
SENT = {ApplicationState.DRAFT: "submit", ApplicationState.RETURNED: "resubmit"}


@transaction.atomic
def submit(
    *,
    application_id: int,
    actor: User,
    declared: bool,
    arrived_at: datetime | None = None,
    answer: str = "",
    agreed: str = "",
) -> Submission:
    """Send a draft, or the answers to what was asked; the second click gets the first one's receipt.

    ``declared`` says that the declaration was ticked, ``answer`` is a text for the office that asked, ``agreed`` is the
    key of the words to which the kind of the call asks agreement (``AGREEMENT_MISSING`` without it). What counts is the
    moment at which the request reached the server (``arrived_at``, by default now, before any wait for the lock),
    held against the window as it stands after the lock. Raises ``DECLARATION_MISSING``, ``NOT_PERMITTED``, or every
    guard that is not met (``FORM_INCOMPLETE``, ``WINDOW_CLOSED``, ``APPLICANT_BARRED``); of a bid to a challenge call
    also ``BID_LIMITS`` with the limits of organisation and leader that it would break.
    """
    moment = arrived_at or timezone.now()
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("form", "process", "call__deadlines", "organisation")
        .get(pk=application_id)
    )
    if application.state not in SENT:
        standing = application.submissions.filter(submitted_by=actor).order_by("-serial").first()
        if standing is not None and application.state == ApplicationState.SUBMITTED:
            return standing
        raise RuleViolation("NOT_EDITABLE", _("This application has been submitted; it cannot be changed now."))
    if not declared:
        raise RuleViolation("DECLARATION_MISSING", _("Tick the declaration first."), field="declaration")
    _agree(application, actor, agreed)
    event = SENT[ApplicationState(application.state)]
    if event == "submit":
        _keep_within_limits(application)
    answers = dict(application.answers.values_list("key", "value"))
    handed_in = list(application.files.filter(removed_at=None))
    facts = {
        "form_complete": not faults_of(application, answers, file_facts(handed_in), event),
        "in_window": _in_window(application, moment),
        "applicant_barred": Bar.objects.on(timezone.localdate(moment)).filter(
            organisation=application.organisation_id
        ).exists(),
    }  # fmt: skip
    application = transitions.apply(application, event, actor=actor, facts=facts, changes=_changes(application, moment))
    if event == "resubmit":
        application.requests.filter(answered_at=None).update(answered_at=moment, answer=answer)
    submission = _record(application, answers, handed_in, actor, moment, is_again=event == "resubmit")
    look_for_copies(submission)
    return submission


def _agree(application: Application, actor: User, agreed: str) -> None:
    """Have the kind of the call record what its applicants agree to, where it still asks for it."""
    consent = kinds.consent(application.call.kind)
    asked = consent.asked(application) if consent is not None else None
    if consent is None or asked is None:
        return
    if agreed != asked.key:
        raise RuleViolation(
            "AGREEMENT_MISSING", _("Read and agree first: %(title)s") % {"title": asked.title}, field="agreed",
            facts={"agreed": asked.key, "words": asked.words},
        )  # fmt: skip
    consent.given(application, actor, agreed)


def _keep_within_limits(application: Application) -> None:
    """Refuse a bid too many. The organisation's row is locked, so that two bids at once do not both pass."""
    if not application.call.rules.get("min_bids"):
        return
    Organisation.objects.select_for_update().filter(pk=application.organisation_id).first()
    reached = limits_reached(application, dict(application.answers.values_list("key", "value")))
    if reached:
        lines = [
            _("%(rule)s (with this one: %(actual)s)") % {"rule": one.rule, "actual": one.actual} for one in reached
        ]
        raise RuleViolation(
            "BID_LIMITS", _("This bid would be one too many under the rules of the call. %(limits)s")
            % {"limits": "; ".join(lines)}, facts={"limits": lines},
        )  # fmt: skip


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


def file_facts(files: Iterable[AnswerFile]) -> dict[str, list[forms.FileFacts]]:
    """Name and size of the files of each field."""
    found: dict[str, list[forms.FileFacts]] = {}
    for file in files:
        found.setdefault(file.key, []).append(forms.FileFacts(file.file_name, file.size))
    return found


def faults_of(
    application: Application, answers: dict[str, Any], files: dict[str, list[forms.FileFacts]], event: str | None
) -> list[forms.Fault]:
    """What refuses ``event``; with None what a save warns of."""
    found = forms.missing_and_wrong(application.form.content, answers, files, application.state, for_event=event)
    return [fault for fault in found if event is None or fault.level == forms.Level.ERROR]


def _record(
    application: Application, answers: dict[str, Any], files: Iterable[AnswerFile], actor: User, moment: datetime,
    *, is_again: bool,
) -> Submission:  # fmt: skip
    content = application.form.content
    shown = forms.visible(content, answers, ApplicationState.SUBMITTED)
    kept = {key: value for key, value in (answers | forms.computed_answers(content, answers)).items() if key in shown}
    handed_in = [
        {"field": file.key, "name": file.file_name, "sha256": file.sha256, "size": file.size} for file in files
    ]
    canonical = json.dumps(
        {"form": [application.form.family, application.form.version], "answers": kept, "files": handed_in},
        cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return Submission.objects.create(
        application=application,
        serial=1 + (application.submissions.count() if is_again else 0),
        form=application.form,
        answers=kept,
        files=handed_in,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        submitted_at=moment,
        submitted_by=actor,
        submitted_label=history.label_of(actor),
    )

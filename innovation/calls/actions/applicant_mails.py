"""What applicants are told: each public change of their case once, in their language, as they chose.

The words are those of the published mail texts; a change without a text of its own is told by the public name of the
new state. What goes on inside the office, and reasons that are not meant for the applicant, never leave here.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from innovation.accounts import notices
from innovation.accounts.models import User
from innovation.calls.choices import ApplicationState
from innovation.calls.models import Application, MessageTemplate
from innovation.calls.rules import message_texts
from innovation.core.models import TransitionRecord

STATUS = "calls_status"
LETTERS = frozenset(
    {
        "publish_notice", "object", "objection_rejected", "objection_upheld", "sign", "change_approved",
        "change_refused", "change_lapse", "suspend", "resume", "issue", "expire", "check_fail", "ask", "lapse",
    }
)  # fmt: skip
"""Steps that their action tells in its own words (``letters``); told here too they would come twice."""
TEXTS = {
    "submit": "application_received",
    "resubmit": "application_received",
    "approve": "application_decided",
    "approve_with_conditions": "application_decided",
    "reject": "application_decided",
    "reserve": "application_decided",
}


def tell_step(step: TransitionRecord) -> int:
    """Write the mails about one step of a case in the transaction of the step; returns how many.

    A step after which the public reads the same as before is internal and is not told.
    """
    if step.content_type_id != ContentType.objects.get_for_model(Application).pk:
        return 0
    names = Application.state_names
    before, after = (names[ApplicationState(state)] for state in (step.from_state, step.to_state))
    if str(before.public) == str(after.public) or step.to_state == ApplicationState.DELETED or step.event in LETTERS:
        return 0
    application = step.subject or Application.objects.select_related("call", "organisation").get(pk=step.object_pk)
    people = User.objects.filter(application_memberships__application=application, is_active=True).order_by("pk")
    return sum(_tell(person, application, step) for person in people)


def _tell(person: User, application: Application, step: TransitionRecord) -> bool:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        values = values_of(application, person.name or person.email) | {
            "reason": _("They stand on the page of the application.")
        }
        return send(person, TEXTS.get(step.event, ""), values, key=f"application-{application.pk}-step-{step.pk}")


def values_of(application: Application, name: str) -> dict[str, Any]:
    """The values of the placeholders, in the active language."""
    names = Application.state_names[ApplicationState(application.state)]
    sent_at = application.submitted_at and f"{timezone.localtime(application.submitted_at):%Y-%m-%d %H:%M}"
    return {
        "name": name,
        "number": application.number or "",
        "title": application.title or _("Application without a title yet"),
        "call": application.call.title,
        "applicant": str(application.organisation or application.created_by),
        "state": str(names.public),
        "next_step": str(names.next_step),
        "due": application.due_on.isoformat() if application.due_on else "",
        "sent_at": sent_at and _("%(moment)s, China Standard Time") % {"moment": sent_at},
        "link": urljoin(settings.SITE_URL, application.get_absolute_url()),
        "contact": application.call.contact,
    }


def send(person: User, family: str, values: Mapping[str, Any], *, key: str) -> bool:
    """One mail to ``person`` in the active language, as the person chose; once per ``key``."""
    filled = words_of(family, values)
    return notices.send(to=person, kind=STATUS, subject=filled.subject, text=filled.text, key=f"{key}-{person.pk}")


def words_of(family: str, values: Mapping[str, Any]) -> message_texts.Filled:
    """The published text of ``family`` with its values, else the plain words for a change of state."""
    published = MessageTemplate.objects.newest(family) if family else None
    if published is not None:
        language = "zh" if (translation.get_language() or "").startswith("zh") else "en"
        return message_texts.fill(published.content, values, language)
    subject = _("%(state)s: %(number)s %(title)s") % values
    lines = [values["title"], f"{_('State')}: {values['state']}"]
    if values["next_step"]:
        lines.append(f"{_('What happens next')}: {values['next_step']}")
    if values["due"]:
        lines.append(f"{pgettext('deadline', 'By')}: {values['due']}")
    return message_texts.Filled(subject, "\n".join([*map(str, lines), "", values["link"]]))

"""Tell subscribed addresses of the steps of cases: one signed message per step and address, sent again until taken.

Public steps go to every subscription; what happens within a project goes to those that ask for it.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.calls.models import Application, WebhookSubscription
from innovation.calls.models.application_states import EVENT_NAMES
from innovation.calls.queries.deliveries import PREFIX
from innovation.core import outbox
from innovation.core.models import TransitionRecord

PUBLIC_EVENTS = frozenset(
    {
        "publish_need", "publish_notice", "object", "objection_rejected", "objection_upheld", "sign", "issue",
        "suspend", "resume", "close", "expire", "renew", "revoke", "leave",
    }
)  # fmt: skip
"""Steps that the public may know of; everything before the notice stays inside."""
PROJECT_EVENTS: dict[str, Promise] = {
    "agreement_offered": _("Agreement offered"),
    "report_received": _("Report received"),
    "report_checked": _("Report checked"),
    "payment_ordered": _("Payment ordered"),
    "payment_made": _("Payment made"),
    "payment_cancelled": _("Payment cancelled"),
    "money_returned": _("Money returned"),
    "change_asked": _("Change asked for"),
    "change_answered": _("Change answered"),
}
"""What happens between signature and end; ``facts`` of the message says what it is about."""


def announce(step: TransitionRecord) -> int:
    """Write the messages of one step of a case in its transaction; how many. Unknown or inner steps have none.

    The key names step and subscription, so that asking twice sends once.
    """
    kind = ContentType.objects.get_for_model(Application)
    if step.content_type_id != kind.pk or step.event not in PUBLIC_EVENTS or not settings.WEBHOOK_SECRET:
        return 0
    case = Application.objects.select_related("call", "organisation").get(pk=step.object_pk)
    body = _body(case, step.event, step.at) | {"from": step.from_state, "to": step.to_state}
    return _write(case, body, key=f"step-{step.pk}")


def announce_project(case: Application, event: str, pk: int, **facts: Any) -> int:
    """Write the messages of one event of a project, made by the record ``pk``; how many.

    ``event`` is one of ``PROJECT_EVENTS``; amounts among ``facts`` are in fen.
    """
    if event not in PROJECT_EVENTS:
        raise ValueError(event)
    if not settings.WEBHOOK_SECRET:
        return 0
    body = _body(case, event, timezone.now()) | {"from": case.state, "to": case.state, "facts": facts}
    return _write(case, body, key=f"{event}-{pk}", project_steps=True)


def event_words(event: str) -> str:
    """What happened, for people; the code itself where nothing is known of it."""
    return str(PROJECT_EVENTS.get(event) or EVENT_NAMES.get(event) or event)


def _write(case: Application, body: dict[str, Any], *, key: str, **wanted_by: bool) -> int:
    wanted = WebhookSubscription.objects.filter(is_active=True, **wanted_by).filter(
        Q(call=None) | Q(call=case.call_id), Q(kind="") | Q(kind=case.call.kind)
    )
    body = {"id": f"case-{key}", **body}
    return sum(
        outbox.send_webhook(url=one.url, payload=body, key=f"{PREFIX}{key}-{one.pk}") for one in wanted.order_by("pk")
    )


def _body(case: Application, event: str, at: datetime) -> dict[str, Any]:
    return {
        "event": event, "at": at.isoformat(), "number": case.number, "call": case.call.code, "kind": case.call.kind,
        "applicant": case.organisation.name if case.organisation else "", "award_fen": case.award_fen,
    }  # fmt: skip

"""Tell subscribed addresses of public steps: one signed message per step and address, sent again until it is taken."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from innovation.calls.models import Application, WebhookSubscription
from innovation.core import outbox
from innovation.core.models import TransitionRecord

PUBLIC_EVENTS = frozenset(
    {
        "publish_need", "publish_notice", "object", "objection_rejected", "objection_upheld", "sign", "issue",
        "suspend", "resume", "close", "expire", "renew", "revoke", "leave",
    }
)  # fmt: skip
"""Steps that the public may know of; everything before the notice stays inside."""


def announce(step: TransitionRecord) -> int:
    """Write the messages of one step of a case in its transaction; how many. Unknown or inner steps have none.

    The key names step and subscription, so that asking twice sends once.
    """
    kind = ContentType.objects.get_for_model(Application)
    if step.content_type_id != kind.pk or step.event not in PUBLIC_EVENTS or not settings.WEBHOOK_SECRET:
        return 0
    case = Application.objects.select_related("call", "organisation").get(pk=step.object_pk)
    wanted = WebhookSubscription.objects.filter(is_active=True).filter(
        Q(call=None) | Q(call=case.call_id), Q(kind="") | Q(kind=case.call.kind)
    )
    body = _body(case, step)
    return sum(outbox.send_webhook(url=one.url, payload=body, key=f"calls-step-{step.pk}-{one.pk}") for one in wanted)


def _body(case: Application, step: TransitionRecord) -> dict[str, Any]:
    return {
        "id": f"case-step-{step.pk}", "event": step.event, "at": step.at.isoformat(), "number": case.number,
        "call": case.call.code, "kind": case.call.kind, "from": step.from_state, "to": step.to_state,
        "applicant": case.organisation.name if case.organisation else "", "award_fen": case.award_fen,
    }  # fmt: skip

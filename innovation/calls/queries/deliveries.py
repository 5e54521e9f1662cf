"""What became of the messages of each webhook."""

from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from innovation.calls.models import WebhookSubscription
from innovation.core.models import OutboxMessage

PREFIX = "calls-"
"""Keys of these messages: ``calls-<what happened>-<number of the subscription>``."""


def deliveries(subscription: WebhookSubscription) -> QuerySet[OutboxMessage]:
    """The messages of one subscription, newest first."""
    return _messages().filter(key__endswith=f"-{subscription.pk}").order_by("-pk")


def with_deliveries(rows: QuerySet[WebhookSubscription]) -> QuerySet[WebhookSubscription]:
    """Each subscription with the number of its messages that are ``waiting`` and ``given_up``."""
    ending = Concat(Value("-"), Cast(OuterRef("pk"), CharField()))
    counts = {"waiting": OutboxMessage.State.WAITING, "given_up": OutboxMessage.State.DEAD}
    return rows.annotate(
        **{
            name: Coalesce(
                Subquery(
                    _messages()
                    .filter(state=state, key__endswith=ending)
                    .order_by()
                    .values("kind")
                    .annotate(number=Count("pk"))
                    .values("number")
                ),
                0,
            )
            for name, state in counts.items()
        }
    )


def _messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(kind=OutboxMessage.Kind.WEBHOOK, key__startswith=PREFIX)

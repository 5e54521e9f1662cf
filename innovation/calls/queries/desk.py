"""The officer's work list: every case that the office has, with what each line needs, in one query a page."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from innovation.calls.choices import COUNTING_REVIEWS, ApplicationState, ReviewState
from innovation.calls.models import Application, TextLikeness

WORKED_ON = (
    ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW,
    ApplicationState.RANKED,
)  # fmt: skip


def desk_cases(user: Any) -> QuerySet[Application]:
    """Cases that ``user`` may see, with numbers of reviews and a mark for similar texts."""
    alike = TextLikeness.objects.filter(
        Q(submission__application=OuterRef("pk")) | Q(other__application=OuterRef("pk"))
    )
    return (
        Application.objects.visible_to(user)
        .select_related("call", "organisation", "officer", "process")
        .annotate(
            reviews_asked=Count("reviews", filter=Q(reviews__state__in=COUNTING_REVIEWS)),
            reviews_in=Count("reviews", filter=Q(reviews__state=ReviewState.SUBMITTED)),
            is_alike=Exists(alike),
        )
    )


def overdue(rows: QuerySet[Application], today: date) -> QuerySet[Application]:
    """Cases whose next step is late."""
    return rows.filter(due_on__lt=today, state__in=WORKED_ON)


def is_overdue(case: Application, today: date) -> bool:
    """The same for one case."""
    return case.due_on is not None and case.due_on < today and case.state in WORKED_ON

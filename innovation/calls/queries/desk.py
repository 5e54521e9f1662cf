"""The officer's work list: every case that the office has, with what each line needs, in one query a page."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from innovation.calls.choices import COUNTING_REVIEWS, ApplicationState, LateState, ReviewState
from innovation.calls.models import Application, LateDocument, Review, SharedDetail, TextLikeness

WORKED_ON = (
    ApplicationState.SUBMITTED, ApplicationState.RETURNED, ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW,
    ApplicationState.RANKED, ApplicationState.COUNTY_CHECKED, ApplicationState.CITY_CHECKED,
)  # fmt: skip


UNSHOWN = (
    "lesson", "result", "call__summary_zh", "call__summary_en", "call__text_zh", "call__text_en", "call__who_zh",
    "call__who_en", "call__rules", "officer__password",
)  # fmt: skip


def desk_cases(user: Any) -> QuerySet[Application]:
    """Cases that ``user`` may see, with numbers of reviews and marks for similar texts and shared details; long
    texts are left out."""
    alike = TextLikeness.objects.filter(
        Q(submission__application=OuterRef("pk")) | Q(other__application=OuterRef("pk"))
    )
    shared = SharedDetail.objects.filter(
        Q(submission__application=OuterRef("pk")) | Q(other__application=OuterRef("pk"))
    )
    return (
        Application.objects.visible_to(user)
        .select_related("call", "organisation", "officer")
        .defer(*UNSHOWN)
        .annotate(
            reviews_asked=_reviews(state__in=COUNTING_REVIEWS), reviews_in=_reviews(state=ReviewState.SUBMITTED),
            is_alike=Exists(alike), is_shared=Exists(shared),
        )
    )  # fmt: skip


def _reviews(**which: Any) -> Coalesce:
    """The number of such reviews of a case; asked of the lines of a page alone, not of every case behind it."""
    rows = Review.objects.filter(application=OuterRef("pk"), **which).order_by().values("application")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def with_late_documents(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Cases with a late document that nobody has examined."""
    return rows.filter(pk__in=LateDocument.objects.filter(state=LateState.WAITING).values("application"))


def overdue(rows: QuerySet[Application], today: date) -> QuerySet[Application]:
    """Cases whose next step is late."""
    return rows.filter(due_on__lt=today, state__in=WORKED_ON)


def is_overdue(case: Application, today: date) -> bool:
    """The same for one case."""
    return case.due_on is not None and case.due_on < today and case.state in WORKED_ON

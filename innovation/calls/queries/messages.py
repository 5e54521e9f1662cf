"""Messages to applicants: the texts to choose from, the lists, and what has left about one case."""

from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from innovation.calls.choices import LineState
from innovation.calls.models import Application, MessageBatch, MessageLine, MessageTemplate

LEFT = (LineState.SENT, LineState.IN_DIGEST)


def texts_for_applicants(kinds: tuple[str, ...]) -> QuerySet[MessageTemplate]:
    """The newest published version of each mail text whose kind of notice is among ``kinds``."""
    published = MessageTemplate.objects.published()
    newest = published.filter(family=OuterRef("family")).values("family").annotate(last=Max("version")).values("last")
    return published.filter(content__notice__in=kinds, version=Subquery(newest)).order_by("title_zh")


def batches(user: Any) -> QuerySet[MessageBatch]:
    """Messages with how many lines are ready, left out and handed over."""
    return (
        MessageBatch.objects.visible_to(user)
        .select_related("template", "created_by", "confirmed_by", "run")
        .annotate(
            ready=Count("lines", filter=Q(lines__state=LineState.READY)),
            left_out=Count("lines", filter=Q(lines__state=LineState.LEFT_OUT)),
            handed_over=Count("lines", filter=Q(lines__state__in=LEFT)),
        )
    )


def about(case: Application) -> QuerySet[MessageLine]:
    """The log of one case: what was confirmed, newest first."""
    rows = case.message_lines.exclude(batch__confirmed_at=None)
    return rows.select_related("person", "batch__template", "batch__confirmed_by").order_by("-pk")


def told_to(case: Application, person: Any) -> QuerySet[MessageLine]:
    """What left to ``person`` about the case, newest first."""
    return case.message_lines.filter(person=person, state__in=LEFT).order_by("-pk")

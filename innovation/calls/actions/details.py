"""Details that are given after the decision, held against those of other applicants: one account for two of them."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from innovation.calls.models import Answer, Application, SharedDetail, Submission
from innovation.calls.queries.later import open_later
from innovation.calls.queries.screening import same_side
from innovation.calls.rules import shared

LOOKS_BACK = timedelta(days=3 * 366)
LONGEST = 300


def compare_later(case: Application) -> None:
    """Keep what the answers that are open now share with answers of other applicants of the last three years."""
    mine = {
        (kind, plain): str(answer.value)
        for answer in case.answers.filter(key__in=open_later(case))
        if (kind := shared.kind_of(answer.key)) and (plain := shared.plain_form(kind, str(answer.value or "")))
    }
    newest = case.submissions.order_by("-serial").first()
    if not mine or newest is None:
        return
    kinds = {kind for kind, _plain in mine}
    ends = [Q(key__endswith=end) for end, kind in shared.ENDINGS.items() if kind in kinds]
    others = (
        Answer.objects.filter(reduce(or_, ends), saved_at__gte=timezone.now() - LOOKS_BACK)
        .exclude(application=case)
        .select_related("application__organisation")
    )
    found = {}
    for answer in others:
        kind = shared.kind_of(answer.key)
        mark = (kind, shared.plain_form(kind, str(answer.value or "")) if kind else "")
        if mark in mine and not same_side(case, answer.application):
            found[answer.application_id, mark] = mine[mark]
    theirs = Submission.objects.filter(application__in={pk for pk, _mark in found}).order_by(
        "application_id", "-serial"
    )
    newest_of = {one.application_id: one for one in theirs.distinct("application_id")}
    SharedDetail.objects.bulk_create(
        (
            SharedDetail(submission=newest, other=newest_of[pk], kind=kind, text=text[:LONGEST])
            for (pk, (kind, _plain)), text in found.items()
            if pk in newest_of
        ),
        ignore_conflicts=True,
    )

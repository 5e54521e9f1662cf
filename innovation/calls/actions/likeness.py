"""The search for copies: the long texts of a submission against all others of the last three years."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from innovation.calls.choices import ApplicationState
from innovation.calls.models import LikenessRun, Submission, TextLikeness
from innovation.calls.queries.screening import PPM, compared_text
from innovation.calls.rules.similarity import Likeness, near_duplicates
from innovation.core import jobs

LOOKS_BACK = timedelta(days=3 * 366)
AT_ONCE = 200


def look_for_copies(submission: Submission) -> LikenessRun:
    """Start the search for a submission that has just been recorded; the database refuses a second one."""
    run = LikenessRun.objects.create(submission=submission, created_by_id=submission.submitted_by_id)
    jobs.enqueue(run)
    return run


def compare_with_others(run: LikenessRun) -> None:
    """The work of the job: keep every pair of the submission and another case whose texts are nearly the same."""
    submission = Submission.objects.select_related("form", "application").get(pk=run.submission_id)
    mine = compared_text(submission)
    others = (
        Submission.objects.filter(submitted_at__gte=submission.submitted_at - LOOKS_BACK, pk__lt=submission.pk)
        .exclude(application=submission.application_id)
        .exclude(application__state=ApplicationState.DELETED)
        .order_by("application_id", "-serial")
        .distinct("application_id").select_related("form")
    )  # fmt: skip
    found: list[Likeness] = []
    batch: dict[str, str] = {}
    for place, other in enumerate(others):
        batch[str(other.pk)] = compared_text(other)
        if len(batch) == AT_ONCE:
            found += _alike(str(submission.pk), mine, batch)
            batch = {}
            jobs.report_progress(run, min(99, place // 100), _("Comparing texts"))
    found += _alike(str(submission.pk), mine, batch)
    with transaction.atomic():
        TextLikeness.objects.bulk_create((_row(submission, one) for one in found), ignore_conflicts=True)


def _alike(key: str, text: str, others: Mapping[str, str]) -> list[Likeness]:
    """Pairs with ``key``; the others are not compared among themselves."""
    return [one for other, words in others.items() for one in near_duplicates({key: text, other: words})]


def _row(submission: Submission, one: Likeness) -> TextLikeness:
    left = one.left == str(submission.pk)
    other = int(one.right if left else one.left)
    return TextLikeness(
        submission=submission, other_id=other, jaccard_ppm=_ppm(one.jaccard), containment_ppm=_ppm(one.containment),
        passages=[
            [passage.left, passage.right] if left else [passage.right, passage.left] for passage in one.passages
        ],
    )  # fmt: skip


def _ppm(share: Fraction) -> int:
    return int(share * PPM)

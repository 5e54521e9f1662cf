"""The search for copies and common details: a submission against all others of the last three years."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.choices import ApplicationState, SharedKind
from innovation.calls.models import ApplicationMember, LikenessRun, SharedDetail, Submission, TextLikeness
from innovation.calls.queries.screening import PPM, compared_text, marks_of, same_side
from innovation.calls.rules.shared import Mark
from innovation.calls.rules.similarity import Likeness, near_duplicates
from innovation.core import jobs

LOOKS_BACK = timedelta(days=3 * 366)
AT_ONCE = 200
LONGEST = 300


def look_for_copies(submission: Submission) -> LikenessRun:
    """Start the search for a submission that has just been recorded; the database refuses a second one."""
    run = LikenessRun.objects.create(submission=submission, created_by_id=submission.submitted_by_id)
    jobs.enqueue(run)
    return run


def compare_with_others(run: LikenessRun) -> None:
    """The work of the job: keep what is nearly the same in the texts of another case, and what another applicant shares
    with this one (phone, bank account, address, mail, file, person).
    """
    submission = Submission.objects.select_related("form", "application").get(pk=run.submission_id)
    mine, shared = compared_text(submission), marks_of(submission)
    others = (
        Submission.objects.filter(submitted_at__gte=submission.submitted_at - LOOKS_BACK, pk__lt=submission.pk)
        .exclude(application=submission.application_id)
        .exclude(application__state=ApplicationState.DELETED)
        .order_by("application_id", "-serial")
        .distinct("application_id").select_related("form", "application__organisation")
    )  # fmt: skip
    found: list[Likeness] = []
    same: list[SharedDetail] = _same_people(submission, others)
    batch: dict[str, str] = {}
    for place, other in enumerate(others):
        batch[str(other.pk)] = compared_text(other)
        same += _in_common(submission, shared, other)
        if len(batch) == AT_ONCE:
            found += _alike(str(submission.pk), mine, batch)
            batch = {}
            jobs.report_progress(run, min(99, place // 100), _("Comparing texts"))
    found += _alike(str(submission.pk), mine, batch)
    with transaction.atomic():
        TextLikeness.objects.bulk_create((_row(submission, one) for one in found), ignore_conflicts=True)
        SharedDetail.objects.bulk_create(same, ignore_conflicts=True)


def _in_common(submission: Submission, mine: Mapping[Mark, str], other: Submission) -> list[SharedDetail]:
    """What the submission shares with one of another applicant."""
    if same_side(submission.application, other.application):
        return []
    return [
        SharedDetail(submission=submission, other=other, kind=kind, text=mine[kind, plain][:LONGEST])
        for kind, plain in sorted(mine.keys() & marks_of(other).keys())
    ]


def _same_people(submission: Submission, others: QuerySet[Submission]) -> list[SharedDetail]:
    """Persons who write for this applicant and for another one."""
    case = submission.application
    people = User.objects.filter(application_memberships__application=case)
    rows = ApplicationMember.objects.filter(user__in=people).exclude(application=case).select_related("user")
    names: dict[int, list[str]] = {}
    for row in rows:
        names.setdefault(row.application_id, []).append(str(row.user))
    found = others.filter(application__in=names)
    return [
        SharedDetail(submission=submission, other=other, kind=SharedKind.PERSON, text=name[:LONGEST])
        for other in found
        if not same_side(case, other.application)
        for name in names[other.application_id]
    ]


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

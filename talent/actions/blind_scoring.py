"""The reviewer's acts: declare first, write, hand in; after the lock only logged changes, each with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions.assessing import locked, needed
from talent.choices.assessment import AFTER_DECISION, AssessmentState, BlindReviewState, ChangeStage
from talent.models import Assessment, BlindReview, Score, ScoreChange
from talent.rules.rubric import TOP_MARK, points, rubric_of

STAGES = {
    AssessmentState.MODERATION: ChangeStage.MODERATION,
    AssessmentState.UNBLINDED: ChangeStage.DUE_DILIGENCE,
}


@dataclass(frozen=True)
class Sheet:
    """Marks and reasons by criterion, as typed; absent ones are not given yet."""

    marks: Mapping[str, int]
    reasons: Mapping[str, str]

    def as_draft(self) -> dict[str, Any]:
        return {"marks": dict(self.marks), "reasons": {key: text for key, text in self.reasons.items() if text}}


def own(review_id: int, actor: User) -> tuple[BlindReview, Assessment]:
    """The actor's own review and its assessment, both locked, the assessment first. Raises ``NOT_YOURS``."""
    found = BlindReview.objects.of(actor).filter(pk=review_id).values_list("assessment", flat=True).first()
    if found is None or not actor.is_active:
        raise RuleViolation("NOT_YOURS", _("You do not review this case."))
    assessment = locked(found)
    return BlindReview.objects.select_for_update(of=("self",)).get(pk=review_id), assessment


@transaction.atomic
def declare(*, review_id: int, conflict: bool, actor: User, note: str = "") -> BlindReview:
    """Say whether there is a conflict of interest, before anything can be read. With one the review ends.

    Raises ``NOT_YOURS``, ``NOT_OPEN``, ``DECLARED_ALREADY``, ``REASON_MISSING``.
    """
    review, assessment = own(review_id, actor)
    if review.state != BlindReviewState.INVITED:
        raise RuleViolation("DECLARED_ALREADY", _("You have answered already."))
    if assessment.state != AssessmentState.BLIND_SCORING:
        raise RuleViolation("NOT_OPEN", _("Scoring has not begun, or is over."))
    if conflict:
        return _end_by_conflict(review, note)
    review.conflict, review.declared_at, review.state = False, timezone.now(), BlindReviewState.OPEN
    review.save(update_fields=["conflict", "declared_at", "state"])
    return review


@transaction.atomic
def report_conflict(*, review_id: int, note: str, actor: User) -> BlindReview:
    """A conflict that is seen later: what was scored no longer counts. Raises ``NOT_OPEN`` after the decision."""
    review, assessment = own(review_id, actor)
    if assessment.state in AFTER_DECISION or review.state not in {BlindReviewState.OPEN, BlindReviewState.SUBMITTED}:
        raise RuleViolation("NOT_OPEN", _("This review is not open."))
    return _end_by_conflict(review, note)


def _end_by_conflict(review: BlindReview, note: str) -> BlindReview:
    if not note.strip():
        raise RuleViolation("REASON_MISSING", _("Say which conflict."), field="note")
    review.conflict, review.conflict_note = True, note.strip()
    review.state, review.draft = BlindReviewState.CONFLICTED, {}
    review.declared_at = review.declared_at or timezone.now()
    review.save(update_fields=["conflict", "conflict_note", "state", "draft", "declared_at"])
    return review


@transaction.atomic
def decline(*, review_id: int, reason: str, actor: User) -> BlindReview:
    """Give a review back that was not handed in. Raises ``NOT_YOURS``, ``NOT_OPEN``, ``REASON_MISSING``."""
    review, _assessment = own(review_id, actor)
    if review.state not in {BlindReviewState.INVITED, BlindReviewState.OPEN}:
        raise RuleViolation("NOT_OPEN", _("This review is not open."))
    needed(reason)
    review.state, review.end_reason, review.draft = BlindReviewState.DECLINED, reason.strip(), {}
    review.save(update_fields=["state", "end_reason", "draft"])
    return review


@transaction.atomic
def save_draft(*, review_id: int, sheet: Sheet, actor: User) -> BlindReview:
    """Keep what was typed, whatever is missing. Raises ``NOT_YOURS``, ``NOT_OPEN``."""
    review, assessment = own(review_id, actor)
    _refuse_unless_open(review, assessment)
    review.draft, review.saved_at = sheet.as_draft(), timezone.now()
    review.save(update_fields=["draft", "saved_at"])
    return review


@transaction.atomic
def submit(*, review_id: int, sheet: Sheet, actor: User) -> BlindReview:
    """Hand the scores in: a mark and a written reason for every criterion. They cannot be changed after.

    Raises ``NOT_YOURS``, ``NOT_OPEN``, ``MARKS_INCOMPLETE``, ``MARK_OUT_OF_SCALE``, ``REASON_MISSING``.
    """
    review, assessment = own(review_id, actor)
    _refuse_unless_open(review, assessment)
    rubric = rubric_of(assessment.round.rubric.content)
    points(rubric, sheet.marks)
    for key in rubric.keys:
        needed(sheet.reasons.get(key, ""), f"reason_{key}")
    now = timezone.now()
    for key in rubric.keys:
        reason = sheet.reasons[key].strip()
        Score.objects.create(review=review, criterion=key, mark=sheet.marks[key], reason=reason, at=now)
    review.state, review.submitted_at, review.draft = BlindReviewState.SUBMITTED, now, {}
    review.save(update_fields=["state", "submitted_at", "draft"])
    return review


def _refuse_unless_open(review: BlindReview, assessment: Assessment) -> None:
    if review.state == BlindReviewState.INVITED:
        raise RuleViolation("CONFLICT_NOT_DECLARED", _("Say first whether you have a conflict of interest."))
    if review.state != BlindReviewState.OPEN or assessment.state != AssessmentState.BLIND_SCORING:
        raise RuleViolation("NOT_OPEN", _("This review is not open."))


@transaction.atomic
def change_mark(*, score_id: int, mark: int, reason: str, actor: User) -> ScoreChange:
    """Change one's own mark after the lock, as a logged difference: in moderation, or in due diligence.

    Raises ``NOT_YOURS``, ``NOT_OPEN``, ``MARK_OUT_OF_SCALE``, ``MARK_UNCHANGED``, ``REASON_MISSING``.
    """
    found = Score.objects.filter(pk=score_id).values_list("review", flat=True).first()
    review, assessment = own(found or 0, actor)
    stage = STAGES.get(AssessmentState(assessment.state))
    if stage is None or review.state != BlindReviewState.SUBMITTED:
        raise RuleViolation("NOT_OPEN", _("Marks are changed in a round of discussion or during due diligence only."))
    if not 0 <= mark <= TOP_MARK:
        raise RuleViolation("MARK_OUT_OF_SCALE", _("Marks go from 0 to 4."), field="mark")
    needed(reason)
    score = Score.objects.get(pk=score_id)
    newest = score.changes.order_by("-pk").first()
    before = newest.after if newest else score.mark
    if before == mark:
        raise RuleViolation("MARK_UNCHANGED", _("This is the mark that stands."), field="mark")
    return ScoreChange.objects.create(
        score=score, stage=stage, before=before, after=mark, reason=reason.strip(), by=actor
    )

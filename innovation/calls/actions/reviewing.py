"""The reviewer's acts: declare first, then write, hand in, and revise once in a round of discussion."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.choices import (
    ApplicationState,
    Relation,
    RelationKind,
    RelationSource,
    ReviewState,
)
from innovation.calls.models import Application, Review, ReviewerRelation, ReviewVersion
from innovation.calls.queries.relations import is_related
from innovation.calls.queries.screening import latest_submission
from innovation.calls.rules.exact import number
from innovation.calls.rules.scoring import check_sheet, divergent, reviewer_total
from innovation.calls.rules.sheets import criteria_of
from innovation.core import transitions
from innovation.core.errors import RuleViolation


@dataclass(frozen=True)
class Written:
    """A score sheet as typed: points by criterion (None: not applicable; absent: not answered yet), texts, comment."""

    points: Mapping[str, int | None]
    texts: Mapping[str, str]
    comment: str = ""
    divergence_text: str = ""

    def as_draft(self) -> dict[str, Any]:
        return {
            "points": dict(self.points), "texts": {key: text for key, text in self.texts.items() if text},
            "comment": self.comment, "divergence_text": self.divergence_text,
        }  # fmt: skip


@transaction.atomic
def declare(*, review_id: int, conflict: bool, actor: User, note: str = "") -> Review:
    """Say whether there is a conflict of interest, before anything can be read. With one the review ends, and the
    relation to the applicant is written down. Raises ``NOT_YOURS``, ``DECLARED_ALREADY``, ``REASON_MISSING``.
    """
    review, case = _own(review_id, actor)
    if review.state != ReviewState.INVITED:
        raise RuleViolation("DECLARED_ALREADY", _("You have answered already."))
    if conflict and not note.strip():
        raise RuleViolation("REASON_MISSING", _("Say which conflict."), field="note")
    review.conflict, review.declared_at = conflict, timezone.now()
    review.conflict_note = note.strip() if conflict else ""
    review.state = ReviewState.CONFLICTED if conflict else ReviewState.OPEN
    review.save(update_fields=["conflict", "declared_at", "conflict_note", "state"])
    if conflict and case.organisation_id is not None:
        ReviewerRelation.objects.create(
            user=actor, organisation_id=case.organisation_id, relation=Relation.CONFLICT, kind=RelationKind.OTHER,
            source=RelationSource.REVIEWER, note=note.strip(), recorded_by=actor,
        )  # fmt: skip
    return review


@transaction.atomic
def decline(*, review_id: int, reason: str, actor: User) -> Review:
    """Give an invitation or an open review back. Raises ``NOT_YOURS``, ``NOT_OPEN``, ``REASON_MISSING``."""
    review, _case = _own(review_id, actor)
    if review.state not in {ReviewState.INVITED, ReviewState.OPEN}:
        raise RuleViolation("NOT_OPEN", _("This review is not open."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    review.state, review.end_reason = ReviewState.DECLINED, reason.strip()
    review.save(update_fields=["state", "end_reason"])
    return review


@transaction.atomic
def save_draft(*, review_id: int, written: Written, actor: User) -> Review:
    """Keep what was typed, whatever is missing. Raises ``NOT_YOURS``, ``CONFLICT_NOT_DECLARED``, ``NOT_OPEN``."""
    review, case = _own(review_id, actor)
    _refuse_unless_writable(review, case)
    review.draft, review.saved_at = written.as_draft(), timezone.now()
    review.save(update_fields=["draft", "saved_at"])
    return review


@transaction.atomic
def submit_review(*, review_id: int, written: Written, actor: User, reason: str = "") -> ReviewVersion:
    """Hand a review in, or revise it once in a round of discussion with ``reason``; what was handed in stays.

    Raises ``NOT_YOURS``, ``CONFLICT_NOT_DECLARED``, ``NOT_OPEN``, ``SHEET_INCOMPLETE`` (with the faults),
    ``DIVERGENCE_TEXT`` (further from the others than the call allows, without a text), ``REASON_MISSING``.
    """
    review, case = _own(review_id, actor)
    _refuse_unless_writable(review, case)
    revising = review.state == ReviewState.SUBMITTED
    if revising and not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why you revise your review."), field="reason")
    total = _total(case, written)
    others = {
        str(one.pk): one.total
        for one in case.reviews.filter(state=ReviewState.SUBMITTED).exclude(pk=review.pk)
        if one.total is not None
    }
    far = str(review.pk) in divergent({**others, str(review.pk): total}, case.call.divergence_limit)
    if far and not written.divergence_text.strip():
        raise RuleViolation(
            "DIVERGENCE_TEXT",
            _("Your score lies more than %(limit)s points from those of the others. Say what it rests on.")
            % {"limit": case.call.divergence_limit},
            field="divergence_text",
        )
    facts = {"conflict_declared": review.conflict is False, "related": is_related(actor, case), "review": review.pk}
    transitions.apply(case, "score", actor=actor, facts=facts)
    review.state, review.draft = ReviewState.SUBMITTED, written.as_draft()
    review.total_num, review.total_den = total.numerator, total.denominator
    review.submitted_at = review.saved_at = timezone.now()
    review.save()
    submission = latest_submission(case)
    if submission is None:
        raise RuleViolation("NOTHING_SUBMITTED", _("Nothing has been submitted yet."))
    return ReviewVersion.objects.create(
        review=review, serial=review.versions.count() + 1, submission=submission, points=dict(written.points),
        texts=review.draft["texts"], comment=written.comment, divergence_text=written.divergence_text.strip(),
        reason=reason.strip() if revising else "", total_num=total.numerator, total_den=total.denominator,
        at=review.submitted_at,
    )  # fmt: skip


def _total(case: Application, written: Written) -> Fraction:
    if case.call.score_sheet is None:
        raise RuleViolation("NO_SCORE_SHEET", _("The call has no score sheet."))
    criteria = criteria_of(case.call.score_sheet.content)
    points = {key: None if value is None else number(value) for key, value in written.points.items()}
    faults = check_sheet(criteria, points)
    total = reviewer_total(criteria, points)
    if faults or total is None:
        keys = [fault.criterion for fault in faults]
        raise RuleViolation(
            "SHEET_INCOMPLETE", _("Give points for each criterion, within its scale."),
            field=f"points_{keys[0]}" if keys else None, facts={"criteria": keys},
        )  # fmt: skip
    return total


def may_revise(review: Review, case: Application) -> bool:
    """Whether a handed-in review may be revised: a round of discussion runs, and it was not used yet."""
    discussion = getattr(case, "discussion", None)
    return (
        review.state == ReviewState.SUBMITTED
        and case.state == ApplicationState.IN_REVIEW
        and discussion is not None
        and timezone.localdate() <= discussion.due_on
        and not review.versions.filter(at__gte=discussion.opened_at).exists()
    )


def _refuse_unless_writable(review: Review, case: Application) -> None:
    if review.state == ReviewState.INVITED:
        raise RuleViolation("CONFLICT_NOT_DECLARED", _("Say first whether you have a conflict of interest."))
    if review.state == ReviewState.OPEN and case.state in {ApplicationState.IN_REVIEW, ApplicationState.ELIGIBLE}:
        return
    if not may_revise(review, case):
        raise RuleViolation("NOT_OPEN", _("This review is not open."))


def _own(review_id: int, actor: User) -> tuple[Review, Application]:
    """The review and its case, both locked, the case first as everywhere."""
    found = Review.objects.of(actor).filter(pk=review_id).values_list("application", flat=True).first()
    if found is None or not actor.is_active:
        raise RuleViolation("NOT_YOURS", _("You do not review this case."))
    case = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__score_sheet", "process", "discussion")
        .get(pk=found)
    )
    return Review.objects.select_for_update(of=("self",)).get(pk=review_id), case

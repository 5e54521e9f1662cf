"""The office's acts upon an assessment: open it, gather evidence, ask reviewers, and take it from step to step."""

import secrets
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept
from talent.actions.assessment_mails import tell_reviewer, tell_subject
from talent.actions.redacting import build_view, redaction_of, require
from talent.choices.assessment import (
    WAITING_BLIND_REVIEWS,
    AssessmentOutcome,
    AssessmentState,
    BlindReviewState,
)
from talent.models import Assessment, AssessmentEvidence, AssessmentRound, BlindReview, BlindView, Person, RoleProfile
from talent.queries.results import facts_of, result_of
from talent.rules.blinding import find
from talent.rules.rubric import rubric_of

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Signs of a pseudonym: none that is taken for another one."""
_LENGTH = 6
ASSIGNABLE = (AssessmentState.OPEN, AssessmentState.BLIND_SCORING)


def locked(assessment_id: int) -> Assessment:
    """The assessment, locked, with its round, rubric and person. Raises ``Assessment.DoesNotExist``."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("round__rubric", "person__user")
    return rows.get(pk=assessment_id)


def new_number() -> str:
    """A pseudonym that says nothing: not who, not when, not in which order."""
    while True:
        number = "P-" + "".join(secrets.choice(_SIGNS) for _sign in range(_LENGTH))
        if not Assessment.objects.filter(number=number).exists():
            return number


@transaction.atomic
def open_assessment(*, round_id: int, person_id: int, actor: User, number: str = "") -> Assessment:
    """Begin the assessment of a person in a round. Raises ``NOT_PERMITTED``, ``NO_SUCH_ROLE``, ``ASSESSED_ALREADY``."""
    require(actor, "talent.add_assessment")
    person = Person.objects.select_for_update().get(pk=person_id)
    of_round = AssessmentRound.objects.get(pk=round_id)
    if person.erased_at or person.merged_into_id:
        raise RuleViolation("NO_SUCH_ROLE", _("This record is no longer in use."), field="person")
    if not RoleProfile.objects.filter(person=person, kind=of_round.role_kind).exists():
        raise RuleViolation(
            "NO_SUCH_ROLE",
            _("The person is not registered as: %(role)s") % {"role": of_round.get_role_kind_display()}, field="person",
        )  # fmt: skip
    if Assessment.objects.filter(round=of_round, person=person).exists():
        raise RuleViolation("ASSESSED_ALREADY", _("This person is assessed in this round already."), field="person")
    return Assessment.objects.create(
        round=of_round, person=person, opened_by=actor, number=number or new_number()
    )  # fmt: skip


@transaction.atomic
def add_evidence(
    *, assessment_id: int, criterion: str, form: str, text: str, actor: User, domain: str = "",
    year: int | None = None, experience_years: int | None = None, upload: Any = None,
) -> AssessmentEvidence:  # fmt: skip
    """Attach evidence, by the office or by the person assessed, while it is gathered.

    Raises ``NOT_PERMITTED``, ``NOT_OPEN``, ``NO_SUCH_CRITERION``, ``FIELD_TELLS`` (the field of the result holds what
    a reviewer must not read), ``YEAR_IN_FUTURE``, and what ``uploads.accept`` raises.
    """
    assessment = _gathering(assessment_id, actor)
    if criterion not in rubric_of(assessment.round.rubric.content).keys:
        raise RuleViolation("NO_SUCH_CRITERION", _("The rubric has no such criterion."), field="criterion")
    if not text.strip():
        raise RuleViolation("TEXT_MISSING", _("Say what the result is, in the third person."), field="text")
    if find(domain):
        raise RuleViolation(
            "FIELD_TELLS", _("Name a field of knowledge, without years, names or places."), field="domain"
        )
    if year is not None and year > timezone.localdate().year:
        raise RuleViolation("YEAR_IN_FUTURE", _("This year has not come yet."), field="year")
    row = AssessmentEvidence(
        assessment=assessment, criterion=criterion, form=form, text=text.strip(), domain=domain.strip(), year=year,
        experience_years=experience_years, added_by=actor,
    )  # fmt: skip
    if upload:
        accepted = accept(upload, kinds=DOCUMENTS)
        row.file_name, row.file_kind, row.file_sha256 = accepted.name, str(accepted.kind), accepted.sha256
        row.file.save(accepted.stored_name, File(accepted.content), save=False)
        accepted.content.close()
    row.save()
    return row


def _gathering(assessment_id: int, actor: User) -> Assessment:
    assessment = locked(assessment_id)
    if assessment.person.user_id != actor.pk or not actor.is_active:
        require(actor)
    if assessment.state != AssessmentState.OPEN:
        raise RuleViolation("NOT_OPEN", _("Evidence is gathered before blind scoring begins."))
    return assessment


@transaction.atomic
def assign_reviewer(*, assessment_id: int, reviewer_id: int, actor: User) -> BlindReview:
    """Ask somebody to score blind. Raises ``NOT_PERMITTED``, ``NOT_ASSIGNABLE``, ``NO_REVIEWER``, ``ASSIGNED_ALREADY``,
    ``NOT_INDEPENDENT`` (the person, the same organisation, or whoever redacted the evidence).
    """
    require(actor)
    assessment = locked(assessment_id)
    if assessment.state not in ASSIGNABLE:
        raise RuleViolation("NOT_ASSIGNABLE", _("Reviewers are asked before the scores are locked."))
    reviewer = User.objects.filter(pk=reviewer_id, is_active=True).first()
    if reviewer is None or not reviewer.has_role(Role.REVIEWER):
        raise RuleViolation("NO_REVIEWER", _("This person is no reviewer."), field="reviewer")
    if BlindReview.objects.filter(assessment=assessment, reviewer=reviewer).exists():
        raise RuleViolation("ASSIGNED_ALREADY", _("This person reviews the case already."), field="reviewer")
    if not is_independent(reviewer, assessment):
        raise RuleViolation(
            "NOT_INDEPENDENT", _("This person is not independent of the case: choose somebody else."), field="reviewer"
        )
    review = BlindReview.objects.create(assessment=assessment, reviewer=reviewer, invited_by=actor)
    if assessment.state == AssessmentState.BLIND_SCORING:
        tell_reviewer(review)
    return review


def is_independent(reviewer: User, assessment: Assessment) -> bool:
    """Whether ``reviewer`` is neither the person, nor acts for an employer of theirs, nor has read the evidence."""
    today = timezone.localdate()
    posts = assessment.person.affiliations.exclude(valid_to__lt=today)
    return not (
        assessment.person.user_id == reviewer.pk
        or reviewer.organisation_memberships.filter(organisation__in=posts.values("organisation")).exists()
        or assessment.evidence.filter(redactions__by=reviewer).exists()
        or assessment.evidence.filter(added_by=reviewer).exists()
    )


@transaction.atomic
def release_reviewer(*, review_id: int, reason: str, actor: User) -> BlindReview:
    """Let a reviewer go who has not handed in. Raises ``NOT_PERMITTED``, ``NOT_OPEN``, ``REASON_MISSING``."""
    require(actor)
    review = BlindReview.objects.select_for_update(of=("self",)).get(pk=review_id)
    if review.state not in WAITING_BLIND_REVIEWS:
        raise RuleViolation("NOT_OPEN", _("This review is not open."))
    needed(reason)
    review.state, review.end_reason, review.draft = BlindReviewState.DECLINED, reason.strip(), {}
    review.save(update_fields=["state", "end_reason", "draft"])
    return review


def needed(reason: str, field: str = "reason") -> None:
    """Raises ``REASON_MISSING``."""
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field=field)


@transaction.atomic
def begin_scoring(*, assessment_id: int, actor: User) -> Assessment:
    """Freeze the blind view and send it to the reviewers. Raises ``TransitionRefused`` with what is missing."""
    assessment = locked(assessment_id)
    evidence = list(assessment.evidence.prefetch_related("redactions"))
    facts = facts_of(assessment, actor) | {
        "evidence": len(evidence), "unredacted": sum(redaction_of(one) is None for one in evidence),
    }  # fmt: skip
    transitions.apply(assessment, "begin", actor=actor, facts=facts)
    if not BlindView.objects.filter(assessment=assessment).exists():
        build_view(assessment, actor)
    for review in assessment.reviews.filter(state=BlindReviewState.INVITED).select_related("reviewer"):
        tell_reviewer(review)
    return assessment


@transaction.atomic
def lock_scores(*, assessment_id: int, actor: User) -> Assessment:
    """End blind scoring: from here no score is given or changed but by a logged difference."""
    assessment = locked(assessment_id)
    score = result_of(assessment).locked
    return transitions.apply(
        assessment, "lock", actor=actor, facts=facts_of(assessment, actor),
        changes={"locked_at": timezone.now(), "score_num": score and score.numerator,
                 "score_den": score and score.denominator},
    )  # fmt: skip


@transaction.atomic
def open_moderation(*, assessment_id: int, actor: User, note: str) -> Assessment:
    """Open a round of discussion; ``note`` says what about."""
    assessment = locked(assessment_id)
    needed(note)
    moved = transitions.apply(assessment, "moderate", actor=actor, reason=note.strip())
    for review in assessment.reviews.counting().select_related("reviewer"):
        tell_reviewer(review, moderation=True)
    return moved


@transaction.atomic
def reopen_scoring(*, assessment_id: int, actor: User, reason: str) -> Assessment:
    """Let a further reviewer score after a conflict took a review away."""
    assessment = locked(assessment_id)
    needed(reason)
    return transitions.apply(
        assessment, "reopen", actor=actor, reason=reason.strip(), facts=facts_of(assessment, actor)
    )


@transaction.atomic
def unblind(*, assessment_id: int, actor: User) -> Assessment:
    """Show the name for due diligence. Raises ``MODERATION_DUE`` where marks lie apart and were not discussed."""
    assessment = locked(assessment_id)
    facts = facts_of(assessment, actor) | {
        "far_apart": list(result_of(assessment).apart), "moderated": was_moderated(assessment),
    }  # fmt: skip
    return transitions.apply(
        assessment, "unblind", actor=actor, facts=facts, changes={"unblinded_at": timezone.now()}
    )  # fmt: skip


def was_moderated(assessment: Assessment) -> bool:
    """Whether a round of discussion was held."""
    return transitions.steps_of(assessment).filter(event="moderate").exists()


@transaction.atomic
def record_diligence(*, assessment_id: int, actor: User, findings: str) -> Assessment:
    """Write down what due diligence found, under the name. Raises ``NOT_PERMITTED``, ``NOT_UNBLINDED``."""
    require(actor)
    assessment = locked(assessment_id)
    if assessment.state != AssessmentState.UNBLINDED:
        raise RuleViolation("NOT_UNBLINDED", _("Due diligence is written down between unblinding and decision."))
    needed(findings, "findings")
    assessment.diligence = findings.strip()
    assessment.save(update_fields=["diligence"])
    return assessment


@transaction.atomic
def decide(*, assessment_id: int, outcome: str, reason: str, actor: User) -> Assessment:
    """Decide by pseudonym and scores, with reasons that the person reads. Raises ``NOT_INDEPENDENT`` and others."""
    assessment = locked(assessment_id)
    needed(reason)
    if outcome not in AssessmentOutcome.values:
        raise RuleViolation("NO_OUTCOME", _("Choose an outcome."), field="outcome")
    moved = transitions.apply(
        assessment, "decide", actor=actor, reason=reason.strip(), facts=facts_of(assessment, actor),
        changes={"outcome": outcome, "reason": reason.strip(), "decided_at": timezone.now(), "decided_by_id": actor.pk},
    )  # fmt: skip
    tell_subject(moved)
    return moved


@transaction.atomic
def appeal(*, assessment_id: int, text: str, actor: User) -> Assessment:
    """The person assessed objects to the decision; a human who did not take it answers."""
    assessment = locked(assessment_id)
    needed(text, "text")
    return transitions.apply(assessment, "appeal", actor=actor, changes={"appeal": text.strip()})


@transaction.atomic
def answer_appeal(*, assessment_id: int, outcome: str, answer: str, actor: User) -> Assessment:
    """Answer an appeal, keeping the outcome or changing it. Raises ``NOT_INDEPENDENT`` to who decided."""
    assessment = locked(assessment_id)
    needed(answer, "answer")
    if outcome not in AssessmentOutcome.values:
        raise RuleViolation("NO_OUTCOME", _("Choose an outcome."), field="outcome")
    facts = facts_of(assessment, actor) | {
        "decided_it": assessment.decided_by_id == actor.pk, "outcome_before": assessment.outcome,
    }  # fmt: skip
    moved = transitions.apply(
        assessment, "answer", actor=actor, reason=answer.strip(), facts=facts,
        changes={"answer": answer.strip(), "outcome": outcome},
    )  # fmt: skip
    tell_subject(moved)
    return moved


@transaction.atomic
def close(*, assessment_id: int, actor: User) -> Assessment:
    """Close a decided assessment against which nobody appealed."""
    return transitions.apply(locked(assessment_id), "close", actor=actor)

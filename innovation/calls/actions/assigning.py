"""Reviewers for cases: by hand or as proposed, invitations, reminders, replacement; related or unknown never."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.calls.actions import letters_of_office as letters
from innovation.calls.actions.screening import refuse_related, require
from innovation.calls.choices import (
    WAITING_REVIEWS,
    ApplicationState,
    Relation,
    RelationSource,
    ReviewState,
)
from innovation.calls.models import Application, Review, ReviewerProfile, ReviewerRelation
from innovation.calls.queries.deadlines import due_after
from innovation.calls.queries.relations import is_related, standings
from innovation.core import transitions
from innovation.core.errors import RuleViolation

COORDINATE = "calls.coordinate_application"
ASSIGNABLE = (ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW)
REVIEW_DAYS = 20
BIDDING = (ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW, ApplicationState.RANKED)


@dataclass(frozen=True)
class Pair:
    """One case and one person who shall review it."""

    application_id: int
    reviewer_id: int


@transaction.atomic
def assign_reviewer(
    *, application_id: int, reviewer_id: int, actor: User, due_on: date | None = None
) -> Review:  # fmt: skip
    """Ask somebody to review a case; with enough reviewers the case goes to review by itself.

    Due in 20 working days, or as the call's deadlines say. Raises ``NOT_PERMITTED``, ``RELATED_PARTY`` (of the
    actor), ``NOT_ASSIGNABLE``, ``NO_REVIEWER``, ``REVIEWER_RELATED``, ``RELATION_UNKNOWN``, ``REVIEWER_FULL``,
    ``ASSIGNED_ALREADY``, ``NO_SCORE_SHEET``, ``DUE_IN_PAST``.
    """
    require(actor, COORDINATE)
    case = _locked(application_id)
    refuse_related(actor, case)
    if case.state not in ASSIGNABLE:
        raise RuleViolation("NOT_ASSIGNABLE", _("Only eligible cases and cases in review get reviewers."))
    if case.call.score_sheet_id is None:
        raise RuleViolation("NO_SCORE_SHEET", _("The call has no score sheet."))
    if due_on is not None and due_on < timezone.localdate():
        raise RuleViolation("DUE_IN_PAST", _("This day is over."), field="due_on")
    reviewer = _reviewer(reviewer_id)
    _refuse_standing(case, reviewer)
    if case.reviews.filter(reviewer=reviewer).exists():
        raise RuleViolation("ASSIGNED_ALREADY", _("This person has been asked already."), field="reviewer")
    if Review.objects.waiting().filter(reviewer=reviewer).count() >= reviewer.reviewer_profile.load_limit:
        raise RuleViolation("REVIEWER_FULL", _("%(name)s has no room for more.") % {"name": reviewer}, field="reviewer")
    due = due_on or due_after(case.call, "review", timezone.localdate(), days=REVIEW_DAYS)
    review = Review.objects.create(application=case, reviewer=reviewer, invited_by=actor, due_on=due)
    letters.invite(review)
    _go_to_review(case, actor)
    return review


def _reviewer(reviewer_id: int) -> User:
    """The person with the profile locked, so that two officers cannot fill the last place both."""
    profile = ReviewerProfile.objects.select_for_update(of=("self",)).filter(user=reviewer_id, is_active=True).first()
    person = User.objects.filter(pk=reviewer_id, is_active=True).first()
    if profile is None or person is None or not person.has_role(Role.REVIEWER):
        raise RuleViolation("NO_REVIEWER", _("This person does not review."), field="reviewer")
    person.reviewer_profile = profile
    return person


def _refuse_standing(case: Application, reviewer: User) -> None:
    standing = standings([case], [reviewer])[case.pk, reviewer.pk]
    if standing.relation is Relation.CONFLICT:
        raise RuleViolation(
            "REVIEWER_RELATED", _("%(name)s is related to a party of this case.") % {"name": reviewer},
            field="reviewer", facts={"reasons": list(standing.reasons)},
        )  # fmt: skip
    if standing.relation is Relation.UNKNOWN:
        raise RuleViolation(
            "RELATION_UNKNOWN", _("It is not known how %(name)s stands to the parties.") % {"name": reviewer},
            field="reviewer", facts={"reasons": list(standing.reasons)},
        )  # fmt: skip


def review_facts(case: Application, actor: User | None) -> dict[str, Any]:
    """What the step to review is held against."""
    reviewers = [review.reviewer for review in case.reviews.counting().select_related("reviewer")]
    held = standings([case], reviewers)
    return {
        "reviewers": len(reviewers),
        "conflicted_reviewers": sum(one.relation is Relation.CONFLICT for one in held.values()),
        "min_bids": int(case.call.rules.get("min_bids") or case.process.content.get("min_bids") or 0),
        "valid_bids": case.call.applications.filter(state__in=BIDDING).count(),
        "related": is_related(actor, case),
    }


def _go_to_review(case: Application, actor: User) -> None:
    """Begin the review when nothing stands against it."""
    if case.state == ApplicationState.ELIGIBLE:
        facts = review_facts(case, actor)
        against = transitions.available(case, actor, facts).get("assign")
        if against == []:
            _begin(case, actor, facts)


def _begin(case: Application, actor: User, facts: dict[str, Any]) -> Application:
    due = case.reviews.counting().order_by("-due_on").values_list("due_on", flat=True).first()
    changes = {"state_since": timezone.now(), "due_on": due}
    return transitions.apply(case, "assign", actor=actor, facts=facts, changes=changes)


@transaction.atomic
def start_review(*, application_id: int, actor: User) -> Application:
    """Hand a case to its reviewers, such as when the last bid came in. Raises what the table refuses."""
    case = _locked(application_id)
    return _begin(case, actor, review_facts(case, actor))


@transaction.atomic
def confirm_proposal(*, pairs: Iterable[Pair], actor: User, due_on: date | None = None) -> list[Review]:
    """Ask everybody of a proposal; all or nothing, each pair judged again. Raises what ``assign_reviewer`` does."""
    return [
        assign_reviewer(
            application_id=pair.application_id, reviewer_id=pair.reviewer_id, actor=actor, due_on=due_on
        )
        for pair in sorted(set(pairs), key=lambda one: (one.application_id, one.reviewer_id))
    ]  # fmt: skip


@transaction.atomic
def replace_reviewer(
    *, review_id: int, reason: str, actor: User, reviewer_id: int | None = None, due_on: date | None = None
) -> Review | None:
    """End a review with its reason and ask ``reviewer_id`` instead where given, in one step.

    What was scored is kept aside: it stays with the old review and counts no more. Raises ``NOT_PERMITTED``,
    ``RELATED_PARTY``, ``REPLACED_ALREADY``, ``SCORING_OVER`` (what was closed with its figures stays),
    ``REASON_MISSING``, and what ``assign_reviewer`` does.
    """
    require(actor, COORDINATE)
    found = Review.objects.values_list("application", flat=True).get(pk=review_id)
    case = _locked(found)
    refuse_related(actor, case)
    review = Review.objects.select_for_update(of=("self",)).get(pk=review_id)
    if review.state == ReviewState.REPLACED:
        raise RuleViolation("REPLACED_ALREADY", _("This review was given to somebody else already."))
    if case.state not in ASSIGNABLE:
        raise RuleViolation("SCORING_OVER", _("Scoring is closed; the reviews stay as they are."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give a reason."), field="reason")
    review.state, review.end_reason = ReviewState.REPLACED, reason.strip()
    review.save(update_fields=["state", "end_reason"])
    if reviewer_id is None:
        return None
    return assign_reviewer(application_id=case.pk, reviewer_id=reviewer_id, actor=actor, due_on=due_on)


@transaction.atomic
def remind(*, review_ids: Iterable[int], actor: User) -> list[Review]:
    """Remind reviewers whose reviews are open, each at most once a day; returns those reminded now."""
    require(actor, COORDINATE)
    moment = timezone.now()
    reminded = []
    rows = Review.objects.select_for_update(of=("self",)).filter(pk__in=list(review_ids), state__in=WAITING_REVIEWS)
    for review in rows.select_related("reviewer", "application__call").order_by("pk"):
        if letters.remind(review, day=timezone.localdate(moment).isoformat()):
            review.reminded_at = moment
            review.save(update_fields=["reminded_at"])
            reminded.append(review)
    return reminded


@transaction.atomic
def save_profile(
    *, user_id: int, industries: list[str], keywords: list[str], load_limit: int, is_active: bool, actor: User
) -> ReviewerProfile:
    """Write down what a reviewer knows and takes. Raises ``NOT_PERMITTED``."""
    if actor.pk != user_id:
        require(actor, "calls.change_reviewerprofile")
    profile, _made = ReviewerProfile.objects.select_for_update().get_or_create(user_id=user_id)
    profile.industries = sorted({code.strip().upper() for code in industries if code.strip()})
    profile.keywords = sorted({word.strip() for word in keywords if word.strip()})
    profile.load_limit, profile.is_active = load_limit, is_active
    profile.full_clean(exclude=["user"])
    profile.save()
    return profile


@transaction.atomic
def declare_relations(*, user_id: int, actor: User, on: date | None = None) -> ReviewerProfile:
    """Confirm that the list of relations is complete as of today. Raises ``NOT_PERMITTED``, ``NO_REVIEWER``."""
    if actor.pk != user_id:
        require(actor, "calls.change_reviewerprofile")
    profile = ReviewerProfile.objects.select_for_update().filter(user=user_id).first()
    if profile is None:
        raise RuleViolation("NO_REVIEWER", _("This person does not review."))
    profile.declared_on = on or timezone.localdate()
    profile.save(update_fields=["declared_on"])
    return profile


@transaction.atomic
def record_relation(
    *, user_id: int, organisation_id: int, relation: str, kind: str, actor: User, note: str = "",
    since: date | None = None, until: date | None = None,
) -> ReviewerRelation:  # fmt: skip
    """Write down how a reviewer stands to an organisation; one's own word, or the office's. Raises ``NOT_PERMITTED``,
    ``NO_RELATION`` (a reviewer cannot record that there is none).
    """
    own = actor.pk == user_id
    if not own:
        require(actor, "calls.add_reviewerrelation")
    if own and relation != Relation.CONFLICT:
        raise RuleViolation("NO_RELATION", _("Declare the relations that you have."), field="relation")
    row = ReviewerRelation(
        user_id=user_id, organisation_id=organisation_id, relation=relation, kind=kind, note=note, since=since,
        until=until, recorded_by=actor, source=RelationSource.REVIEWER if own else RelationSource.OFFICE,
    )  # fmt: skip
    row.full_clean(exclude=["user", "recorded_by"])
    row.save()
    return row


def _locked(application_id: int) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__deadlines", "process", "organisation")
        .get(pk=application_id)
    )

"""Reviewers and reviews for tests."""

from datetime import timedelta
from itertools import count
from typing import Any

import factory
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.choices import ApplicationState, ReviewState
from innovation.calls.models import Application, FormDefinition, Review, ReviewerProfile, Submission
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory

_numbers = count()


def make_reviewer(**facts: Any) -> Any:
    """A person who reviews, with a declaration of today and a mail domain of her own."""
    user = UserFactory(role=Role.REVIEWER, email=f"reviewer{next(_numbers)}@panel.example.net")
    ReviewerProfileFactory(user=user, **facts)
    return user


class ReviewerProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReviewerProfile

    declared_on = factory.LazyFunction(timezone.localdate)


class SubmissionFactory(factory.django.DjangoModelFactory):
    """What was submitted for a case; ``answers`` as given."""

    class Meta:
        model = Submission

    application = factory.SubFactory(ApplicationFactory, state=ApplicationState.SUBMITTED)
    serial = factory.LazyAttribute(lambda row: row.application.submissions.count() + 1)
    form = factory.SelfAttribute("application.form")
    answers = factory.LazyAttribute(lambda row: {"title": row.application.title, "summary": "做出样机"})
    files: list[Any] = []
    sha256 = "0" * 64
    submitted_at = factory.LazyFunction(timezone.now)
    submitted_by = factory.SelfAttribute("application.created_by")
    submitted_label = factory.LazyAttribute(lambda row: str(row.submitted_by))


class ReviewFactory(factory.django.DjangoModelFactory):
    """A review that is open: declared without conflict."""

    class Meta:
        model = Review

    application = factory.SubFactory(ApplicationFactory, state=ApplicationState.IN_REVIEW)
    reviewer = factory.LazyFunction(make_reviewer)
    invited_by = factory.SubFactory(UserFactory, role=Role.FUND_OFFICER)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=20))
    state = ReviewState.OPEN
    conflict = factory.LazyAttribute(lambda row: None if row.state == ReviewState.INVITED else False)


def submitted_case(state: str = ApplicationState.SUBMITTED, answers: Any = None, **facts: Any) -> Application:
    """A case in ``state`` with one submission."""
    case = ApplicationFactory(state=state, **facts)
    SubmissionFactory(application=case, **({"answers": answers} if answers is not None else {}))
    return case


def form_with(content: Any) -> FormDefinition:
    """A published form of that content."""
    number = FormDefinition.objects.count()
    return FormDefinition.objects.create(
        family=f"review-{number}", title_zh="申报书", content=content, state="PUBLISHED", published_at=timezone.now()
    )

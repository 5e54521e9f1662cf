"""Two at a time: one wins, and what the other gets says so."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import TransitionRecord
from tests.concurrency.test_jobs import in_threads
from tests.factories.accounts import UserFactory
from tests.toys.models import Book

pytestmark = pytest.mark.django_db(transaction=True)


def librarian():
    user = UserFactory()
    user.user_permissions.add(*Permission.objects.filter(codename__in=["add_book", "change_book"]))
    return user


def test_of_four_equal_steps_at_a_time_one_is_taken():
    user, book = librarian(), Book.objects.create(title="A")
    results = in_threads(4, lambda: transitions.apply(Book.objects.get(pk=book.pk), "lend", actor=user))
    refused = [result for result in results if isinstance(result, RuleViolation)]
    assert [violation.code for violation in refused] == ["NO_SUCH_TRANSITION"] * 3
    assert TransitionRecord.objects.count() == 1
    assert Book.objects.get().state == "lent"


def test_of_four_equal_posts_under_one_key_at_a_time_one_makes_the_record():
    user = librarian()

    def post():
        client = APIClient()
        client.force_authenticate(user)
        return client.post("/api/v1/toys/books/", {"title": "A"}, headers={"Idempotency-Key": "k1"})

    answers = in_threads(4, post)
    assert Book.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["id"] for answer in answers} == {Book.objects.get().pk}
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 3

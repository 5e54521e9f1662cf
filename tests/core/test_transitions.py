"""States move by the table alone: locked, permitted, guarded, compared, recorded."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from innovation.core import history, transitions
from innovation.core.errors import RuleViolation
from innovation.core.models import TransitionRecord
from innovation.core.transitions import TransitionRefused
from tests.factories.accounts import UserFactory
from tests.toys.models import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian():
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="change_book"))
    return user


def test_a_step_saves_the_state_and_leaves_a_record_with_reason_and_facts(librarian):
    book = Book.objects.create(title="A")
    with history.acting_as(librarian, request_id="r-7"):
        locked = transitions.apply(book, "lend", actor=librarian, reason="asked for", facts={"fee_fen": 5})
    assert (book.state, locked.state, Book.objects.get().state) == ("lent", "lent", "lent")
    step = transitions.steps_of(book).get()
    assert (step.event, step.from_state, step.to_state, step.reason) == ("lend", "draft", "lent", "asked for")
    assert (step.facts, step.actor_id, step.request_id) == ({"fee_fen": 5}, librarian.pk, "r-7")
    assert librarian.email in step.actor_label


@pytest.mark.parametrize(
    ("title", "facts", "reasons"),
    [
        ("", {}, ["NO_TITLE"]),
        ("", {"fee_fen": -1}, ["NO_TITLE", "NEGATIVE_FEE"]),
        ("A", {"fee_fen": -1}, ["NEGATIVE_FEE"]),
    ],
)
def test_every_objection_of_the_guard_is_named_and_nothing_changes(librarian, title, facts, reasons):
    book = Book.objects.create(title=title)
    with pytest.raises(TransitionRefused) as caught:
        transitions.apply(book, "lend", actor=librarian, facts=facts)
    assert caught.value.facts["reasons"] == reasons
    assert Book.objects.get().state == book.state == "draft"
    assert not TransitionRecord.objects.exists()


def test_who_lacks_the_permission_is_refused_also_as_system_or_inactive(librarian):
    book = Book.objects.create(title="A")
    librarian.is_active = False
    for actor in (UserFactory(), None, librarian):
        with pytest.raises(RuleViolation) as caught:
            transitions.apply(book, "lend", actor=actor)
        assert caught.value.code == "NOT_PERMITTED"


def test_a_predicate_decides_by_the_record_and_the_system_may_what_is_automatic():
    owner = UserFactory()
    book = Book.objects.create(title="A", owner=owner, state="lent")
    with pytest.raises(RuleViolation, match="role"):
        transitions.apply(book, "return", actor=UserFactory())
    transitions.apply(book, "return", actor=owner)
    Book.objects.update(state="lent")
    with history.acting_as(None, "clock"):
        transitions.apply(book, "return", actor=None)
    assert [step.actor_label for step in transitions.steps_of(book)] == [history.label_of(owner), "clock"]


@pytest.mark.parametrize("event", ["return", "fly"])
def test_an_event_that_the_state_does_not_know_is_refused(librarian, event):
    with pytest.raises(RuleViolation) as caught:
        transitions.apply(Book.objects.create(title="A"), event, actor=librarian)
    assert caught.value.code == "NO_SUCH_TRANSITION"


def test_the_permission_is_checked_on_the_row_as_it_is_not_as_it_was_loaded():
    owner = UserFactory()
    stale = Book.objects.create(title="A", owner=owner, state="lent")
    Book.objects.update(owner=UserFactory())
    with pytest.raises(RuleViolation, match="role"):
        transitions.apply(stale, "return", actor=owner)


def test_available_lists_what_one_may_do_and_what_stands_against_it(librarian):
    book = Book.objects.create(title="")
    found = transitions.available(book, librarian)
    assert [violation.code for violation in found["lend"]] == ["NO_TITLE"]
    assert transitions.available(book, UserFactory()) == {}
    assert list(transitions.available(book, None)) == ["expire"]


def test_steps_cannot_be_changed(librarian):
    transitions.apply(Book.objects.create(title="A"), "lend", actor=librarian)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        TransitionRecord.objects.update(reason="better")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        TransitionRecord.objects.all().delete()


def test_a_step_takes_the_same_queries_for_any_record(librarian, django_assert_num_queries):
    book = Book.objects.create(title="A")
    librarian.has_perm("toys.change_book")
    transitions.steps_of(book).exists()
    with django_assert_num_queries(5):  # savepoint, lock, update, record, release
        transitions.apply(book, "lend", actor=librarian)


def test_fields_that_change_with_the_state_are_saved_in_the_same_statement(librarian):
    book = Book.objects.create(title="A")
    locked = transitions.apply(book, "lend", actor=librarian, changes={"title": "B"})
    assert (locked.title, locked.state) == ("B", "lent")
    assert (Book.objects.get().title, Book.objects.get().state) == ("B", "lent")

"""Every way in leaves an event with the person and the request; events cannot be changed."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from innovation.core import history
from innovation.core.models import WorkingDayException as Day

pytestmark = pytest.mark.django_db
Event = Day.history.rel.related_model
NAME = "Li 'W' \\ Wei 100% <li.wei@example.org>"
TABLE = "core_workingdayexception"


def day(number, **more):
    return Day(**{"date": date(2040, 1, number), "kind": "off", "holiday": "甲", "source": "S"} | more)


def events():
    """Those of the test alone, in order; the migration left its own."""
    return Event.objects.filter(date__year=2040).order_by("pgh_id")


@pytest.fixture
def actor():
    return get_user_model().objects.create_user("li.wei@example.org", None, name="Li 'W' \\ Wei 100%")


def test_each_way_to_write_is_recorded_with_the_person_and_the_request(actor):
    with history.acting_as(actor, request_id="r-1"):
        one = day(1)
        one.save()
        one.holiday = "乙"
        one.save()
        rows = Day.objects.bulk_create([day(number) for number in (2, 3, 4)])
        for row in rows:
            row.holiday = "C"
        Day.objects.bulk_update(rows, ["holiday"])
        Day.objects.filter(pk=one.pk).update(holiday="A")
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET holiday = 'raw 50%' WHERE id = {one.pk}")
            cursor.execute(
                f"INSERT INTO {TABLE} (date, kind, holiday, source) VALUES (%s, 'off', '50%%', 'S')", ["2040-01-05"]
            )
            cursor.executemany(f"UPDATE {TABLE} SET holiday = %s WHERE id = %s", [("m1", one.pk), ("m2", one.pk)])
        one.delete()
    assert list(events().values_list("pgh_label", flat=True)) == (
        ["insert", "update"]
        + ["insert"] * 3
        + ["update"] * 3
        + ["update", "update", "insert", "update", "update", "delete"]
    )
    assert set(events().values_list("pgh_context__actor", "pgh_context__actor_label", "pgh_context__request_id")) == {
        (actor.pk, NAME, "r-1")
    }
    assert events().values("pgh_context_id").distinct().count() == 1
    assert events().last().holiday == "m2"


def test_copy_is_recorded_too(actor):
    with history.acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
        history.attach_to_transaction()
        with cursor.copy(f"COPY {TABLE} (date, kind, holiday, source) FROM STDIN") as copy:
            copy.write_row((date(2040, 1, 1), "off", "戊", "S"))
            copy.write_row((date(2040, 1, 2), "off", "己", "S"))
    assert list(events().values_list("pgh_label", "pgh_context__actor")) == [("insert", actor.pk)] * 2


@pytest.mark.django_db(transaction=True)
def test_copy_needs_a_transaction_to_carry_the_context(actor):
    with history.acting_as(actor), pytest.raises(transaction.TransactionManagementError, match="open one first"):
        history.attach_to_transaction()


@pytest.mark.parametrize("statement", ["UPDATE {} SET holiday = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_history(statement):
    day(1).save()
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format("core_workingdayexceptionevent"))


def test_history_outlives_the_record_and_the_person(actor):
    with history.acting_as(actor):
        row = day(1)
        row.save()
        key = row.pk
        row.delete()
    actor.delete()
    entries = history.history_of_key(Day, key)
    assert [(entry.action, entry.actor) for entry in entries] == [("delete", NAME), ("insert", NAME)]


def test_a_change_outside_any_context_is_still_recorded():
    day(1).save()
    assert events().get().pgh_context is None
    assert history.history_of(Day.objects.get(date__year=2040))[0].actor == ""


def test_the_context_ends_with_its_block_and_the_inner_one_wins(actor):
    with history.acting_as(None, "clock", request_id="outer"):
        with history.acting_as(actor):
            assert history.current()["actor_label"] == NAME
        assert history.current()["actor_label"] == "clock"
    assert history.current() == {}


def test_an_entry_names_fields_values_and_choices_before_and_after(actor):
    row = day(6, holiday="Old")
    row.save()
    with history.acting_as(actor, request_id="r-9"):
        row.holiday, row.kind, row.date = "New", "work", date(2040, 1, 7)
        row.save()
    newest, first = history.history_of(row)
    assert (newest.action_label, newest.actor_id, newest.request_id) == ("Changed", actor.pk, "r-9")
    assert [(change.field, change.before, change.after) for change in newest.changes] == [
        ("date", date(2040, 1, 6), date(2040, 1, 7)),
        ("kind", "Day off", "Worked"),
        ("holiday", "Old", "New"),
    ]
    assert all(change.before is None for change in first.changes)


def test_reading_history_takes_one_query_whatever_its_length(actor, django_assert_num_queries):
    row = day(1)
    row.save()
    for number in range(5):
        Day.objects.filter(pk=row.pk).update(holiday=f"{number}")
    with django_assert_num_queries(1):
        assert len(history.history_of(row)) == 6
    with django_assert_num_queries(1):
        newest = history.history_of(row, limit=2)
    assert [(entry.changes[0].before, entry.changes[0].after) for entry in newest] == [("3", "4"), ("2", "3")]


def test_the_password_is_never_kept(actor):
    actor.set_password("a-very-secret-word")
    actor.save()
    fields = {field.name for field in history.event_model_of(get_user_model())._meta.fields}
    assert not fields & {"password", "last_login"}

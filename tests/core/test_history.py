"""Every way in leaves an event with the person and the request; events cannot be changed."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from innovation.core import history
from innovation.organisations.models import Organisation

pytestmark = pytest.mark.django_db
Event = Organisation.history.rel.related_model


@pytest.fixture
def actor():
    return get_user_model().objects.create_user("li.wei@example.org", None, name="Li 'W' Wei 100%")


def test_each_way_to_write_is_recorded_with_the_person_and_the_request(actor):
    with history.acting_as(actor, request_id="r-1"):
        one = Organisation.objects.create(name_zh="甲")
        one.name_zh = "甲乙"
        one.save()
        Organisation.objects.bulk_create([Organisation(name_zh=f"丙{n}") for n in range(3)])
        rows = list(Organisation.objects.filter(name_zh__startswith="丙"))
        for row in rows:
            row.name_en = "C"
        Organisation.objects.bulk_update(rows, ["name_en"])
        Organisation.objects.filter(pk=one.pk).update(name_en="A")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE organisations_organisation SET name_en = 'raw 50%' WHERE id = " + str(one.pk))
            cursor.execute("INSERT INTO organisations_organisation (name_zh, name_en) VALUES (%s, '')", ["丁"])
            cursor.executemany(
                "UPDATE organisations_organisation SET name_en = %s WHERE id = %s", [("m1", one.pk), ("m2", one.pk)]
            )
        one.delete()
    assert Event.objects.count() == 1 + 1 + 3 + 3 + 1 + 1 + 1 + 2 + 1
    assert set(
        Event.objects.values_list("pgh_context__actor", "pgh_context__actor_label", "pgh_context__request_id")
    ) == {(actor.pk, "Li 'W' Wei 100% <li.wei@example.org>", "r-1")}
    assert Event.objects.values("pgh_context_id").distinct().count() == 1
    assert Event.objects.filter(pgh_label="delete").get().name_en == "m2"


def test_copy_is_recorded_too(actor):
    with history.acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
        history.attach_to_transaction()
        with cursor.copy("COPY organisations_organisation (name_zh, name_en) FROM STDIN") as copy:
            copy.write_row(("戊", ""))
            copy.write_row(("己", ""))
    assert list(Event.objects.values_list("pgh_label", "pgh_context__actor")) == [("insert", actor.pk)] * 2


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET name_zh = 'x'", "DELETE FROM {}", "TRUNCATE {}"],
)
def test_the_database_refuses_to_change_history(statement):
    Organisation.objects.create(name_zh="甲")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format("organisations_organisationevent"))


def test_history_outlives_the_record_and_the_person(actor):
    with history.acting_as(actor):
        row = Organisation.objects.create(name_zh="甲")
        row.delete()
    actor.delete()
    assert list(Event.objects.order_by("pgh_id").values_list("pgh_label", "pgh_context__actor_label")) == [
        ("insert", "Li 'W' Wei 100% <li.wei@example.org>"),
        ("delete", "Li 'W' Wei 100% <li.wei@example.org>"),
    ]


def test_a_change_outside_any_context_is_still_recorded():
    Organisation.objects.create(name_zh="甲")
    assert Event.objects.get().pgh_context is None


def test_the_context_ends_with_its_block(actor):
    with history.acting_as(actor):
        Organisation.objects.create(name_zh="甲")
    assert history.current() == {}


def test_copy_needs_a_transaction_to_carry_the_context(actor):
    connection.in_atomic_block, before = False, connection.in_atomic_block
    try:
        with history.acting_as(actor), pytest.raises(transaction.TransactionManagementError, match="open one first"):
            history.attach_to_transaction()
    finally:
        connection.in_atomic_block = before

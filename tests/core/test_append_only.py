"""The database itself refuses to change what is append-only."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.refusals import refused, refused_sql
from tests.toys.models import Receipt, Stamp

pytestmark = pytest.mark.django_db
LAWS = "never changed or deleted"


def test_every_way_to_change_a_row_is_refused_and_the_row_stays():
    stamp = Stamp.objects.create(text="a")
    for change in (
        lambda: Stamp.objects.update(text="b"),
        lambda: Stamp.objects.all().delete(),
        stamp.delete,
        lambda: Stamp(pk=stamp.pk, text="c").save(),
        lambda: Stamp.objects.bulk_update([Stamp(pk=stamp.pk, text="d")], ["text"]),
        lambda: Stamp.objects.bulk_create(
            [Stamp(pk=stamp.pk, text="e")], update_conflicts=True, update_fields=["text"], unique_fields=["id"]
        ),
    ):
        refused("stamp", change)
    refused_sql("stamp_truncate", "TRUNCATE toys_stamp")
    refused_sql("stamp_truncate", "TRUNCATE toys_stamp CASCADE")
    assert list(Stamp.objects.values_list("text", flat=True)) == ["a"]


def test_a_statement_that_touches_no_row_does_no_harm():
    assert Stamp.objects.filter(pk=-1).update(text="x") == 0
    assert Stamp.objects.filter(pk=-1).delete()[0] == 0


def test_a_named_column_may_be_filled_once():
    first, second = Receipt.objects.create(text="a"), Receipt.objects.create(text="b")
    Receipt.objects.filter(pk=first.pk).update(superseded_at=timezone.now())
    Receipt.objects.filter(pk=first.pk).update(superseded_by=second)
    refused_sql("receipt", "UPDATE toys_receipt SET superseded_at = now() + interval '1 day' WHERE id = %s", first.pk)
    refused_sql("receipt", "UPDATE toys_receipt SET superseded_at = NULL WHERE id = %s", first.pk)
    refused_sql("receipt", "UPDATE toys_receipt SET superseded_by_id = %s WHERE id = %s", first.pk, first.pk)
    refused_sql("receipt", "UPDATE toys_receipt SET text = 'x', superseded_at = now() WHERE id = %s", second.pk)
    refused_sql("receipt", "UPDATE toys_receipt SET text = 'x' WHERE id = %s", second.pk)
    refused_sql("receipt", "DELETE FROM toys_receipt WHERE id = %s", second.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused_sql("receipt_truncate", "TRUNCATE toys_receipt")
    second.refresh_from_db()
    assert (second.text, second.superseded_at) == ("b", None)


def test_the_refusal_says_what_to_do_instead():
    Stamp.objects.create(text="a")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Stamp.objects.update(text="b")
    assert caught.value.__cause__.diag.message_hint == "Record a new row that reverses or supersedes the old one."
    assert caught.value.__cause__.diag.table_name == "toys_stamp"

"""One row, written unless its key is taken: the question and the answer are one statement, without a savepoint."""

from django.db import connections, models, router
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery


def insert_unless_taken(row: models.Model) -> bool:
    """Insert ``row`` unless a unique key of it is taken; returns whether it was written.

    Waits for a transaction that is writing the same key and then knows how that ended. The number that the database
    gives is not read back, and no signal is sent. What breaks another constraint raises IntegrityError as ever.
    """
    model = type(row)
    using = router.db_for_write(model, instance=row)
    given_by_database = models.AutoField | models.BigAutoField
    fields = [one for one in model._meta.concrete_fields if not (isinstance(one, given_by_database) and row.pk is None)]
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, [row])
    [(sql, params)] = query.get_compiler(using=using).as_sql()
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.rowcount)

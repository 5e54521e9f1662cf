"""Fixtures of the whole suite.

Tests that need real transactions end with a flush of every table. Two things stand in its way here: the tables
that refuse TRUNCATE, and the rows that migrations put in (roles, calendars, code lists), which later tests need.
So a flush runs with triggers off and then puts back the rows that were there when the database was made.
"""

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

_plain_flush = DatabaseOperations.execute_sql_flush


def _columns(cursor, table: str) -> str:
    cursor.execute(
        "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(name for (name,) in cursor.fetchall())


def _keep_migrated_rows() -> dict[str, str]:
    """Copy every table that has rows into schema ``migrated``; return its columns by name."""
    kept = {}
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA migrated")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0] and table != "django_migrations":
                cursor.execute(f'CREATE TABLE migrated."{table}" AS TABLE "{table}"')
                kept[table] = _columns(cursor, table)
    return kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        kept = _keep_migrated_rows()

    def flush(self, sql_list):
        with self.connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                _plain_flush(self, sql_list)
                for table, columns in kept.items():
                    cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM migrated."{table}"')
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")

    DatabaseOperations.execute_sql_flush = flush
    yield
    DatabaseOperations.execute_sql_flush = _plain_flush

"""Fixtures of the whole suite.

Tests that need real transactions end with a flush of every table. Two things stand in its way here: the tables
that refuse TRUNCATE, and the rows that migrations put in (roles, calendars, code lists), which later tests need.
So a flush runs with triggers off and then puts back the rows that were there when the database was made.
"""

import gc
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from innovation.accounts.models import User
from innovation.core import error_pages
from innovation.local.migrations import render_less
from tests.browser import chromium, visit
from tests.factories import accounts
from tests.template import copy_template

__all__ = ["chromium", "django_db_setup", "visit"]

# The same examples in each run, whatever the machine's load; `--hypothesis-profile=explore` looks for new ones.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
hypothesis_settings.register_profile("explore", deadline=None, max_examples=500)
hypothesis_settings.load_profile("suite")

JOURNEYS, COMMANDS = (Path(__file__).parent / name for name in ("journeys", "local"))


def _columns(cursor, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return cursor.fetchone()[0]


def _marks(cursor, tables: list[str]) -> dict[str, tuple[int, int]]:
    """Number of rows and newest writing transaction of each table: both stay while nobody touches it."""
    size = "pg_relation_size(quote_ident(name)::regclass)"
    cursor.execute(f"SELECT name FROM unnest(%s::text[]) AS name WHERE {size} > 0", [tables])
    ever_written = [
        f"SELECT '{table}', count(*), COALESCE(max(xmin::text::bigint), 0) FROM \"{table}\"" for (table,) in cursor
    ]
    cursor.execute(" UNION ALL ".join(ever_written))
    return dict.fromkeys(tables, (0, 0)) | {table: (count, newest) for table, count, newest in cursor.fetchall()}


def _keep_migrated_rows() -> tuple[list[str], dict[str, str], dict[str, tuple[int, int]]]:
    """Copy every table that has rows into schema ``migrated``; return all tables, those with columns, and marks."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "django_migrations"]
        marks = _marks(cursor, tables)
        kept = {table: _columns(cursor, table) for table, (count, __) in marks.items() if count}
        cursor.execute("CREATE SCHEMA migrated")
        for table in kept:
            cursor.execute(f'CREATE TABLE migrated."{table}" AS TABLE "{table}"')
    return tables, kept, marks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits goes first, so that no process ends long after the others."""
    items.sort(key=lambda item: not item.path.is_relative_to(JOURNEYS) and not item.path.is_relative_to(COMMANDS))


def pytest_collection_finish() -> None:
    """What thousands of collected tests consist of stays: looking for garbage in it again and again finds none."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _usual_language() -> None:
    """A request leaves its language behind in its thread, and which test came before is left to chance."""
    translation.deactivate()


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """For tests that ask who may open what: it is decided before a page is drawn, and drawing is most of the time."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr(error_pages, "render", lambda request, template, status: HttpResponse(status=status))


@pytest.fixture
def officer() -> User:
    """A fund officer."""
    return accounts.officer()


@pytest.fixture
def manager() -> User:
    """A programme manager."""
    return accounts.manager()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker, request, tmp_path_factory) -> None:
    """Runs before the test database is made: of several processes the first one migrates, the others copy its work."""
    render_less()
    if hasattr(request.config, "workerinput"):
        with django_db_blocker.unblock():
            copy_template(tmp_path_factory.getbasetemp().parent)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        tables, kept, marks = _keep_migrated_rows()

    def flush(self, sql_list):
        # DELETE from the few tables that a test touched takes milliseconds, TRUNCATE of all of them seconds.
        with self.connection.cursor() as cursor:
            now = _marks(cursor, tables)
            touched = [table for table in tables if now[table] != marks[table]]
            cursor.execute("SET session_replication_role = replica")
            try:
                for table in touched:
                    cursor.execute(f'DELETE FROM "{table}"')
                    if columns := kept.get(table):
                        cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM migrated."{table}"')
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
            marks.update(_marks(cursor, touched) if touched else {})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        # What the signal would put into the tables, permissions first of all, is among the rows that were kept.
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_a, **_k: None)
        yield

"""Search of the directory among 200,000 people beside SQL written by hand; import of 100,000 lines beside COPY."""

import io
import logging
import statistics
import time
from datetime import date
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.measure import Row, against
from innovation.organisations.rules import search_query
from talent.choices.people import RoleState
from talent.filters.people import DirectoryFilters
from talent.imports import people as incoming
from talent.imports.lines import HEADINGS, csv_lines
from talent.models import Person, RoleProfile
from talent.queries.people import directory
from tests.factories.organisations import OrganisationFactory

SEARCH, IMPORT = "talent/directory-search", "talent/import"
PEOPLE, LINES, ASKED, PAGE = 200_000, 100_000, 60, 25
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力健俊华雪梅建国志宏宇轩涵子墨浩然"
QUERIES = ("钱学森", "王伟", "张志", "若溪", "wangwei", "lizhiming", "zw", "chenjie", "刘文辉", "haoran")
_BY_HAND = """
SELECT id, name_zh, name_en FROM talent_person
WHERE search @@ %s::tsquery AND is_listed AND erased_at IS NULL AND merged_into_id IS NULL
  AND EXISTS (SELECT 1 FROM talent_roleprofile r WHERE r.person_id = talent_person.id
              AND r.state IN ('active', 'renewal_due'))
ORDER BY pinyin, id LIMIT 25
"""


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """The wanted rows."""
    wanted = [name for name in (SEARCH, IMPORT) if name.startswith(only)]
    if not wanted:
        return []
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    found = []
    if SEARCH in wanted:
        _people(int(PEOPLE * scale))
        found.append(_search())
    if IMPORT in wanted:
        found.append(_import(int(LINES * scale)))
    return found


def _people(count: int) -> None:
    dice = Random(1)  # noqa: S311 - the same people each time
    Person.objects.bulk_create(
        (
            Person(
                family_name=dice.choice(FAMILIES), given_name="".join(dice.choices(GIVEN, k=2)), is_listed=True,
                shown_fields=["organisation", "skills"],
            )
            for _number in range(count)
        ),
        batch_size=5_000,
    )  # fmt: skip
    keys = Person.objects.values_list("pk", flat=True)
    RoleProfile.objects.bulk_create(
        (
            RoleProfile(person_id=key, kind="assistant", state=RoleState.ACTIVE, valid_from=date(2026, 1, 1))
            for key in keys.iterator()
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE talent_person, talent_roleprofile")


def _search() -> Row:
    """p95 of the page's rows (filter, order, first page with its posts and skills) against one statement by hand."""
    ours, theirs = [], []
    for number in range(ASKED):
        text = QUERIES[number % len(QUERIES)]
        ours.append(_timed(lambda text=text: _by_page(text)))
        theirs.append(_timed(lambda text=text: _by_hand(text)))
    worst = [statistics.quantiles(each, n=20)[-1] for each in (ours, theirs)]
    return against(SEARCH, worst[0], "one hand-written SQL, p95", worst[1], at_most=2)


def _by_page(text: str) -> list[Person]:
    return list(DirectoryFilters({"q": text}, directory()).qs.order_by("pinyin", "id")[:PAGE])


def _by_hand(text: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [search_query(text)])
        return cursor.fetchall()


def _timed(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _import(count: int) -> Row:
    """Check and write of a file, against COPY of the same checked people alone into the same table."""
    dice, unit = Random(2), OrganisationFactory().uscc  # noqa: S311 - the same lines each time
    lines = [
        f"{dice.choice(FAMILIES)},{''.join(dice.choices(GIVEN, k=2))},assistant,{unit},科研助理,100,2025-01-01"
        for _number in range(count)
    ]
    text = "\n".join(["姓,名,类别,单位,岗位,fte,from", *lines]).encode()
    start = time.perf_counter()
    checked = incoming.check(csv_lines(io.BytesIO(text), HEADINGS, ()))
    with transaction.atomic():
        incoming.write(checked.rows, None)
    took = time.perf_counter() - start
    again = incoming.check(csv_lines(io.BytesIO(text), HEADINGS, ()))
    with transaction.atomic(), connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(incoming._STAGE)
        with cursor.copy("COPY talent_incoming FROM STDIN") as copy:
            for row in again.rows:
                copy.write_row(row)
        cursor.execute(incoming._PEOPLE, ["2026-01-01"])
        alone = time.perf_counter() - start
        transaction.set_rollback(True)
    note = f"{count / took:,.0f} lines/s with posts, profiles and history"
    return against(IMPORT, took, "COPY and INSERT of the people alone", alone, note=note)

"""Row ``talent/directory-search``: the directory among 200,000 people beside one statement written by hand.

Both give the count of all who are found and the first page as it is shown: names, kinds, the largest post of today with
its organisation, verified skills.
"""

import logging
import statistics
import time
from collections.abc import Callable
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory

from benchmarks.measure import Row, against
from innovation.organisations.rules import pinyin_key, search_query
from talent.views.directory import Directory
from tests.factories.organisations import OrganisationFactory

NAME = "talent/directory-search"
PEOPLE, ROUNDS, AT_MOST, UNITS = 200_000, 12, 2, 200
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力健俊华雪梅建国志宏宇轩涵子墨浩然"
QUERIES = ("钱学森", "王伟", "张志", "建国", "wangwei", "lizhiming", "zw", "chenjie", "刘文辉", "haoran")
_NAMES = "CREATE TEMPORARY TABLE named (family text, given text, pinyin text) ON COMMIT DROP"
_PEOPLE = """
INSERT INTO talent_person (uuid, family_name, given_name, name_zh, name_en, former_names, pinyin, search, orcid_state,
                           is_listed, shown_fields, offers, registered_at)
SELECT gen_random_uuid(), family, given, family || given, '', '', pinyin,
       array_to_tsvector(search_tokens(family || given) || pinyin_tokens(pinyin)), 'none', true,
       '{organisation,skills}', '', now()
FROM named
"""
_REST = """
INSERT INTO talent_roleprofile (person_id, kind, state, state_since, valid_from)
SELECT id, (ARRAY['assistant', 'founder', 'commissioner'])[1 + id % 3], 'active', now(), '2026-01-01'
FROM talent_person;
INSERT INTO talent_affiliation (person_id, organisation_id, title, duty, post_class, r_profile, frascati_class,
                                fte_centi, valid_from, funding, recorded_at)
SELECT person.id, unit.id, '研究员', 'research', 'technical', '', 'researcher', 100, '2024-01-01', '', now()
FROM talent_person person
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS units FROM organisations_organisation)
  AS unit ON unit.place = 1 + person.id % unit.units;
INSERT INTO talent_skill (vocabulary, uri, is_area, name_zh, name_en, release, is_verified, is_current, pinyin)
SELECT 'esco', 'urn:bench:' || n, false, '技能' || n, 'Skill ' || n, 'v1.2', true, true, ''
FROM generate_series(1, 40) n;
INSERT INTO talent_skillclaim (person_id, skill_id, level, note, state, state_since, verified_on)
SELECT person.id, skill.id, 1 + person.id % 4, '', 'verified', now(), '2026-01-01'
FROM talent_person person JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM talent_skill
                                WHERE uri LIKE 'urn:bench:%') skill
  ON skill.place IN (1 + person.id % 40, 1 + (person.id / 40) % 40) WHERE person.id % 2 = 0
"""
_BY_HAND = """
WITH found AS MATERIALIZED (
    SELECT id, uuid, name_zh, name_en, pinyin FROM talent_person
    WHERE search @@ %s::tsquery AND is_listed AND erased_at IS NULL AND merged_into_id IS NULL
      AND EXISTS (SELECT 1 FROM talent_roleprofile r
                  WHERE r.person_id = talent_person.id AND r.state IN ('active', 'renewal_due'))
), page AS (
    SELECT *, (SELECT count(*) FROM found) AS total FROM found ORDER BY pinyin, id LIMIT 25
)
SELECT page.*, held.kinds, post.title, post.name_zh, proven.skills FROM page
LEFT JOIN LATERAL (SELECT array_agg(kind ORDER BY kind, id) AS kinds FROM talent_roleprofile r
                   WHERE r.person_id = page.id AND state IN ('active', 'renewal_due')) held ON true
LEFT JOIN LATERAL (SELECT title, o.name_zh FROM talent_affiliation a
                   JOIN organisations_organisation o ON o.id = a.organisation_id
                   WHERE a.person_id = page.id AND a.valid_from <= current_date
                     AND (a.valid_to IS NULL OR a.valid_to >= current_date)
                   ORDER BY fte_centi DESC, a.id LIMIT 1) post ON true
LEFT JOIN LATERAL (SELECT array_agg(s.name_zh ORDER BY level DESC, c.id) AS skills FROM talent_skillclaim c
                   JOIN talent_skill s ON s.id = c.skill_id
                   WHERE c.person_id = page.id AND c.state = 'verified') proven ON true
ORDER BY page.pinyin, page.id
"""


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurement when its name begins with ``only``."""
    if not NAME.startswith(only):
        return []
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    people = max(1_000, int(PEOPLE * scale))
    _fill(people)
    ours: list[float] = []
    theirs: list[float] = []
    found = [0] * len(QUERIES)
    for _round in range(ROUNDS):
        for number, text in enumerate(QUERIES):
            taken, page = _timed(lambda text=text: _by_page(text))
            ours.append(taken)
            taken, rows_by_hand = _timed(lambda text=text: _by_hand(text))
            theirs.append(taken)
            if [person.pk for person in page] != [row[0] for row in rows_by_hand]:
                raise AssertionError(f"Other rows for {text}")
            found[number] = rows_by_hand[0][5] if rows_by_hand else 0
    worst = [statistics.quantiles(each, n=20)[-1] for each in (ours, theirs)]
    middle = [statistics.median(each) * 1000 for each in (ours, theirs)]
    each = ", ".join(f"{text} {count:,}" for text, count in zip(QUERIES, found, strict=True))
    note = f"{people:,} people; found {each}; median {middle[0]:.1f} ms against {middle[1]:.1f} ms"
    return [against(NAME, worst[0], "one hand-written SQL, p95", worst[1], at_most=AT_MOST, note=note)]


def _fill(count: int) -> None:
    """People with a role in force, a post and, for half of them, two verified skills; past the triggers of history."""
    for _number in range(UNITS):
        OrganisationFactory()
    dice = Random(1)  # noqa: S311 - the same people each time
    pinyin: dict[str, str] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_NAMES)
        with cursor.copy("COPY named FROM STDIN") as copy:
            for _number in range(count):
                family, given = dice.choice(FAMILIES), "".join(dice.choices(GIVEN, k=2))
                whole = family + given
                copy.write_row((family, given, pinyin.get(whole) or pinyin.setdefault(whole, pinyin_key(whole))))
        cursor.execute(_PEOPLE)
        cursor.execute(_REST)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _by_page(text: str) -> list[Any]:
    """What the page of the directory asks for: its table's count and rows."""
    view = Directory()
    view.setup(RequestFactory().get("/", {"q": text}))
    table = view.get_table()
    shown = list(table.page.object_list)
    if shown and table.count < len(shown):
        raise AssertionError("More rows than were counted")
    return shown


def _by_hand(text: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [search_query(text)])
        return cursor.fetchall()


def _timed(run: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found

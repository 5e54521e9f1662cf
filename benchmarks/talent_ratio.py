"""Row ``talent/ratio-snapshot``: the month end of 5,000 laboratories against one hand-written statement."""

import logging
from collections.abc import Callable
from datetime import date

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.measure import Row, against, interleaved
from talent.actions.ratio import keep_month
from talent.models import RatioDefinition
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent import PersonFactory

LABORATORIES, POSTS_EACH, ORGANISATIONS = 5_000, 16, 200
AT_MOST = 2
DAY = date(2026, 6, 30)
NAME = "talent/ratio-snapshot"

_LABORATORIES = """
INSERT INTO talent_laboratory (organisation_id, code, name_zh, name_en, opened_on)
SELECT organisation.id, 'B' || n, 'L' || n, '', '2020-01-01'
FROM generate_series(1, %(count)s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM organisations_organisation) AS organisation
  ON organisation.place = 1 + n %% %(organisations)s
"""
_POSTS = """
INSERT INTO talent_affiliation (person_id, organisation_id, laboratory_id, title, duty, post_class, r_profile,
    frascati_class, fte_centi, valid_from, funding, recorded_at)
SELECT %(person)s, laboratory.organisation_id, laboratory.id, 'T',
    (ARRAY['research', 'engineering', 'lab_operation', 'project_support'])[1 + n %% 4],
    (ARRAY['technical', 'technical', 'technical', 'management', 'worker'])[1 + n %% 5], '',
    (ARRAY['researcher', 'researcher', 'technician', 'support'])[1 + n %% 4], 50 + n %% 51, '2024-01-01', '', now()
FROM generate_series(1, %(posts)s) AS n
JOIN (SELECT id, organisation_id, row_number() OVER (ORDER BY id) AS place FROM talent_laboratory) AS laboratory
  ON laboratory.place = 1 + n %% %(count)s
"""
# What somebody would write by hand for the three definitions: one grouped pass, nothing unknown.
_BY_HAND = """
INSERT INTO talent_ratiosnapshot (month_id, definition_id, organisation_id, laboratory_id, p_fte_centi, s_fte_centi,
    posts, confirmed)
SELECT %(month)s, side.definition, sums.organisation_id, sums.laboratory_id, side.p, side.s, sums.posts, sums.confirmed
FROM (
    SELECT l.organisation_id, a.laboratory_id, count(*) AS posts, count(a.confirmed_at) AS confirmed,
        sum(fte_centi) FILTER (WHERE duty IN ('research', 'engineering')) AS pa,
        sum(fte_centi) FILTER (WHERE duty IN ('research_administration', 'project_support', 'finance_assistance')) sa,
        sum(fte_centi) FILTER (WHERE frascati_class = 'researcher') AS pb,
        sum(fte_centi) FILTER (WHERE frascati_class IN ('technician', 'support')) AS sb,
        sum(fte_centi) FILTER (WHERE post_class = 'technical') AS pc,
        sum(fte_centi) FILTER (WHERE post_class IN ('management', 'worker')) AS sc
    FROM talent_affiliation a JOIN talent_laboratory l ON l.id = a.laboratory_id
    WHERE a.valid_from <= %(day)s AND (a.valid_to IS NULL OR a.valid_to >= %(day)s)
    GROUP BY 1, 2
) AS sums CROSS JOIN LATERAL
    (VALUES (%(a)s, pa, sa), (%(b)s, pb, sb), (%(c)s, pc, sc)) AS side (definition, p, s)
"""


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """Run the measurement when its name begins with ``only``."""
    if not NAME.startswith(only):
        return []
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    laboratories = max(50, int(LABORATORIES * scale))
    _fill(laboratories)
    found = interleaved({"ours": _undone(_keep), "by hand": _undone(_by_hand)}, rounds)
    note = f"{laboratories:,} laboratories, {laboratories * POSTS_EACH:,} posts, three definitions"
    return [against(NAME, found["ours"], "hand-written SQL", found["by hand"], at_most=AT_MOST, note=note)]


def _fill(laboratories: int) -> None:
    """Organisations, laboratories and posts, of one person for all: who holds a post is not asked here."""
    missing = ORGANISATIONS - _count("organisations_organisation")
    for _ in range(missing):
        OrganisationFactory()
    sizes = {
        "organisations": ORGANISATIONS, "count": laboratories, "posts": laboratories * POSTS_EACH,
        "person": PersonFactory().pk,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_LABORATORIES, sizes)
        cursor.execute(_POSTS, sizes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _undone(work: Callable[[], object]) -> Callable[[], object]:
    """``work`` in a transaction that is taken back, so that it can be measured again."""

    def run() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return run


def _keep() -> None:
    keep_month(as_of=DAY)


def _by_hand() -> None:
    numbers = dict(RatioDefinition.objects.filter(valid_to=None).values_list("code", "pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO talent_ratiomonthend (as_of, main_id, laboratories, taken_at) VALUES (%s, %s, 0, now()) "
            "RETURNING id",
            [DAY, numbers["B"]],
        )
        month = cursor.fetchone()[0]
        values = {"month": month, "day": DAY} | {code.lower(): number for code, number in numbers.items()}
        cursor.execute(_BY_HAND, values)

"""Working time on both sides of every definition for every laboratory on a day, in one statement.

A side on which no post is recorded is zero only where the organisation has said that its list is complete; else it is
NULL, not known. Posts outside laboratories stand in one row of their organisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from talent.models import RatioDefinition, RatioMonthEnd
from talent.rules.ratio_terms import COLUMNS, Clauses
from talent.rules.support_ratio import UnitFigures

RETURN_SPEAKS = timedelta(days=366)
"""How long a statement that a list is complete is believed."""

# Units: laboratories open on the day, and one for the posts of an organisation outside them (key below zero).
_SELECT = """
WITH units AS (
    SELECT organisation_id, id AS laboratory_id, id AS key FROM talent_laboratory
    WHERE (opened_on IS NULL OR opened_on <= %(day)s) AND (closed_on IS NULL OR closed_on >= %(day)s) {laboratories}
    UNION ALL
    SELECT DISTINCT organisation_id, NULL::bigint, -organisation_id FROM talent_affiliation
    WHERE laboratory_id IS NULL AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s) {posts}
), sums AS (
    SELECT COALESCE(laboratory_id, -organisation_id) AS key, count(*) AS posts, count(confirmed_at) AS confirmed,
           {sides}
    FROM talent_affiliation
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s) {posts}
    GROUP BY 1
), said AS (
    SELECT laboratory_id AS key, max(as_of) AS declared_on FROM talent_staffreturn
    WHERE as_of BETWEEN %(oldest)s AND %(day)s GROUP BY 1
)
SELECT definition.id, units.organisation_id, units.laboratory_id,
       COALESCE(definition.p, CASE WHEN units.key < 0 OR said.key IS NOT NULL THEN 0 END),
       COALESCE(definition.s, CASE WHEN units.key < 0 OR said.key IS NOT NULL THEN 0 END),
       COALESCE(sums.posts, 0), COALESCE(sums.confirmed, 0), said.declared_on
FROM units LEFT JOIN sums USING (key) LEFT JOIN said USING (key)
CROSS JOIN LATERAL (VALUES {definitions}) AS definition (id, p, s)
"""
_INSERT = """
INSERT INTO talent_ratiosnapshot
    (month_id, definition_id, organisation_id, laboratory_id, p_fte_centi, s_fte_centi, posts, confirmed, declared_on)
SELECT %(month)s, found.* FROM ({select}) AS found
"""
_OF_ORGANISATIONS = "AND organisation_id = ANY(%(organisations)s)"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One laboratory by one definition; ``laboratory_id`` None stands for the posts outside laboratories."""

    definition_id: int
    organisation_id: int
    laboratory_id: int | None
    p_fte_centi: int | None
    s_fte_centi: int | None
    posts: int
    confirmed: int
    declared_on: date | None

    @property
    def figures(self) -> UnitFigures:
        return UnitFigures(self.p_fte_centi, self.s_fte_centi)


def statement(
    day: date, definitions: Sequence[RatioDefinition], organisation_ids: Sequence[int] | None = None
) -> tuple[str, dict[str, Any]]:
    """The one SELECT with its parameters. ``organisation_ids`` None means all."""
    sides, params = [], {"day": day, "oldest": day - RETURN_SPEAKS}
    for definition in definitions:
        for side, clauses in zip("ps", definition.clauses, strict=True):
            name = f"{side}{definition.pk}"
            sides.append(f"sum(fte_centi) FILTER (WHERE {_predicate(clauses, name, params)}) AS {name}")
    values = ", ".join(f"({d.pk}::bigint, sums.p{d.pk}, sums.s{d.pk})" for d in definitions)
    laboratories = posts = ""
    if organisation_ids is not None:
        params["organisations"] = list(organisation_ids)
        laboratories, posts = _OF_ORGANISATIONS, _OF_POSTS
    sql = _SELECT.format(sides=", ".join(sides), definitions=values, laboratories=laboratories, posts=posts)
    return sql, params


# A guest of another organisation works in a laboratory all the same.
_OF_POSTS = """AND (organisation_id = ANY(%(organisations)s) OR laboratory_id IN (
    SELECT id FROM talent_laboratory WHERE organisation_id = ANY(%(organisations)s)))"""


def _predicate(clauses: Clauses, name: str, params: dict[str, Any]) -> str:
    """``clauses`` as SQL over the columns of a post; values go into ``params``, column names come from our own list."""
    parts = []
    for number, clause in enumerate(clauses):
        tests = []
        for column in sorted(clause, key=list(COLUMNS).index):
            key = f"{name}_{number}_{column}"
            params[key] = list(clause[column])
            tests.append(f"{column} = ANY(%({key})s)")
        parts.append(" AND ".join(tests))
    return "(" + ") OR (".join(parts) + ")"


def rows_on(
    day: date, definitions: Sequence[RatioDefinition], organisation_ids: Sequence[int] | None = None
) -> list[UnitRow]:
    """The figures of a day as the posts stand now, nothing kept. One statement."""
    if not definitions:
        return []
    sql, params = statement(day, definitions, organisation_ids)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [UnitRow(*row) for row in cursor.fetchall()]


def keep_rows(month: RatioMonthEnd, definitions: Sequence[RatioDefinition]) -> int:
    """Write the figures of a month end. One statement; returns how many rows it wrote."""
    sql, params = statement(month.as_of, definitions)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(select=sql), params | {"month": month.pk})
        return int(cursor.rowcount)

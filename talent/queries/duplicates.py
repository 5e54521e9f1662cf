"""Records that may be of one person: the same name or pinyin, first those who share an organisation."""

from dataclasses import dataclass

from django.db import connection

from talent.models import Person

MOST = 500
_PAIRS = """
    SELECT a.id, b.id, bool_or(x.organisation_id IS NOT NULL) AS together
    FROM talent_person a
    JOIN talent_person b ON b.pinyin = a.pinyin AND b.id > a.id AND b.erased_at IS NULL AND b.merged_into_id IS NULL
    LEFT JOIN talent_affiliation p ON p.person_id = a.id
    LEFT JOIN talent_affiliation x ON x.person_id = b.id AND x.organisation_id = p.organisation_id
    WHERE a.erased_at IS NULL AND a.merged_into_id IS NULL AND a.pinyin <> ''
      AND (a.name_zh = b.name_zh OR (a.name_en <> '' AND a.name_en = b.name_en))
      AND NOT (a.user_id IS NOT NULL AND b.user_id IS NOT NULL) AND NOT (a.orcid IS NOT NULL AND b.orcid IS NOT NULL)
    GROUP BY a.id, b.id ORDER BY together DESC, a.id, b.id LIMIT %s
"""


@dataclass(frozen=True)
class Pair:
    """Two records, the older first; ``together`` when both had a post at one organisation."""

    first: Person
    second: Person
    together: bool


def pairs(*, most: int = MOST) -> list[Pair]:
    """Likely duplicates of the whole registry, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [most])
        rows = cursor.fetchall()
    keys = {key for first, second, _together in rows for key in (first, second)}
    known = Person.objects.defer("search").in_bulk(keys)
    return [Pair(known[first], known[second], together) for first, second, together in rows]

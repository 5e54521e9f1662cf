"""Search by Chinese words and pinyin without extensions: tokens in a ``tsvector`` that triggers keep.

PostgreSQL's own parser takes a run of Chinese for one word. So the vector holds single characters and pairs of
neighbours, Latin words, and pinyin (whole and initials) from each syllable on, so that a query can begin anywhere.
"""

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from innovation.organisations.models.fields import PINYIN_HELP
from innovation.organisations.rules import search_query

# The pure functions of rules.py once more, for the triggers.
FUNCTIONS = r"""
CREATE FUNCTION search_tokens(source text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH runs AS (
        SELECT m[1] AS run FROM regexp_matches(
            lower(normalize(coalesce(source, ''), NFKC)),
            '[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+|[a-z0-9]+', 'g') AS m
    )
    SELECT coalesce(array_agg(DISTINCT token), '{}') FROM (
        SELECT left(run, 60) AS token FROM runs WHERE run ~ '^[a-z0-9]'
        UNION ALL
        SELECT substr(run, place, size) FROM runs, generate_series(1, length(run)) place, (VALUES (1), (2)) AS s(size)
        WHERE run !~ '^[a-z0-9]' AND place + size - 1 <= length(run)
    ) AS found
$$;
CREATE FUNCTION pinyin_tokens(syllables text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH parts AS (SELECT string_to_array(coalesce(syllables, ''), ' ') AS words)
    SELECT coalesce(array_agg(DISTINCT token), '{}') FROM (
        SELECT left(array_to_string(words[place:], ''), 60) AS token
        FROM parts, generate_series(1, cardinality(words)) place
        UNION ALL
        SELECT left((SELECT string_agg(left(word, 1), '' ORDER BY number)
                     FROM unnest(words[place:]) WITH ORDINALITY AS u(word, number)), 60)
        FROM parts, generate_series(1, cardinality(words) - 1) place
    ) AS found WHERE token <> ''
$$;
CREATE FUNCTION name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(normalize(coalesce(name, ''), NFKC)),
                          '[^\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffffa-z0-9]+', '', 'g')
$$;
CREATE FUNCTION uscc_ok(code text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT code ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'
       AND substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + (
               (31 - (SELECT sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(code, place::int, 1)) - 1) * weight)
                      FROM unnest(ARRAY[1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28])
                           WITH ORDINALITY AS w(weight, place)) % 31) % 31)::int, 1) = substr(code, 18, 1)
$$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION search_tokens(text);
DROP FUNCTION pinyin_tokens(text);
DROP FUNCTION name_key(text);
DROP FUNCTION uscc_ok(text);
"""


def keep_search(*codes: str, extra: str = "", also: str = "") -> pgtrigger.Trigger:
    """Trigger that fills ``search`` from the columns ``codes``, the names and their pinyin.

    ``extra`` is SQL for a further text[] of tokens; ``also`` is SQL run before, for more derived columns.
    """
    named = ", ".join(f"NEW.{code}" for code in codes)
    more = f" || {extra}" if extra else ""
    return pgtrigger.Trigger(
        name="keep_search",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""{also}
            NEW.search := array_to_tsvector(
                search_tokens(concat_ws(' ', {named}, NEW.name_zh, NEW.name_en)) || pinyin_tokens(NEW.pinyin){more}
            );
            RETURN NEW;""",
    )


class SearchQuerySet(QuerySet):
    def visible_to(self, user: Any) -> "SearchQuerySet":
        """Public lists: every row, for whoever is signed in."""
        return self if user.is_authenticated else self.none()

    def search(self, text: str) -> "SearchQuerySet":
        """Rows that match the typed words (see ``rules.search_query``); all rows for nothing typed."""
        if not text.strip():
            return self
        query = search_query(text)
        return self.filter(matches("search", query)) if query else self.none()


def matches(field: str, query: str) -> Func:
    """Condition: the vector in ``field`` fits the tsquery text ``query``."""
    return Func(
        F(field), Value(query), template="%(expressions)s::tsquery", arg_joiner=" @@ ", output_field=BooleanField()
    )


class Searchable(models.Model):
    """Columns of a record that is found by its names."""

    pinyin = models.TextField(_("pinyin"), blank=True, editable=False, help_text=PINYIN_HELP)
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["search"], name="%(class)s_search")]

"""Skills of a release of ESCO: known addresses are renewed, new ones added, Chinese labels of our own are kept."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from innovation.organisations.rules import pinyin_key
from talent.choices.skills import Vocabulary
from talent.imports.lines import Line
from talent.imports.people import MAX_ERRORS, SHOWN, Checked

_STAGE = "CREATE TEMPORARY TABLE talent_incoming (uri text, name_en text, name_zh text, pinyin text) ON COMMIT DROP"
_WRITE = f"""
INSERT INTO talent_skill (vocabulary, uri, is_area, name_zh, name_en, release, is_verified, is_current, pinyin)
SELECT '{Vocabulary.ESCO}', uri, false, name_zh, name_en, %s, true, true, pinyin FROM talent_incoming
ON CONFLICT (uri) DO UPDATE SET name_en = excluded.name_en, release = excluded.release, is_current = true,
    name_zh = CASE WHEN excluded.name_zh = '' THEN talent_skill.name_zh ELSE excluded.name_zh END,
    pinyin = CASE WHEN excluded.name_zh = '' THEN talent_skill.pinyin ELSE excluded.pinyin END
"""  # noqa: S608 - the vocabulary comes from our own enumeration


def check(lines: Iterable[Line]) -> Checked:
    """Check all lines: an address of ESCO and a label each, no address twice."""
    result, seen = Checked(), set()
    for line in lines:
        result.read += 1
        uri, name = line.cells.get("uri", ""), line.cells.get("name_en", "")
        wrong = ""
        if not uri.startswith("http://data.europa.eu/esco/"):
            wrong = _("This is no address of ESCO.")
        elif not name or len(name) > 300 or len(uri) > 300:  # noqa: PLR2004 - the columns' own length
            wrong = _("Give a label of at most 300 characters.")
        elif uri in seen:
            wrong = _("This address stands twice in the file.")
        if wrong and len(result.errors) < MAX_ERRORS:
            result.errors.append({"row": line.number, "column": "conceptUri", "value": uri, "message": wrong})
        if wrong:
            continue
        seen.add(uri)
        chinese = line.cells.get("name_zh", "")[:200]
        result.rows.append((uri, name, chinese, pinyin_key(chinese)))
        if len(result.shown) < SHOWN:
            result.shown.append([str(line.number), name, chinese, uri])
    return result


def write(rows: list[tuple[str, ...]], release: str) -> int:
    """Write checked rows within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY talent_incoming (uri, name_en, name_zh, pinyin) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_WRITE, [release])
        cursor.execute("DROP TABLE talent_incoming")
    return len(rows)

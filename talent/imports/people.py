"""People of a file: each line checked, then all of them written by one COPY and one INSERT … SELECT per table."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.organisations.models import Organisation
from innovation.organisations.rules import pinyin_key
from talent.choices.people import FrascatiClass, OrcidState, PostClass, PostDuty, RoleKind, RoleState
from talent.imports.lines import Line
from talent.models import Person
from talent.rules import orcid
from talent.rules.posts import FULL_TIME

MAX_ERRORS, SHOWN = 200, 50
_LONGEST = {"family_name": 60, "given_name": 100, "name_en": 160, "former_names": 300, "title": 120}
_CHOICES = (
    ("kind", RoleKind, ""), ("duty", PostDuty, PostDuty.OTHER), ("post_class", PostClass, PostClass.TECHNICAL),
    ("frascati_class", FrascatiClass, FrascatiClass.OUTSIDE),
)  # fmt: skip
_STAGED = (
    "uuid", "family_name", "given_name", "name_en", "former_names", "pinyin", "orcid", "kind", "organisation_id",
    "title", "duty", "post_class", "frascati_class", "fte_centi", "valid_from", "valid_to",
)  # fmt: skip
_STAGE = """
CREATE TEMPORARY TABLE talent_incoming (
    uuid uuid, family_name text, given_name text, name_en text, former_names text, pinyin text, orcid text, kind text,
    organisation_id bigint, title text, duty text, post_class text, frascati_class text, fte_centi int,
    valid_from date, valid_to date
) ON COMMIT DROP
"""
_PEOPLE = f"""
INSERT INTO talent_person (uuid, family_name, given_name, name_zh, name_en, former_names, pinyin, orcid, orcid_state,
                           is_listed, shown_fields, offers, registered_at)
SELECT uuid, family_name, given_name, '', name_en, former_names, pinyin, orcid,
       CASE WHEN orcid IS NULL THEN '{OrcidState.NONE}' ELSE '{OrcidState.SELF_DECLARED}' END, false, '{{}}', '', %s
FROM talent_incoming
"""  # noqa: S608 - the states come from our own enumeration
_POSTS = """
INSERT INTO talent_affiliation (person_id, organisation_id, title, duty, post_class, r_profile, frascati_class,
                                fte_centi, valid_from, valid_to, funding, confirmed_by_id, confirmed_at, recorded_at)
SELECT person.id, incoming.organisation_id, title, duty, post_class, '', frascati_class, fte_centi, valid_from,
       valid_to, '', %s, %s, %s
FROM talent_incoming incoming JOIN talent_person person USING (uuid) WHERE incoming.organisation_id IS NOT NULL
"""
_ROLES = f"""
INSERT INTO talent_roleprofile (person_id, kind, state, state_since)
SELECT person.id, kind, '{RoleState.SUBMITTED}', %s FROM talent_incoming JOIN talent_person person USING (uuid)
WHERE kind <> ''
"""  # noqa: S608 - the states come from our own enumeration


@dataclass
class Checked:
    """What a file holds: ``rows`` to write in the order of ``_STAGED``, what is wrong, and what to look at."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0
    masked: int = 0
    namesakes: int = 0
    shown: list[list[str]] = field(default_factory=list)

    def as_report(self) -> dict[str, Any]:
        """What is kept of the check; no more of the people than the first lines."""
        return {
            "rows": self.read, "errors": self.errors[:MAX_ERRORS], "masked": self.masked,
            "namesakes": self.namesakes, "shown": self.shown,
        }  # fmt: skip


class _Wrong(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def check(lines: Iterable[Line]) -> Checked:
    """Check all lines; nothing is written. Whoever has an ORCID iD of the registry already is an error of the line."""
    result, known = Checked(), _Known()
    for line in lines:
        result.read += 1
        result.masked += line.masked
        try:
            row = _row(line.cells, known)
        except _Wrong as wrong:
            if len(result.errors) < MAX_ERRORS:
                value = line.cells.get(wrong.column, "")
                told = {"row": line.number, "column": wrong.column, "value": value, "message": str(wrong)}
                result.errors.append(told)
            continue
        result.namesakes += row[1] + row[2] in known.names
        result.rows.append(row)
        if len(result.shown) < SHOWN:
            result.shown.append([str(line.number), row[1] + row[2], row[7], line.cells.get("organisation", "")])
    return result


class _Known:
    """What lines are compared with, read once: codes and names of organisations, iDs and names of the registry."""

    def __init__(self) -> None:
        self.units: dict[str, int] = {}
        rows = Organisation.objects.current().values_list("pk", "uscc", "local_code", "name_zh", "name_en")
        for key, *names in rows.iterator():
            self.units |= {name: key for name in names if name}
        people = Person.objects.current()
        self.codes = {column: _codes(choices) for column, choices, _default in _CHOICES}
        self.names = set(people.values_list("name_zh", flat=True))
        self.orcids = set(people.exclude(orcid=None).values_list("orcid", flat=True))


def _row(cells: dict[str, str], known: _Known) -> tuple[Any, ...]:
    family, given = cells.get("family_name", ""), cells.get("given_name", "")
    if not (family or given) and cells.get("name"):
        family, given = cells["name"][:1], cells["name"][1:]
    if not (family or given):
        raise _Wrong("family_name", _("Give a name."))
    for name, most in _LONGEST.items():
        if len(cells.get(name, "")) > most:
            raise _Wrong(name, _("Write at most %(most)s characters.") % {"most": most})
    chosen = {column: _choice(cells, column, known.codes[column]) or default for column, _all, default in _CHOICES}
    whole = f"{given} {family}".strip() if family[:1].isascii() else family + given
    return (
        uuid.uuid4(), family, given, cells.get("name_en", ""), cells.get("former_names", ""), pinyin_key(whole),
        _orcid(cells, known), chosen["kind"], *_post(cells, chosen, known),
    )  # fmt: skip


def _post(cells: dict[str, str], chosen: dict[str, str], known: _Known) -> Iterator[Any]:
    """The columns of the post; all empty where no organisation is named."""
    named = cells.get("organisation", "")
    if not named:
        yield from (None,) * 8
        return
    unit = known.units.get(named) or known.units.get(named.replace(" ", "").upper())
    if unit is None:
        raise _Wrong("organisation", _("No organisation is known by this code or name."))
    first, last = _day(cells, "valid_from"), _day(cells, "valid_to")
    if first is None:
        raise _Wrong("valid_from", _("Say since when the post is held."))
    if last is not None and last < first:
        raise _Wrong("valid_to", _("The last day lies before the first."))
    share = cells.get("fte", "").removesuffix("%") or str(FULL_TIME)
    if not share.isdecimal() or not 1 <= int(share) <= FULL_TIME:
        raise _Wrong("fte", _("Between 1 and 100 hundredths of full time."))
    yield from (unit, cells.get("title", "") or "–", chosen["duty"], chosen["post_class"], chosen["frascati_class"])
    yield from (int(share), first, last)


def _codes(choices: Any) -> dict[str, str]:
    """Codes of a list by themselves and by their labels in every language of the product."""
    found = {code: code for code in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(label).casefold(): code for code, label in choices.choices}
    return found


def _choice(cells: dict[str, str], column: str, codes: dict[str, str]) -> str:
    text = cells.get(column, "").casefold()
    if text and text not in codes:
        expected = ", ".join(sorted(set(codes.values())))
        raise _Wrong(column, _("One of these is expected: %(codes)s.") % {"codes": expected})
    return codes[text] if text else ""


def _orcid(cells: dict[str, str], known: _Known) -> str | None:
    text = cells.get("orcid", "")
    if not text:
        return None
    found = orcid.canonical(text)
    if found is None:
        raise _Wrong("orcid", _("This is no ORCID iD."))
    if found in known.orcids:
        raise _Wrong("orcid", _("Another person of the registry, or of this file, has this ORCID iD."))
    known.orcids.add(found)
    return found


def _day(cells: dict[str, str], column: str) -> date | None:
    text = cells.get(column, "").replace("/", "-").replace(".", "-")[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _Wrong(column, _("Write the day as 2026-06-30.")) from None


def write(rows: list[tuple[Any, ...]], actor_id: int | None) -> int:
    """Write checked rows within the caller's transaction: people, posts confirmed by the office, profiles submitted."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(f"COPY talent_incoming ({', '.join(_STAGED)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_PEOPLE, [now])
        cursor.execute(_POSTS, [actor_id, now, now])
        cursor.execute(_ROLES, [now])
        cursor.execute("DROP TABLE talent_incoming")
    return len(rows)

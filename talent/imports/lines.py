"""People in files, line by line: CSV with Chinese or English headings, and a subset of the CERIF XML profile.

What looks like a resident identity number is masked before anything else reads the line; sex, birth dates and other
elements of CERIF that are not kept are not read at all.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from innovation.core.errors import RuleViolation
from innovation.core.resident_ids import find

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "family_name": ("family_name", "family", "姓"),
    "given_name": ("given_name", "given", "名"),
    "name": ("name", "姓名"),
    "name_en": ("name_en", "latin_name", "拉丁姓名", "英文姓名"),
    "former_names": ("former_names", "曾用名"),
    "orcid": ("orcid", "orcid_id"),
    "kind": ("kind", "类别", "登记类别"),
    "organisation": ("organisation", "organization", "单位", "单位代码"),
    "title": ("post", "title", "岗位"),
    "duty": ("duty", "kind_of_work", "工作类别"),
    "post_class": ("post_class", "岗位类别"),
    "frascati_class": ("frascati_class", "弗拉斯卡蒂分类"),
    "fte": ("fte", "fte_percent", "全时当量"),
    "valid_from": ("from", "valid_from", "起", "起始日期"),
    "valid_to": ("to", "valid_to", "止", "结束日期"),
}
"""Columns and the headings by which they are known. ``fte`` is per cent of full time."""
ESCO_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "uri": ("concepturi",), "name_en": ("preferredlabel",), "name_zh": ("label_zh", "中文名称"),
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(slots=True)
class Line:
    """One line of a file: its number and its cells as text, by column. ``masked`` says that a number was hidden."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    masked: bool = False


def csv_lines(content: IO[bytes], headings: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Iterator[Line]:
    """Lines of a CSV file below its heading. Raises ``FILE_ENCODING``, ``COLUMN_MISSING``."""
    rows = csv.reader(io.StringIO(_decoded(content.read())))
    header = [cell.strip().casefold().replace(" ", "_") for cell in next(rows, [])]
    places = {
        name: next(at for at, heading in enumerate(header) if heading in names)
        for name, names in headings.items()
        if any(heading in names for heading in header)
    }
    if missing := [headings[name][0] for name in needed if name not in places]:
        message = _("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)}
        raise RuleViolation("COLUMN_MISSING", message, field="file")
    for number, cells in enumerate(rows, start=2):
        texts = {name: cells[at] for name, at in places.items() if at < len(cells)}
        if any(texts.values()):
            yield masked(Line(number, texts))


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleViolation("FILE_ENCODING", _("The text of the file cannot be read. Save it as UTF-8."), field="file")


def cerif_lines(content: IO[bytes]) -> Iterator[Line]:
    """People of a CERIF file, each with its first affiliation. Raises ``FILE_XML``."""
    number = 0
    try:
        for _event, element in iterparse(content, forbid_dtd=True):
            if _local(element.tag) == "Person":
                number += 1
                yield masked(Line(number, _person(element)))
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise RuleViolation("FILE_XML", _("This is no CERIF file, or it is damaged."), field="file") from error
    if not number:
        raise RuleViolation("FILE_XML", _("The file holds no person."), field="file")


def _person(element: Any) -> dict[str, str]:
    cells: dict[str, str] = {}
    named = {"FamilyNames": "family_name", "FirstNames": "given_name", "OtherNames": "former_names", "ORCID": "orcid"}
    for child in element.iter():
        name = _local(child.tag)
        if name in named:
            cells.setdefault(named[name], child.text or "")
        elif name == "Affiliation" and "organisation" not in cells:
            unit = next((each for each in child.iter() if _local(each.tag) == "OrgUnit"), None)
            texts = {_local(each.tag): each.text or "" for each in child.iter()}
            cells["organisation"] = (unit.get("id") if unit is not None else "") or texts.get("Name", "")
            cells["title"] = texts.get("Role", "")
            cells["valid_from"] = child.get("startDate", "")
            cells["valid_to"] = child.get("endDate", "")
    return cells


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def masked(line: Line) -> Line:
    """The line with its cells trimmed and identity numbers hidden behind asterisks."""
    for name, text in line.cells.items():
        found = find(text)
        line.cells[name] = " ".join((found.masked if found.hits else text).split())
        line.masked = line.masked or bool(found.hits)
    return line

"""A table of earlier awards, row by row: whose, what for, how much in which unit, from when to when."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.utils.translation import gettext as _

from innovation.calls.choices import AwardState
from innovation.calls.models import EarlierAward
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, to_fen
from innovation.organisations.imports import ChoiceWidget, DayWidget, unescaped
from innovation.organisations.models import Organisation
from innovation.organisations.models.fields import normalise_uscc

HEADS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation", "uscc", "单位", "承担单位", "统一社会信用代码"),
    "funder": ("funder", "资助单位", "立项单位", "主管部门"),
    "number": ("number", "project number", "编号", "项目编号", "立项编号"),
    "title": ("project", "title", "项目名称", "项目"),
    "programme": ("programme", "计划类别", "专项", "计划"),
    "leader": ("leader", "负责人", "项目负责人"),
    "awarded_on": ("awarded on", "awarded_on", "立项日期", "立项时间"),
    "ends_on": ("ends on", "ends_on", "结束日期", "完成时间"),
    "state": ("state", "状态", "项目状态"),
}
AMOUNTS: Mapping[Unit, tuple[str, ...]] = {
    Unit.YUAN: ("amount (yuan)", "amount_yuan", "金额（元）", "资助金额（元）"),
    Unit.WAN: ("amount (10,000 yuan)", "amount_wan", "金额（万元）", "资助金额（万元）"),
}
"""The unit of an amount stands in its head: a table without it is refused."""
NEEDED = ("organisation", "funder", "number", "title", "awarded_on", "state")
LENGTHS = {"funder": 200, "number": 80, "title": 200, "programme": 200, "leader": 100}
HEAD_WITHIN = 30
MOST_ROWS = 5_000
MOST_SHOWN = 100
MOST_FEN = 10**15
"""Ten trillion yuan."""


@dataclass
class _Row:
    """One line of the file: ``facts`` by field as they would be stored, ``faults`` by column."""

    number: int
    cells: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def template_csv() -> bytes:
    """An example of the table with the heads in Chinese."""
    rows = (
        "统一社会信用代码,资助单位,项目编号,项目名称,计划类别,项目负责人,金额（万元）,立项日期,结束日期,项目状态",
        "91110000600037341L,省科学技术厅,2023C01234,车规级激光雷达,重点研发计划,李工,120.5,2023-05-01,2025-04-30,已结题",
    )
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def check_rows(lines: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """What a file would do: the report of an ``AwardImport``. Raises ``COLUMNS_MISSING``, ``TOO_MANY``, ``NO_ROWS``."""
    place, columns, unit = _head(lines)
    rows = []
    for number, line in enumerate(lines[place + 1 :], start=place + 2):
        cells = {name: unescaped(line[at]) if at < len(line) else "" for name, at in columns.items()}
        if any(str(cell).strip() for cell in cells.values()):
            rows.append(_Row(number, cells))
    if not rows:
        raise RuleViolation("NO_ROWS", _("The file has a heading, but no row below it."), field="file")
    if len(rows) > MOST_ROWS:
        raise RuleViolation("TOO_MANY", _("More than 5,000 rows. Hand them in in parts."), field="file")
    _read(rows, unit)
    return _report(rows, list(columns), lines[place], columns)


def _head(lines: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int], Unit]:
    known = {_plain(head): name for name, heads in HEADS.items() for head in heads}
    units = {_plain(head): unit for unit, heads in AMOUNTS.items() for head in heads}
    for place, line in enumerate(lines[:HEAD_WITHIN]):
        plain = [_plain(cell) for cell in line]
        columns = {known[head]: at for at, head in enumerate(plain) if head in known}
        if {"number", "title"} <= columns.keys():
            amounts = [(at, units[head]) for at, head in enumerate(plain) if head in units]
            missing = [HEADS[name][-1] for name in NEEDED if name not in columns]
            if missing:
                raise RuleViolation(
                    "COLUMNS_MISSING", _("Columns are missing: %(names)s") % {"names": ", ".join(missing)}, field="file"
                )
            if len(amounts) != 1:
                raise RuleViolation(
                    "COLUMNS_MISSING",
                    _("One column holds the amount and names its unit: “amount (yuan)” or “amount (10,000 yuan)”."),
                    field="file",
                )  # fmt: skip
            return place, columns | {"amount_fen": amounts[0][0]}, amounts[0][1]
    raise RuleViolation("COLUMNS_MISSING", _("No line with column heads was found. Take the example."), field="file")


def _plain(cell: Any) -> str:
    return str(cell).strip().strip("*").strip().casefold().replace("(", "（").replace(")", "）").replace(" ", "")


def _read(rows: Sequence[_Row], unit: Unit) -> None:
    """Judge every cell; organisations are looked up once for all rows."""
    found = _organisations({str(row.cells["organisation"]).strip() for row in rows})
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        for name, most in LENGTHS.items():
            if name not in row.cells:
                continue
            text = str(row.cells[name]).strip()
            if not text and name in NEEDED:
                row.faults[name] = _("This is needed.")
            elif len(text) > most:
                row.faults[name] = _("The text is longer than %(most)s characters.") % {"most": most}
            row.facts[name] = text
        whose = str(row.cells["organisation"]).strip()
        matches = found.get(whose, [])
        if len(matches) == 1:
            row.facts["organisation_id"] = matches[0]
        else:
            row.faults["organisation"] = (
                _("Several organisations have this name. Give the code.") if matches
                else _("No organisation of the register has this code or name.")
            )  # fmt: skip
        _read_amount(row, unit)
        _read_days(row)
        _read_state(row, AwardState)
        key = (row.facts["funder"], row.facts["number"])
        if key in seen and all(key):
            row.faults["number"] = _("Stands in row %(row)s already.") % {"row": seen[key]}
        seen.setdefault(key, row.number)


def _organisations(asked: set[str]) -> dict[str, list[int]]:
    """Numbers of the organisations by what a row says: a code first, else the full name."""
    codes = {normalise_uscc(one): one for one in asked} | {one.upper(): one for one in asked}
    found: dict[str, list[int]] = {}
    current = Organisation.objects.current()
    for name in ("uscc", "local_code"):
        for pk, code in current.filter(**{f"{name}__in": codes}).values_list("pk", name):
            found[codes[code]] = [pk]
    for name in ("name_zh", "name_en"):
        for pk, text in current.filter(**{f"{name}__in": asked - found.keys() - {""}}).values_list("pk", name):
            if pk not in found.setdefault(text, []):
                found[text].append(pk)
    return found


def _read_amount(row: _Row, unit: Unit) -> None:
    text = str(row.cells["amount_fen"]).strip()
    try:
        row.facts["amount_fen"] = to_fen(text, unit)
    except RuleViolation as refused:
        row.faults["amount_fen"] = str(refused)
        return
    if not 0 <= row.facts["amount_fen"] <= MOST_FEN:
        row.faults["amount_fen"] = _("An amount lies between zero and ten trillion yuan.")


def _read_days(row: _Row) -> None:
    for name in ("awarded_on", "ends_on"):
        if name not in row.cells:
            continue
        cell = row.cells[name]
        row.facts[name] = None
        if not str(cell).strip():
            if name in NEEDED:
                row.faults[name] = _("This is needed.")
            continue
        try:
            row.facts[name] = DayWidget().clean(cell)
        except ValidationError as error:
            row.faults[name] = error.messages[0]
    start, end = row.facts["awarded_on"], row.facts.get("ends_on")
    if isinstance(start, datetime.date) and isinstance(end, datetime.date) and end < start:
        row.faults["ends_on"] = _("A project ends after it was awarded.")


def _read_state(row: _Row, choices: type[Choices]) -> None:
    try:
        row.facts["state"] = ChoiceWidget(choices).clean(row.cells["state"])
    except ValidationError as error:
        row.faults["state"] = error.messages[0]


def _report(
    rows: Sequence[_Row], names: Sequence[str], head: Sequence[Any], columns: Mapping[str, int]
) -> dict[str, Any]:
    wrong = [row for row in rows if row.faults]
    good = [row.facts for row in rows if not row.faults]
    known = known_awards(good)
    counts = {"new": 0, "changed": 0, "same": 0}
    for facts in good:
        counts[difference(facts, known.get((facts["funder"], facts["number"])))] += 1
    return {
        "rows": len(rows),
        "counts": counts,
        "lines": [] if wrong else good,
        "faults": sum(len(row.faults) for row in wrong),
        "heads": [str(head[columns[name]]) for name in names],
        "wrong": [
            {"row": row.number,
             "cells": [[str(row.cells.get(name, "")), row.faults.get(name, "")] for name in names]}
            for row in wrong[:MOST_SHOWN]
        ],
    }  # fmt: skip


def known_awards(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], EarlierAward]:
    """The awards of these funders and numbers that are recorded already."""
    numbers = {facts["number"] for facts in rows}
    return {(one.funder, one.number): one for one in EarlierAward.objects.filter(number__in=numbers)}


def difference(facts: Mapping[str, Any], standing: EarlierAward | None) -> str:
    """``new``, ``same`` or ``changed``; a column that the file does not have changes nothing."""
    if standing is None:
        return "new"
    told = ((value, facts[name]) for name, value in standing.facts.items() if name in facts)
    return "same" if all(before == after for before, after in told) else "changed"

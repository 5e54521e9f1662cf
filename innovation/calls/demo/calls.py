"""Demonstration: the strategy's goals, two programmes, six calls (two open, one coming, three closed), documents.

Windows are counted from the day on which the city is made, so that an open call is open whenever it is looked at.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.accounts.models import User
from innovation.calls.choices import CallState
from innovation.calls.data.definitions import ready_made
from innovation.calls.models import (
    Call,
    CallDocument,
    DeadlineDefinition,
    FormDefinition,
    Goal,
    ProcessDefinition,
    Programme,
    RubricDefinition,
    ScoreSheet,
)
from innovation.organisations.models import Organisation

FILE = Path(__file__).with_name("calls.json")
WAN = 1_000_000
MORNING, EVENING = time(9), time(17)
FUNDING, MANAGING = "科学技术局", "项目管理中心"
DEFINITIONS: dict[str, Any] = {
    "form": FormDefinition,
    "process": ProcessDefinition,
    "rubric": RubricDefinition,
    "deadlines": DeadlineDefinition,
    "score_sheet": ScoreSheet,
}
Row = dict[str, Any]


@dataclass(frozen=True)
class _City:
    """What calls are made of."""

    today: date
    goals: dict[str, Goal]
    programmes: dict[str, Programme]
    officer: User | None
    manager: User | None


def make_calls() -> None:
    """Make what is not there yet; the same each time."""
    content: Row = json.loads(FILE.read_text(encoding="utf-8"))
    if Call.objects.filter(code=content["calls"][0]["code"]).exists():
        return
    today = timezone.localdate()
    goals = _goals(content["goals"])
    officer, manager = (
        User.objects.filter(email=email_of(role)).first() for role in (Role.FUND_OFFICER, Role.PROGRAMME_MANAGER)
    )
    city = _City(today, goals, _programmes(content["programmes"], goals, today), officer, manager)
    for row in content["calls"]:
        call = _call(row, city)
        for document in row["documents"]:
            _document(call, document, officer)


def _goals(rows: list[Row]) -> dict[str, Goal]:
    made: dict[str, Goal] = {}
    for row in rows:
        facts = {"parent": made.get(row["parent"]), **_titles(row)}
        made[row["code"]] = Goal.objects.get_or_create(code=row["code"], defaults=facts)[0]
    return made


def _programmes(rows: list[Row], goals: dict[str, Goal], today: date) -> dict[str, Programme]:
    funding, managing = (Organisation.objects.filter(name_zh__contains=name).first() for name in (FUNDING, MANAGING))
    made = {}
    for row in rows:
        facts = {
            **_titles(row),
            "goal": goals[row["goal"]],
            "budget_fen": row["budget"] * WAN,
            "is_mission": row["is_mission"],
            "starts_on": date(today.year - 2, 1, 1),
            "ends_on": date(today.year + row["years"], 12, 31),
            "review_on": date(today.year + 1, 6, 30),
            "funding_body": funding,
            "managing_body": managing,
        }
        made[row["code"]] = Programme.objects.get_or_create(code=row["code"], defaults=facts)[0]
    return made


def _titles(row: Row) -> Row:
    return {"title_zh": row["title"]["zh"], "title_en": row["title"]["en"]}


def _call(row: Row, city: _City) -> Call:
    made = ready_made()[row["ready_made"]]
    opens = _moment(city.today + timedelta(days=row["opens_in"]), MORNING)
    closes = row["closes_in"] and _moment(city.today + timedelta(days=row["closes_in"]), EVENING)
    words = {f"{name}_{language}": row[name][language] for name in ("summary", "text", "who") for language in row[name]}
    facts = {
        **_titles(row),
        **words,
        **made.get("call", {}),
        **{name: model.objects.newest(made[name]) for name, model in DEFINITIONS.items() if made.get(name)},
        "kind": made["kind"],
        "goal": city.goals[row["goal"]],
        "programme": city.programmes.get(row.get("programme", "")),
        "opens_at": opens,
        "closes_at": closes,
        "state": CallState.PUBLISHED,
        "published_at": min(timezone.now(), opens - timedelta(days=5)),
        "published_by": city.manager,
        "officer": city.officer,
        "sectors": row.get("sectors", []),
        "contact": row["contact"],
        "budget_fen": row["budget"] and row["budget"] * WAN,
    }
    if row.get("most"):
        facts["max_award_fen"] = row["most"] * WAN
    return Call.objects.create(code=row["code"], **facts)


def _moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def _document(call: Call, row: Row, officer: User | None) -> None:
    content = row["content"].encode("utf-8-sig")
    CallDocument.objects.create(
        call=call,
        title=row["title"],
        file=ContentFile(content, name=f"{call.code}-{row['name']}"),
        file_name=row["name"],
        file_kind="csv",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        recorded_by=officer,
    )

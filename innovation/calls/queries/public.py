"""Calls as the public sees them: lists by phase with their counts, search, and the steps that follow an application."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Case, CharField, Count, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.calls.choices import ApplicationState, CallPhase, CallState
from innovation.calls.data.definitions import ready_made
from innovation.calls.models import Call
from innovation.calls.models.application_states import EVENT_NAMES, STATE_NAMES
from innovation.calls.rules import workflow
from innovation.calls.shown import in_language as words
from innovation.organisations.models.search import matches
from innovation.organisations.rules import search_query

WORDS = (
    "code",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "who_zh",
    "who_en",
    "goal__title_zh",
    "goal__title_en",
)
MAIN_WAY = (
    "submit", "check_pass", "check_county", "check_city", "check_province", "assign", "close_review", "approve",
    "publish_notice", "sign", "issue",
)  # fmt: skip
# Deadlines count from events; these events lead into these states.
EVENT_OF_STATE = {"in_review": "assigned"}
LAST_HOURS = 48


def published(now: datetime) -> QuerySet[Call]:
    """Every call that is or was published, with what lists show and its phase; cancelled ones count as closed."""
    phase = Case(
        When(state=CallState.CANCELLED, then=Value(CallPhase.CLOSED.value)),
        When(opens_at__gt=now, then=Value(CallPhase.COMING.value)),
        When(closes_at__lte=now, then=Value(CallPhase.CLOSED.value)),
        default=Value(CallPhase.OPEN.value),
        output_field=CharField(),
    )
    rows = Call.objects.exclude(state=CallState.DRAFT).select_related("goal", "programme", "process")
    return rows.annotate(phase_now=phase)


def searched(rows: QuerySet[Call], text: str) -> QuerySet[Call]:
    """Calls that match the typed words, Chinese by characters and pairs; all of them for nothing typed."""
    if not text.strip():
        return rows
    query = search_query(text)
    if not query:
        return rows.none()
    whole = Func(
        Value(" "), *[Coalesce(F(name), Value("")) for name in WORDS], function="concat_ws", output_field=CharField()
    )
    tokens = Func(Func(whole, function="search_tokens"), function="array_to_tsvector", output_field=SearchVectorField())
    return rows.annotate(words=tokens).filter(matches("words", query))


def for_sector(rows: QuerySet[Call], sector: str) -> QuerySet[Call]:
    """Calls to which organisations of ``sector`` may apply; a call without sectors is open to all."""
    return rows.filter(Q(sectors=[]) | Q(sectors__contains=[sector])) if sector else rows


def counts(rows: QuerySet[Call]) -> dict[str, int]:
    """How many calls stand in each phase."""
    found = dict(rows.order_by().values_list("phase_now").annotate(number=Count("pk")))
    return {phase: found.get(phase, 0) for phase in CallPhase}


def in_order(rows: QuerySet[Call], phase: str) -> QuerySet[Call]:
    """What closes first comes first; of those to come what opens first; of the closed what closed last."""
    order = {
        CallPhase.OPEN: [F("closes_at").asc(nulls_last=True), "code"],
        CallPhase.COMING: ["opens_at", "code"],
        CallPhase.CLOSED: [F("closes_at").desc(nulls_last=True), "code"],
    }
    return rows.order_by(*order[CallPhase(phase)])


def kind_names() -> dict[str, str]:
    """Names of the shipped processes, by which people filter calls."""
    return {row["process"]: words(workflow.SHIPPED[row["process"]]["title"]) for row in ready_made().values()}


def time_left(closes_at: datetime | None, now: datetime) -> str:
    """How long a call is still open: days, in the last two days hours; empty without an end or after it."""
    if closes_at is None or closes_at <= now:
        return ""
    left = closes_at - now
    hours = max(1, left // timedelta(hours=1))
    if hours < LAST_HOURS:
        return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    return ngettext("%(count)s day left", "%(count)s days left", left.days) % {"count": left.days}


@dataclass(frozen=True)
class Step:
    """One step after the application: what it is, what the applicant reads then, and the days that it may take."""

    title: str
    public: str
    days: tuple[str, ...]


def steps_of(process: Mapping[str, Any], deadlines: Mapping[str, Any] | None) -> tuple[Step, ...]:
    """The usual way of a case through its process, from the draft on, with the deadlines that count from each step."""
    rows = list((deadlines or {}).get("deadlines", ()))
    found, state = [], "draft"
    for _turn in MAIN_WAY:
        ways = {row.event: row.to for row in workflow.transitions(process) if row.state == state}
        event = next((name for name in MAIN_WAY if name in ways), None)
        if event is None or ways[event] == state:
            break
        state = ways[event]
        counted = EVENT_OF_STATE.get(state, state)
        days = tuple(_days(row) for row in rows if row["rule"].get("event") == counted)
        found.append(Step(str(EVENT_NAMES[event]), str(STATE_NAMES[ApplicationState(state)].public), days))
    return tuple(found)


def other_deadlines(deadlines: Mapping[str, Any] | None, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The deadlines that stand at no step."""
    shown = {day for step in steps for day in step.days}
    return tuple(text for row in (deadlines or {}).get("deadlines", ()) if (text := _days(row)) not in shown)


def _days(row: Mapping[str, Any]) -> str:
    return _("%(what)s: %(when)s") % {"what": words(row["title"]), "when": rule_words(row["rule"])}


def rule_words(rule: Mapping[str, Any]) -> str:
    """A deadline's rule in one phrase."""
    if rule["kind"] == "working_days":
        return ngettext("within %(count)s working day", "within %(count)s working days", abs(rule["days"])) % {
            "count": abs(rule["days"])
        }
    if rule["kind"] == "calendar_days":
        return ngettext("within %(count)s day", "within %(count)s days", abs(rule["days"])) % {
            "count": abs(rule["days"])
        }
    if rule["kind"] == "yearly":
        return _("every year by %(day)s") % {"day": rule["month_day"]}
    if rule["kind"] == "window":
        return _("%(opens)s to %(closes)s") % {"opens": rule["opens"], "closes": rule["closes"]}
    return _("by %(day)s") % {"day": rule["on"]}


def weights(sheet: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Each criterion of a score sheet: text, help, weight in whole percent of all."""
    total = sum(row["weight"] for row in sheet["criteria"]) or 1
    for row in sheet["criteria"]:
        yield words(row["text"]), words(row.get("help")), round(100 * row["weight"] / total)

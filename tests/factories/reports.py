"""Reports for tests: kinds that need no records, and runs that are finished without a worker."""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import forms

from innovation.accounts.choices import STAFF_ROLES
from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.charts import BarChart
from innovation.reports import actions, registry
from innovation.reports.actions.making import store
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Day,
    Figure,
    Gauge,
    Money,
    Percent,
    ReportData,
    Row,
    Section,
    Source,
    Status,
    Table,
    Text,
    Times,
    Unknown,
)
from innovation.reports.models import ReportRun, ReportSchedule
from innovation.reports.registry import ParametersForm, ReportKind
from tests.factories.accounts import UserFactory

HOSTILE = '=HYPERLINK("http://evil.example","x")'


class SampleParameters(ParametersForm):
    fund = forms.CharField(max_length=200)
    stages = forms.MultipleChoiceField(choices=[("seed", "Seed"), ("angel", "Angel")], required=False)


def build_sample(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Every kind of content once; all of it follows from the arguments."""
    columns = (
        Column("Holding"), Column("Cost", ColumnKind.MONEY), Column("Share", ColumnKind.PERCENT),
        Column("DPI", ColumnKind.TIMES), Column("Companies", ColumnKind.COUNT), Column("Since", ColumnKind.DAY),
    )  # fmt: skip
    row = (Text(HOSTILE), Money(-123_456_789), Percent(Fraction(1, 3)), Times(Fraction(7, 4)), Count(1234), Day(as_of))
    missing = (Text("晨光科技"), *(Unknown("not valued yet") for _column in columns[1:]))
    table = Table("Holdings: all/of [them]", columns, (Row(row, "/x/", unverified=True), Row(missing)), total=Row(row))
    small = Table("Months", (Column("Month"), Column("Rate", ColumnKind.PERCENT)), (Row((Text("2026-01"), row[2])),))
    section = Section(
        "Figures",
        gauges=(Gauge("Cap", Fraction(31, 100), Fraction(2, 5), Status("Warning", "notice"), Fraction(3, 10),
                      (Figure("Left", Money(900_000_000)),), unverified=True),),
        figures=(
            Figure("Lost", Money(31_000_000_000), "/rows/", "of 100", unverified=True, status=Status("High", "bad")),
            Figure("Rate", Percent(Fraction(31, 100))),
            Figure("IRR", Unknown("no valuation")),
        ),
        charts=(Chart(BarChart("Rate rose", (("2026-01", Fraction(1, 3)),)), small),),
        tables=(table, Table("Nothing", (Column("A"),), empty="There is none.")),
        notes=("A note.",),
    )  # fmt: skip
    return ReportData(
        "Sample report", (section,), summary=f"Fund {params['fund']}", notes=(HOSTILE,),
        sources=(Source("Policy", "article 5", "abc123", unverified=True),), scope=(("Fund", params["fund"]),),
    )  # fmt: skip


def sample_kind(**changes: Any) -> ReportKind:
    facts = {
        "code": "sample", "title": "Sample", "description": "For tests.", "parameters": SampleParameters,
        "build": build_sample, "roles": STAFF_ROLES,
    }  # fmt: skip
    return ReportKind(**facts | changes)


@contextlib.contextmanager
def registered(kind: ReportKind) -> Iterator[ReportKind]:
    """``kind`` in the registry for a while."""
    kinds = registry._kinds
    registry.register(kind)
    try:
        yield kind
    finally:
        kinds.pop(kind.code)


def ask(actor: User | None = None, **changes: Any) -> ReportRun:
    """A queued run of the sample kind."""
    facts = {"kind": "sample", "parameters": {"fund": "A"}, "language": "en"} | changes
    run, _created = actions.request_run(actor=actor or UserFactory(role="programme_manager"), **facts)
    return run


def finished(run: ReportRun) -> ReportRun:
    """``run`` made at once, as the worker makes it."""
    held = jobs.claim(ReportRun, run.pk)
    kind = registry.get(held.kind)
    built = kind.build(kind.clean(held.parameters), as_of=held.as_of, known_at=held.known_at, language=held.language)
    store(held, built)
    held.refresh_from_db()
    return held


def failed(run: ReportRun, error: str = "It broke") -> ReportRun:
    jobs.fail(jobs.claim(ReportRun, run.pk), error)
    run.refresh_from_db()
    return run


def schedule(now: datetime | None = None, **changes: Any) -> ReportSchedule:
    """A saved monthly schedule of the sample kind, first calendar day at eight."""
    facts = {"kind": "sample", "parameters": {"fund": "A"}, "day": 1, "day_rule": "calendar", "languages": ["en"]}
    return actions.save_schedule(schedule=ReportSchedule(**facts | changes), now=now)

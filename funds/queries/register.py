"""Every fund and group under every rule that speaks of it, at one moment: what the tolerance register lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Subquery

from funds.choices.records import FundClass
from funds.choices.tolerance import ScopeLevel
from funds.models import Fund, FundGroup, ToleranceResult
from funds.queries.answers import Answer, answer
from funds.queries.cells import SumsOf
from funds.queries.office import office
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.questions import Target, question
from funds.queries.sums import Moment

_WHOLE = (ScopeLevel.FUND, ScopeLevel.FUND_GROUP)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: who, under which rule, with which answer. ``stage`` is empty for whole funds."""

    subject: Fund | FundGroup
    answer: Answer
    stage: str = ""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A kept month end at which status or level of one fund or group under one document became another."""

    before: ToleranceResult | None
    now: ToleranceResult


def register_at(moment: Moment) -> list[Entry]:
    """All lines at a moment: funds by code with their stages, then groups. Constant statements."""
    found, book = office(moment), load_policies()
    funds = [line for line in found.lines if line.fund.fund_class != FundClass.GRANT]
    entries = []
    for line in funds:
        entries += [Entry(line.fund, each) for each in line.answers]
        entries += _stages(line.fund, line.figures, book, moment)
    return entries + [Entry(group.group, each) for group in found.groups for each in group.answers]


def _stages(fund: Fund, figures: SumsOf, book: PolicyBook, moment: Moment) -> Iterator[Entry]:
    """The caps that bound documents set for single stages."""
    bound = book.bound(moment, fund_id=fund.pk)
    for stage in sorted({part.stage for part in figures.occurring() if part.cost}):
        target = Target.of_stage(fund, stage)
        asked = question(target, [fund], [part for part in figures.occurring() if part.stage == stage], moment, book)
        for each in bound:
            found = answer(asked, figures, book, each, moment, readings=False)
            if found.rule is not None:
                yield Entry(fund, found, stage)


def status_changes(as_of: date, known_at: datetime) -> list[StatusChange]:
    """Where the kept results changed status or level up to a day, as kept by a moment. One statement."""
    rows = (
        ToleranceResult.objects.filter(as_of__lte=as_of, known_at__lte=known_at, scope__in=_WHOLE)
        .select_related("fund", "group", "document")
        .order_by("fund__code", "group__code", "document_id", "as_of", "known_at")
    )
    changes = []
    for _subject, own in groupby(rows, key=lambda row: (row.fund_id, row.group_id, row.document_id)):
        before: ToleranceResult | None = None
        for row in own:
            if before is None or (row.status, row.level, row.cap) != (before.status, before.level, before.cap):
                changes.append(StatusChange(before, row))
            before = row
    return changes


def nearest_to_its_cap() -> ToleranceResult | None:
    """Of the whole funds and groups at the last month end that is kept: the one that uses most of its cap.

    One statement, and no figure is computed. None where nothing is kept or no cap is tested.
    """
    whole = ToleranceResult.objects.filter(scope__in=_WHOLE)
    last = whole.order_by("-as_of", "-known_at")
    found = whole.filter(
        as_of=Subquery(last.values("as_of")[:1]), known_at=Subquery(last.values("known_at")[:1]), used_bp__isnull=False
    )
    return found.select_related("fund", "group").order_by("-used_bp", "pk").first()

"""Landing agreements beside the loss: each project with its duties on a day and the holding's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from funds.models import DutyActual, Fund, LandedDuty, LandedProject
from funds.queries.holdings import books_of
from funds.queries.sums import Moment
from funds.rules import landing
from funds.rules.figures import HoldingFigures
from funds.rules.landing import DutyStatus


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty on a day; ``reached`` None where nothing was told by then, ``owed`` in fen once it was missed."""

    duty: LandedDuty
    status: DutyStatus
    reached: int | None
    owed: int


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One landed project on a day with the holding behind it."""

    project: LandedProject
    duties: tuple[DutyLine, ...]
    figures: HoldingFigures | None

    @property
    def met(self) -> int:
        return sum(line.status == DutyStatus.MET for line in self.duties)

    @property
    def missed(self) -> int:
        return sum(line.status in {DutyStatus.PARTLY, DutyStatus.MISSED} for line in self.duties)

    @property
    def owed(self) -> int:
        return sum(line.owed for line in self.duties)

    @property
    def loss(self) -> Any:
        """Realised loss and what the value lacks to the remaining cost, in fen; None without books."""
        if self.figures is None:
            return None
        return self.figures.realised_loss + max(0, self.figures.remaining - self.figures.fair_value)


def project_lines(user: Any, moment: Moment, *, pk: int | None = None) -> list[ProjectLine]:
    """Landed projects that ``user`` may see, with their duties as told by the moment. Five statements."""
    rows = LandedProject.objects.visible_to(user)
    return _lines_of(rows.filter(pk=pk) if pk else rows, moment)


def projects_of_fund(fund: Fund, moment: Moment) -> list[ProjectLine]:
    """The landed projects behind the holdings of one fund; otherwise as ``project_lines``."""
    return _lines_of(LandedProject.objects.filter(investment__fund=fund), moment)


def _lines_of(rows: QuerySet[LandedProject], moment: Moment) -> list[ProjectLine]:
    actuals = DutyActual.objects.filter(valid_at__lte=moment.as_of, recorded_at__lte=moment.known_at)
    duties = LandedDuty.objects.select_related("claw_back").prefetch_related(
        Prefetch("actuals", actuals, to_attr="told")
    )
    rows = rows.filter(signed_on__lte=moment.as_of)
    rows = rows.select_related("investment__fund", "investment__company").prefetch_related(Prefetch("duties", duties))
    projects = list(rows)
    figures = _figures(projects, moment)
    return [
        ProjectLine(
            project,
            tuple(_line(duty, moment.as_of) for duty in project.duties.all()),
            figures.get(project.investment_id),
        )
        for project in projects
    ]


def _figures(projects: Sequence[LandedProject], moment: Moment) -> dict[int, HoldingFigures]:
    funds = {project.investment.fund_id: project.investment.fund for project in projects}
    found: dict[int, HoldingFigures] = {}
    for books in books_of(list(funds.values()), moment).values() if funds else ():
        found |= {int(holding.id): holding for holding in books.holdings}
    return found


def _line(duty: Any, as_of: date) -> DutyLine:
    told = [actual.as_rule() for actual in duty.told]
    rule = duty.as_rule()
    status = landing.status(rule, told, as_of)
    owed = landing.claw_back(rule, told) if as_of > duty.due_on else 0
    return DutyLine(duty, status, landing.reached(told, as_of), owed)

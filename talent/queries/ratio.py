"""The board of the support ratio: one month end by one definition, laboratory by laboratory and rolled up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from django.db.models import Count, Q, Sum
from django.utils import timezone

from innovation.calls.choices import AgreementState
from innovation.calls.models import Agreement
from innovation.organisations.models import Organisation
from talent.models import (
    Laboratory,
    LaboratoryProgramme,
    ProgrammeLaboratory,
    RatioDefinition,
    RatioMonthEnd,
    RatioSnapshot,
)
from talent.rules.support_ratio import RollUp, SupportRatio, UnitFigures, roll_up, support_ratio

MONTHS_BACK = 24


@dataclass(frozen=True)
class Scope:
    """Whose laboratories: of one organisation, of one programme, or of all."""

    organisation: Organisation | None = None
    programme: LaboratoryProgramme | None = None

    def condition(self, day: date) -> Q:
        """Which snapshots belong to it on ``day``."""
        if self.organisation is not None:
            return Q(organisation=self.organisation)
        if self.programme is not None:
            members = ProgrammeLaboratory.objects.on(day).filter(programme=self.programme)
            return Q(laboratory__in=members.values("laboratory_id"))
        return Q()


@dataclass(frozen=True)
class Line:
    """One laboratory, or the posts of an organisation outside its laboratories (``laboratory`` None)."""

    organisation: Organisation
    laboratory: Laboratory | None
    figures: UnitFigures
    answer: SupportRatio
    posts: int
    confirmed: int
    declared_on: date | None


@dataclass(frozen=True)
class OrganisationLine:
    """The laboratories of one organisation, rolled up."""

    organisation: Organisation
    lines: tuple[Line, ...]
    sums: RollUp


@dataclass(frozen=True)
class Board:
    """All of it. ``sums`` treats every laboratory of the scope as part of one whole."""

    as_of: date
    definition: RatioDefinition
    scope: Scope
    lines: tuple[Line, ...]

    @cached_property
    def sums(self) -> RollUp:
        return roll_up((line.figures for line in self.lines), target=self.definition.target)

    @cached_property
    def organisations(self) -> tuple[OrganisationLine, ...]:
        """By organisation, in the order of their names."""
        grouped: dict[int, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.organisation.pk, []).append(line)
        return tuple(
            OrganisationLine(
                lines[0].organisation,
                tuple(lines),
                roll_up((line.figures for line in lines), target=self.definition.target),
            )
            for lines in grouped.values()
        )

    @property
    def gap_within_organisations(self) -> int:
        """Posts that are missing when each organisation shares its staff among its own laboratories."""
        return sum(each.sums.net_gap_posts or 0 for each in self.organisations)

    @property
    def posts(self) -> tuple[int, int]:
        """Posts recorded, and of them those confirmed by the organisation."""
        return sum(line.posts for line in self.lines), sum(line.confirmed for line in self.lines)

    @property
    def undeclared(self) -> int:
        """Laboratories whose organisation has not said that their list is complete."""
        return sum(line.laboratory is not None and line.declared_on is None for line in self.lines)


def line_of(row: Any, organisation: Organisation, laboratory: Laboratory | None, definition: RatioDefinition) -> Line:
    """A line of a snapshot or of a fresh ``UnitRow``."""
    answer = support_ratio(row.p_fte_centi, row.s_fte_centi, target=definition.target, band=definition.band)
    return Line(organisation, laboratory, row.figures, answer, row.posts, row.confirmed, row.declared_on)


def latest_month(as_of: date | None = None, known_at: datetime | None = None) -> RatioMonthEnd | None:
    """The last month end kept by then."""
    rows = RatioMonthEnd.objects.select_related("main")
    if as_of is not None:
        rows = rows.filter(as_of__lte=as_of)
    if known_at is not None:
        rows = rows.filter(taken_at__lte=known_at)
    return rows.order_by("-as_of").first()


def definitions_of(month: RatioMonthEnd) -> list[RatioDefinition]:
    """The definitions whose figures were kept at a month end, the one the city steered by first."""
    used = RatioDefinition.objects.filter(pk__in=month.snapshots.values("definition").distinct())
    return sorted(used, key=lambda definition: (definition.pk != month.main_id, definition.code))


def board_of(month: RatioMonthEnd, definition: RatioDefinition, scope: Scope | None = None) -> Board:
    """The kept figures of a month end. One statement."""
    scope = scope or Scope()
    rows = (
        RatioSnapshot.objects.filter(scope.condition(month.as_of), month=month, definition=definition)
        .select_related("organisation", "laboratory")
        .defer("organisation__search", "organisation__remarks")
        .order_by("organisation__pinyin", "organisation_id", "laboratory__code", "laboratory_id")
    )
    lines = tuple(line_of(row, row.organisation, row.laboratory, definition) for row in rows)
    return Board(month.as_of, definition, scope, lines)


@dataclass(frozen=True)
class Past:
    """The ratio of a scope at an earlier month end."""

    as_of: date
    ratio_per_10: Fraction | None
    unknown: int


def past_of(month: RatioMonthEnd, definition: RatioDefinition, scope: Scope) -> list[Past]:
    """The ratio at this month end and those before it by the same version, oldest first. One statement.

    Summed in the database: laboratories with an unknown side are left out, as in every roll-up.
    """
    known = Q(p_fte_centi__isnull=False, s_fte_centi__isnull=False)
    rows = (
        RatioSnapshot.objects.filter(scope.condition(month.as_of), definition=definition, month__as_of__lte=month.as_of)
        .values("month__as_of")
        .annotate(
            p=Sum("p_fte_centi", filter=known), s=Sum("s_fte_centi", filter=known), unknown=Count("pk", filter=~known)
        )
        .order_by("-month__as_of")[:MONTHS_BACK]
    )
    return [
        Past(row["month__as_of"], 10 * Fraction(row["s"], row["p"]) if row["p"] else None, row["unknown"])
        for row in reversed(rows)
    ]


def alternates(month: RatioMonthEnd, shown: RatioDefinition, scope: Scope) -> list[tuple[RatioDefinition, RollUp]]:
    """The same scope by the other definitions. One statement for all."""
    others = [definition for definition in definitions_of(month) if definition != shown]
    rows = RatioSnapshot.objects.filter(scope.condition(month.as_of), month=month, definition__in=others)
    units: dict[int, list[UnitFigures]] = {definition.pk: [] for definition in others}
    for definition_id, p, s in rows.values_list("definition_id", "p_fte_centi", "s_fte_centi"):
        units[definition_id].append(UnitFigures(p, s))
    return [(each, roll_up(units[each.pk], target=each.target)) for each in others]


@dataclass(frozen=True)
class Workload:
    """Projects and money under agreements in force at a moment, beside the supporting staff that bears them."""

    projects: int
    award_fen: int
    s_fte_centi: int | None

    @property
    def projects_per_head(self) -> Fraction | None:
        return Fraction(self.projects * 100, self.s_fte_centi) if self.s_fte_centi else None

    @property
    def fen_per_head(self) -> Fraction | None:
        return Fraction(self.award_fen * 100, self.s_fte_centi) if self.s_fte_centi else None

    @classmethod
    def of(cls, board: Board) -> Self:
        """What the organisations of a board carry under the city's agreements; signed by the end of its day."""
        organisations = {line.organisation.pk for line in board.lines}
        end = timezone.make_aware(datetime.combine(board.as_of, datetime.max.time()))
        found = Agreement.objects.filter(
            state=AgreementState.IN_FORCE, in_force_at__lte=end, application__organisation__in=organisations
        ).aggregate(projects=Count("pk"), award=Sum("award_fen"))
        return cls(found["projects"], found["award"] or 0, board.sums.s_fte_centi)


def live_board(
    rows: Sequence[Any], definition: RatioDefinition, organisation: Organisation, day: date,
    names: Mapping[int, Laboratory],
) -> Board:  # fmt: skip
    """A board of fresh rows of one organisation, as its posts stand now; ``names`` holds its laboratories by number."""
    mine = [row for row in rows if row.definition_id == definition.pk and row.organisation_id == organisation.pk]
    lines = [line_of(row, organisation, names.get(row.laboratory_id or 0), definition) for row in mine]
    lines.sort(key=lambda line: (line.laboratory is None, line.laboratory.code if line.laboratory else ""))
    return Board(day, definition, Scope(organisation=organisation), tuple(lines))

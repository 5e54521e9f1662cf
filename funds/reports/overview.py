"""All funds at one date: rate, cap, share of the cap used, level and trend of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funds.choices.records import FundClass
from funds.choices.tolerance import ToleranceStatus, WarningLevel
from funds.queries.answers import Answer
from funds.queries.office import GroupTolerance, Office
from funds.queries.overview import FundTolerance
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.results import percent_or_unknown, tolerance_link
from funds.reports.tables import cap_note
from innovation.core.charts import BarChart, Cap
from innovation.core.figures import points_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Figure,
    Money,
    Percent,
    Row,
    Section,
    Status,
    Table,
    Text,
    Unknown,
    Value,
)

MOST_BARS = 20
NOT_TESTED = Status(ToleranceStatus.NOT_APPLICABLE.label, "idle")
"""What stands beside grant money, which has no loss rate."""
NEAR = frozenset({WarningLevel.YELLOW, WarningLevel.ORANGE, WarningLevel.RED})
LEVEL_RANK = {level: rank for rank, level in enumerate(WarningLevel)}


def _only(kept: str) -> str:
    """The overview with the funds that a figure counts, and no others."""
    return f"{reverse('funds:tolerance')}?funds-only={kept}"


@dataclass(frozen=True)
class Line:
    """One fund or group ready to show. ``answer`` is None for grant money, which has no loss rate. Money in fen."""

    code: str
    name: str
    link: str
    answer: Answer | None
    lost: int
    companies: int
    before: Fraction | None
    before_day: date

    @property
    def status(self) -> Status:
        return words.status_of(self.answer) if self.answer else NOT_TESTED

    @property
    def unverified(self) -> bool:
        return bool(self.answer and self.answer.unverified)

    @property
    def loss(self) -> int | None:
        return max(0, fen(self.answer.rate.numerator_signed)) if self.answer else None

    @property
    def base(self) -> int | None:
        return fen(self.answer.rate.denominator) if self.answer else None

    @property
    def rate(self) -> Fraction | None:
        return self.answer.rate.rate if self.answer else None

    @property
    def cap(self) -> Fraction | None:
        return self.answer.tolerance.effective_cap if self.answer else None

    @property
    def used(self) -> Fraction | None:
        return self.answer.tolerance.utilisation if self.answer else None

    @property
    def headroom(self) -> int | None:
        left = self.answer.tolerance.headroom if self.answer else None
        return None if left is None else fen(left)

    @property
    def rank(self) -> int:
        """By how urgent the line is: level first, a passed cap above all."""
        if self.answer is None:
            return -1
        above = self.answer.tolerance.status == ToleranceStatus.EXCEEDED
        return LEVEL_RANK[self.answer.tolerance.level] + (1 if above else 0)

    @property
    def is_above(self) -> bool:
        return bool(self.answer and self.answer.tolerance.status == ToleranceStatus.EXCEEDED)

    @property
    def is_near(self) -> bool:
        return bool(self.answer and not self.is_above and self.answer.tolerance.level in NEAR)

    @property
    def why_no_rate(self) -> str:
        if self.answer is None:
            return _("Grant money has no loss rate.")
        return _("Nothing was invested by this day.")

    @property
    def why_no_cap(self) -> str:
        return cap_note(self.answer) if self.answer else self.why_no_rate

    @property
    def change(self) -> Fraction | None:
        """By how much the rate moved since ``before_day``; None where one of the two days has no rate."""
        return None if self.rate is None or self.before is None else self.rate - self.before

    @property
    def why_no_change(self) -> str:
        if self.rate is None:
            return self.why_no_rate
        return _("Nothing was invested by %(day)s") % {"day": self.before_day}

    @property
    def change_text(self) -> str:
        """The change in points with its sign; empty where one end is missing."""
        if self.change is None:
            return ""
        if self.change == 0:
            return _("unchanged")
        return f"{'+' if self.change > 0 else '−'}{points_text(abs(self.change))}"

    @property
    def lost_text(self) -> str:
        return _("%(lost)s of %(all)s") % {"lost": self.lost, "all": self.companies}


def fund_line(found: FundTolerance, before: Fraction | None, before_day: date) -> Line:
    answer = None if found.fund.fund_class == FundClass.GRANT else found.main
    count = found.figures.loss_count()
    return Line(
        found.fund.code, found.fund.name, tolerance_link(Target.of_fund(found.fund), found.moment), answer,
        count.total_losses, count.holdings, before, before_day,
    )  # fmt: skip


def group_line(found: GroupTolerance, before_day: date) -> Line:
    return Line(
        found.group.code, found.group.name, tolerance_link(Target.of_group(found.group), found.moment), found.main,
        found.losses.total_losses, found.losses.holdings, found.before, before_day,
    )  # fmt: skip


@dataclass(frozen=True)
class Overview:
    """All lines of the office, for the page and for the report."""

    funds: tuple[Line, ...]
    groups: tuple[Line, ...]
    moment: Moment
    before_day: date

    @property
    def tested(self) -> list[Line]:
        return [line for line in self.funds if line.cap is not None]

    @property
    def sentence(self) -> str:
        """The result for the whole office in one sentence: funds, then the groups that need a look."""
        above, near = _standing(self.groups)
        if not above and not near:
            return self._funds_in_words()
        groups = _("groups of funds above their cap: %(above)s, near it: %(near)s") % {"above": above, "near": near}
        return _("%(funds)s; %(groups)s") % {"funds": self._funds_in_words(), "groups": groups}

    def _funds_in_words(self) -> str:
        tested = len(self.tested)
        above, near = _standing(self.funds)
        if not tested:
            return _("No fund has a cap that could be tested")
        if not above and not near:
            return ngettext(
                "The fund with a cap is well within it", "All %(count)s funds with a cap are well within it", tested
            ) % {"count": tested}
        return _("Funds with a cap: %(count)s, above it: %(above)s, near it: %(near)s") % {
            "above": above, "count": tested, "near": near,
        }  # fmt: skip

    def figures(self) -> tuple[Figure, ...]:
        """How many funds stand where; groups are counted apart, since they hold the same money again."""
        above, near = _standing(self.funds)
        groups_above, groups_near = _standing(self.groups)
        flagged, tested = sum(line.unverified for line in self.funds), len(self.tested)
        of_tested = ngettext("of %(count)s fund with a cap", "of %(count)s funds with a cap", tested)
        of_tested = of_tested % {"count": tested}
        colours = _("%(of)s; yellow warning or higher") % {"of": of_tested}
        of_all = ngettext("of %(count)s fund", "of %(count)s funds", len(self.funds)) % {"count": len(self.funds)}
        return (
            Figure(
                _("Funds above the cap"), Count(above), link=_only("above"), note=_with_groups(of_tested, groups_above),
                status=Status(_("Cap exceeded"), "bad") if above or groups_above else None,
            ),
            Figure(
                _("Funds near the cap"), Count(near), link=_only("near"), note=_with_groups(colours, groups_near),
                status=Status(_("Warning"), "notice") if near or groups_near else None,
            ),
            Figure(
                _("Funds not tested"),
                Count(len(self.funds) - tested),
                link=_only("untested"),
                note=_("%(of)s; no cap, cap not known, no data, or a grant") % {"of": of_all},
            ),
            Figure(
                _("Funds resting on unverified rules"),
                Count(flagged),
                link=_only("unverified"),
                note=_("%(of)s; figures known at second hand") % {"of": of_all},
            ),
        )  # fmt: skip

    def table(self, lines: Sequence[Line], title: str) -> Table:
        """Lines as a table of the report."""
        money, percent = ColumnKind.MONEY, ColumnKind.PERCENT
        return Table(
            title,
            (
                Column(_("Fund")), Column(_("Loss that counts"), money), Column(_("Base"), money),
                Column(_("Loss rate"), percent), Column(_("Cap in effect"), percent),
                Column(_("Share of the cap used"), percent), Column(_("Headroom"), money),
                Column(_("Since %(day)s") % {"day": self.before_day}), Column(_("Companies lost wholly")),
                Column(_("Status")),
            ),
            tuple(Row(_cells(line), line.link, unverified=line.unverified) for line in lines),
            empty=_("No fund is recorded yet. Record one in the administration, or import a portfolio."),
        )  # fmt: skip

    def chart(self) -> Chart | None:
        """The funds nearest to their caps, as shares of the cap used; None where no cap is tested."""
        known = [line for line in self.tested if line.used is not None]
        if not known:
            return None
        nearest = sorted(known, key=lambda line: (-line.used, line.code))[:MOST_BARS]
        above = sum(line.is_above for line in known)
        title = ngettext(
            "%(above)s of %(all)s tested fund used more than its cap",
            "%(above)s of %(all)s tested funds used more than their cap",
            len(known),
        ) % {"above": above, "all": len(known)}
        rows = tuple((line.name, line.used) for line in nearest)
        heads = (Column(_("Fund")), Column(_("Share of the cap used"), ColumnKind.PERCENT))
        return Chart(
            BarChart(title, rows, cap=Cap(_("The whole cap"), Fraction(1))),
            Table(title, heads, tuple(Row((Text(name), Percent(share))) for name, share in rows)),
            summary=_("Share of each cap that is used, the funds nearest to their caps first."),
        )

    def sections(self) -> tuple[Section, ...]:
        """The report of the whole office."""
        chart = self.chart()
        found = [
            Section(
                _("All funds"),
                figures=self.figures(),
                charts=(chart,) if chart else (),
                tables=(self.table(self.funds, _("Funds")),),
            )
        ]
        if self.groups:
            found.append(Section(_("Groups of funds"), tables=(self.table(self.groups, _("Groups of funds")),)))
        return tuple(found)


def _standing(lines: Sequence[Line]) -> tuple[int, int]:
    """How many lines are above their cap, and how many near it."""
    return sum(line.is_above for line in lines), sum(line.is_near for line in lines)


def _with_groups(note: str, groups: int) -> str:
    if not groups:
        return note
    return _("%(note)s; groups of funds besides: %(count)s") % {"note": note, "count": groups}


def _cells(line: Line) -> tuple[Value, ...]:
    def money(amount: int | None, reason: str) -> Value:
        return Unknown(reason) if amount is None else Money(amount)

    return (
        Text(line.name),
        money(line.loss, line.why_no_rate),
        money(line.base, line.why_no_rate),
        percent_or_unknown(line.rate, line.why_no_rate),
        percent_or_unknown(line.cap, line.why_no_cap),
        percent_or_unknown(line.used, line.why_no_cap),
        money(line.headroom, line.why_no_cap),
        Text(line.change_text) if line.change_text else Unknown(line.why_no_change),
        Text(line.lost_text if line.answer else ""),
        Text(line.status.label),
    )


def overview_of(found: Office) -> Overview:
    """The office ready to show, the most urgent funds first."""
    lines = [fund_line(each, found.before.get(each.fund.pk), found.before_day) for each in found.lines]
    return Overview(
        funds=tuple(sorted(lines, key=lambda line: (-line.rank, -(line.used or 0), line.code))),
        groups=tuple(group_line(each, found.before_day) for each in found.groups),
        moment=found.moment,
        before_day=found.before_day,
    )

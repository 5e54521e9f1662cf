"""All funds at one date: rate, cap, share of the cap used, level and trend of each."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funds.choices import FundClass, ToleranceStatus, WarningLevel
from funds.queries.answers import Answer
from funds.queries.overview import FundTolerance
from funds.queries.tolerance import Target
from funds.reports import words
from funds.reports.amounts import fen
from funds.reports.results import percent_or_unknown, tolerance_link
from funds.reports.tables import cap_note
from innovation.core.charts import BarChart
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
NEAR = frozenset({WarningLevel.YELLOW, WarningLevel.ORANGE})


def shown_answer(line: FundTolerance) -> Answer | None:
    """The answer that a line shows; None for grant money, which has no loss rate."""
    return None if line.fund.fund_class == FundClass.GRANT else line.main


def rate_of(line: FundTolerance) -> Fraction | None:
    """The loss rate of a line under the definition of its policy."""
    answer = shown_answer(line)
    return answer.rate.rate if answer else None


def trend_text(now: Fraction | None, before: Fraction | None) -> str:
    """The change in points since the day of comparison, with its direction in words."""
    if now is None or before is None:
        return ""
    change = now - before
    if change == 0:
        return _("unchanged")
    sign = "+" if change > 0 else "−"
    return f"{sign}{points_text(abs(change))}"


def overview_figures(lines: Sequence[FundTolerance]) -> tuple[Figure, ...]:
    """How many funds stand where."""
    answers = [answer for line in lines if (answer := shown_answer(line)) is not None]
    exceeded = sum(answer.tolerance.status == ToleranceStatus.EXCEEDED for answer in answers)
    near = sum(
        answer.tolerance.level in NEAR and answer.tolerance.status != ToleranceStatus.EXCEEDED for answer in answers
    )
    tested = sum(answer.tolerance.effective_cap is not None for answer in answers)
    flagged = sum(answer.unverified for answer in answers)
    return (
        Figure(
            _("Funds above their cap"),
            Count(exceeded),
            note=ngettext("of %(count)s fund with a cap", "of %(count)s funds with a cap", tested) % {"count": tested},
            status=Status(_("Cap exceeded"), "bad") if exceeded else None,
        ),
        Figure(
            _("Funds near their cap"),
            Count(near),
            note=_("yellow or orange"),
            status=Status(_("Warning"), "notice") if near else None,
        ),
        Figure(
            _("Funds without a test"), Count(len(lines) - tested), note=_("no cap, cap not known, no data, or a grant")
        ),
        Figure(_("Results on unverified rules"), Count(flagged), note=_("figures known at second hand")),
    )


def overview_table(lines: Sequence[FundTolerance], before: Mapping[int, Fraction | None], since: str) -> Table:
    """One row a fund; ``before`` holds the rates of the day of comparison ``since``."""
    rows = tuple(
        Row(
            _cells(line, before.get(line.fund.pk)),
            tolerance_link(Target.of_fund(line.fund), line.moment),
            unverified=bool((answer := shown_answer(line)) and answer.unverified),
        )
        for line in lines
    )
    return Table(
        _("Funds"),
        (
            Column(_("Fund")), Column(_("Loss that counts"), ColumnKind.MONEY), Column(_("Base"), ColumnKind.MONEY),
            Column(_("Loss rate"), ColumnKind.PERCENT), Column(_("Cap in effect"), ColumnKind.PERCENT),
            Column(_("Share of the cap used"), ColumnKind.PERCENT), Column(_("Headroom"), ColumnKind.MONEY),
            Column(_("Since %(day)s") % {"day": since}), Column(_("Companies lost wholly")), Column(_("Status")),
        ),
        rows,
        empty=_("No fund is recorded yet. Record one in the administration, or import a portfolio."),
    )  # fmt: skip


def _cells(line: FundTolerance, before: Fraction | None) -> tuple[Value, ...]:
    answer = shown_answer(line)
    if answer is None:
        reason = _("Grant money has no loss rate.")
        return (Text(line.fund.name), *[Unknown(reason)] * 6, Text(""), Text(""), Text(_("Grant ledger")))
    tested, count = answer.tolerance, line.figures.loss_count()
    no_cap = cap_note(answer)
    return (
        Text(line.fund.name),
        Money(max(0, fen(answer.rate.numerator_signed))),
        Money(fen(answer.rate.denominator)),
        percent_or_unknown(answer.rate.rate, _("Nothing was invested by this day.")),
        percent_or_unknown(tested.effective_cap, no_cap),
        percent_or_unknown(tested.utilisation, no_cap),
        Money(fen(tested.headroom)) if tested.headroom is not None else Unknown(no_cap),
        Text(trend_text(answer.rate.rate, before)),
        Text(_("%(lost)s of %(all)s") % {"lost": count.total_losses, "all": count.holdings}),
        Text(words.status_of(answer).label),
    )


def overview_chart(lines: Sequence[FundTolerance]) -> Chart | None:
    """The funds nearest to their caps, as shares of the cap used; None where no cap is tested."""
    tested = [
        (line, line.main.tolerance.utilisation)
        for line in lines
        if shown_answer(line) is not None and line.main.tolerance.utilisation is not None
    ]
    if not tested:
        return None
    nearest = sorted(tested, key=lambda item: (-item[1], item[0].fund.code))[:MOST_BARS]
    above = sum(share > 1 for _line, share in tested)
    title = ngettext(
        "%(above)s of %(all)s tested fund used more than its cap",
        "%(above)s of %(all)s tested funds used more than their cap",
        len(tested),
    ) % {"above": above, "all": len(tested)}
    rows = tuple((line.fund.name, share) for line, share in nearest)
    return Chart(
        BarChart(title, rows),
        Table(
            title,
            (Column(_("Fund")), Column(_("Share of the cap used"), ColumnKind.PERCENT)),
            tuple(Row((Text(name), Percent(share))) for name, share in rows),
        ),
        summary=_("Share of each cap that is used; the twenty funds nearest to their caps."),
    )


def overview_section(lines: Sequence[FundTolerance], before: Mapping[int, Fraction | None], since: str) -> Section:
    chart = overview_chart(lines)
    return Section(
        _("All funds"),
        figures=overview_figures(lines),
        charts=(chart,) if chart else (),
        tables=(overview_table(lines, before, since),),
    )


def overview_sentence(lines: Sequence[FundTolerance]) -> str:
    """The result for the whole office in one sentence."""
    answers = [answer for line in lines if (answer := shown_answer(line)) is not None]
    tested = [answer for answer in answers if answer.tolerance.effective_cap is not None]
    above = sum(answer.tolerance.status == ToleranceStatus.EXCEEDED for answer in tested)
    near = sum(
        answer.tolerance.level in NEAR and answer.tolerance.status != ToleranceStatus.EXCEEDED for answer in tested
    )
    if not tested:
        return _("No fund has a cap that could be tested")
    if not above and not near:
        return ngettext(
            "The fund with a cap is well within it",
            "All %(count)s funds with a cap are well within it",
            len(tested),
        ) % {"count": len(tested)}
    return _("%(above)s of %(count)s funds with a cap exceed it, %(near)s are near it") % {
        "above": above, "count": len(tested), "near": near,
    }  # fmt: skip

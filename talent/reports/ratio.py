"""The board of the support ratio as values of a report, for page and files alike."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.core import charts
from innovation.core.figures import number_text
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Day,
    Figure,
    Money,
    Number,
    Percent,
    Row,
    Section,
    Source,
    Status,
    Table,
    Text,
    Unknown,
    Value,
)
from talent.choices.ratio import BandFlag, RatioState, SourceState
from talent.models import RatioDefinition
from talent.queries.ratio import Board, Line, OrganisationLine, Past, Workload
from talent.rules.support_ratio import PER, RollUp

TITLE = gettext_lazy("Supporting staff")
COUNT, PERCENT, DAY, MONEY = ColumnKind.COUNT, ColumnKind.PERCENT, ColumnKind.DAY, ColumnKind.MONEY
MOST_BARS = 10
FLAGS: dict[BandFlag, str] = {BandFlag.BELOW: "notice", BandFlag.WITHIN: "ok", BandFlag.ABOVE: "notice"}
REASONS: dict[RatioState, Any] = {
    RatioState.UNKNOWN: gettext_lazy("No complete list of posts: not known, which is not zero."),
    RatioState.NOT_APPLICABLE: gettext_lazy("Nobody counts as a professional here."),
}
DLR_PROJECTS, DLR_YEAR = Fraction(91, 10), 2023
DLR_EURO_MILLIONS = Fraction(126, 100)
"""DLR Projektträger, Bonn, 2023: 14,546 projects and 2.02 billion euro by about 1,600 people."""


def flag_status(flag: BandFlag | None) -> Status | None:
    """Where a ratio lies, in words."""
    return None if flag is None else Status(BandFlag(flag).label, FLAGS[BandFlag(flag)])


def unknown_of(state: RatioState) -> Unknown:
    """Why there is no number."""
    return Unknown(REASONS.get(state, _("not known")))


def name_of(line: Line) -> str:
    """The laboratory, or the posts outside laboratories."""
    return str(line.laboratory) if line.laboratory is not None else _("Posts outside laboratories")


def per_ten(value: Fraction) -> str:
    """A ratio in words: ``6 per 10``."""
    return _("%(number)s per 10") % {"number": number_text(value, 0 if value.denominator == 1 else 2)}


def target_words(definition: RatioDefinition) -> str:
    """The target as people say it."""
    return per_ten(PER * definition.target)


def source_words(definition: RatioDefinition) -> str:
    """How far the target is proven; it stands beside every number."""
    return str(SourceState(definition.target_state).label)


def _told(sums: RollUp, value: int | Fraction | None) -> Value:
    if value is None:
        return unknown_of(sums.status)
    return Number(value) if isinstance(value, Fraction) else Count(value)


def fte(centi: int | None, reason: Any = "") -> Value:
    """Hundredths of full time as full-time posts."""
    return Unknown(reason or REASONS[RatioState.UNKNOWN]) if centi is None else Number(Fraction(centi, 100))


# ── Headline ─────────────────────────────────────────────────────────────────────────────────────
def sentence(board: Board) -> str:
    """The board in one sentence."""
    sums = board.sums
    if sums.ratio_per_10 is None:
        return str(REASONS.get(sums.status, ""))
    facts = {
        "ratio": number_text(sums.ratio_per_10, 2), "target": number_text(PER * board.definition.target, 1),
        "sum": number_text(sums.sum_gap_posts), "net": number_text(sums.net_gap_posts),
    }  # fmt: skip
    if not sums.sum_gap_posts:
        return _("For ten professionals there are %(ratio)s supporting staff; no laboratory lacks a post.") % facts
    return (
        _(
            "For ten professionals there are %(ratio)s supporting staff (reference %(target)s). Laboratory by "
            "laboratory %(sum)s posts are missing, %(net)s if staff were shared."
        )
        % facts
    )


def figures(board: Board) -> tuple[Figure, ...]:
    """Ratio, both gaps, what lies between, and how much is not known."""
    sums, definition = board.sums, board.definition
    flag = definition.band.flag(sums.ratio_per_10) if sums.ratio_per_10 is not None else None
    posts, confirmed = board.posts
    return (
        Figure(
            _("Supporting staff per ten professionals"), _told(sums, sums.ratio_per_10),
            note=_("Definition %(number)s, reference %(target)s") % {
                "number": definition.number, "target": target_words(definition)
            },
            unverified=definition.target_state != SourceState.VERIFIED, status=flag_status(flag),
        ),
        Figure(
            _("Posts missing, each laboratory by itself"), _told(sums, sums.sum_gap_posts), "#laboratories",
            note=_("%(count)s posts are needed so") % {"count": number_text(sums.sum_required_posts)},
        ),
        Figure(
            _("Posts missing, netted over all"), _told(sums, sums.net_gap_posts),
            note=_("%(count)s posts are needed so") % {"count": number_text(sums.org_required_posts)},
        ),
        Figure(
            _("Posts that sharing staff would save"), _told(sums, sums.sharing_saves_posts),
            note=_("The difference of the two gaps"),
        ),
        Figure(
            _("Laboratories not known"), Count(sums.unknown), "#laboratories",
            note=_("of %(count)s; left out of every sum") % {"count": number_text(sums.total)},
            status=Status(_("Partly known"), "notice") if sums.unknown else None,
        ),
        Figure(
            _("Posts confirmed by their organisation"),
            Percent(Fraction(confirmed, posts)) if posts else Unknown(_("No post is recorded.")),
            note=_("of %(count)s recorded") % {"count": number_text(posts)},
        ),
    )  # fmt: skip


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────
def organisations_table(board: Board) -> Table:
    """One line an organisation, both gaps side by side."""
    return Table(
        _("Organisations and their laboratories"),
        (
            Column(_("Organisation")), Column(_("Laboratories"), COUNT), Column(_("Not known"), COUNT),
            Column(_("P (full-time)"), COUNT), Column(_("S (full-time)"), COUNT), Column(_("Per ten"), COUNT),
            Column(_("Missing, summed"), COUNT), Column(_("Missing, netted"), COUNT),
            Column(_("Above need (full-time)"), COUNT), Column(_("Band")),
        ),
        tuple(_organisation_row(each, board) for each in board.organisations),
        note=_("P professionals, S supporting staff. Summed: each laboratory by itself. Netted: as if it shared them."),
        empty=_("No laboratory has kept figures here."),
    )  # fmt: skip


def _organisation_row(each: OrganisationLine, board: Board) -> Row:
    sums = each.sums
    flag = board.definition.band.flag(sums.ratio_per_10) if sums.ratio_per_10 is not None else None
    address = f"{reverse('talent:ratio')}?organisation={each.organisation.pk}"
    return Row(
        (
            Text(each.organisation.name), Count(sums.total), Count(sums.unknown),
            fte(sums.p_fte_centi), fte(sums.s_fte_centi), _told(sums, sums.ratio_per_10),
            _told(sums, sums.sum_gap_posts), _told(sums, sums.net_gap_posts), _told(sums, sums.surplus),
            Text(flag.label) if flag else unknown_of(sums.status),
        ),
        f"{address}&as_of={board.as_of}&definition={board.definition.code}",
    )  # fmt: skip


def laboratories_table(board: Board) -> Table:
    """One line a laboratory, unknown ones among them."""
    return Table(
        _("Laboratories"),
        (
            Column(_("Laboratory")), Column(_("Organisation")), Column(_("P (full-time)"), COUNT),
            Column(_("S (full-time)"), COUNT), Column(_("Needed (full-time)"), COUNT), Column(_("Needed posts"), COUNT),
            Column(_("Missing (full-time)"), COUNT), Column(_("Missing posts"), COUNT),
            Column(_("Above need (full-time)"), COUNT), Column(_("Coverage"), PERCENT), Column(_("Per ten"), COUNT),
            Column(_("Band")), Column(_("List complete as of"), DAY),
        ),
        tuple(_laboratory_row(line) for line in board.lines),
        empty=_("No laboratory has kept figures here."),
    )  # fmt: skip


def _laboratory_row(line: Line) -> Row:
    answer, none = line.answer, unknown_of(line.answer.status)

    def told(value: Any, kind: type) -> Value:
        return none if value is None else kind(value)

    return Row(
        (
            Text(name_of(line)),
            Text(line.organisation.name),
            fte(line.figures.p_fte_centi),
            fte(line.figures.s_fte_centi),
            told(answer.required, Number),
            told(answer.required_posts, Count),
            told(answer.gap, Number),
            told(answer.gap_posts, Count),
            told(answer.surplus, Number),
            told(answer.coverage, Percent),
            told(answer.ratio_per_10, Number),
            Text(answer.band_flag.label) if answer.band_flag else none,
            Day(line.declared_on) if line.declared_on else Unknown(_("The organisation has not said so.")),
        )
    )


def alternates_table(others: Sequence[tuple[RatioDefinition, RollUp]]) -> Table:
    """The same laboratories by the other definitions, which are never compared."""
    return Table(
        _("By the other definitions"),
        (
            Column(_("Definition")), Column(_("Who counts")), Column(_("P (full-time)"), COUNT),
            Column(_("S (full-time)"), COUNT), Column(_("Per ten"), COUNT), Column(_("Missing, summed"), COUNT),
            Column(_("Missing, netted"), COUNT), Column(_("Not known"), COUNT),
        ),
        tuple(
            Row(
                (
                    Text(str(definition)), Text(definition.text), fte(sums.p_fte_centi), fte(sums.s_fte_centi),
                    _told(sums, sums.ratio_per_10), _told(sums, sums.sum_gap_posts), _told(sums, sums.net_gap_posts),
                    Count(sums.unknown),
                ),
                unverified=definition.state != SourceState.VERIFIED,
            )
            for definition, sums in others
        ),
        note=_("They count other people: never compare figures of two definitions."),
    )  # fmt: skip


def workload_table(load: Workload) -> Table:
    """What one supporting full-time post carries, beside a known project agency."""
    none = Unknown(_("No supporting staff is known."))
    per_head, money = load.projects_per_head, load.fen_per_head
    return Table(
        _("Workload of one supporting full-time post"),
        (
            Column(_("Whose")), Column(_("Projects"), COUNT), Column(_("Projects per post"), COUNT),
            Column(_("Awards per post"), MONEY), Column(_("Awards per post in euro")),
        ),
        (
            Row(
                (
                    Text(_("These laboratories' organisations")), Count(load.projects),
                    none if per_head is None else Number(per_head), none if money is None else Money(int(money)),
                    Unknown(_("In yuan, see the column before.")),
                )
            ),
            Row(
                (
                    Text(_("DLR Projektträger, Bonn, %(year)s") % {"year": DLR_YEAR}), Count(14_546),
                    Number(DLR_PROJECTS), Unknown(_("In euro, see the next column.")),
                    Text(_("%(amount)s million") % {"amount": number_text(DLR_EURO_MILLIONS, 2)}),
                )
            ),
        ),
        note=_(
            "Projects are the agreements of these organisations with the city that are in force. A project agency "
            "works otherwise than a laboratory; the currencies are not converted."
        ),
    )  # fmt: skip


# ── Charts ───────────────────────────────────────────────────────────────────────────────────────
def need_chart(board: Board) -> Chart | None:
    """Staff in place, missing and above need, for the units with the largest gaps or surplus."""
    units = _units(board)
    if not units:
        return None
    held, missing, above = _("In place"), _("Missing staff"), _("Above need")
    drawing = charts.StackChart(
        _("Supporting full-time posts in place, missing and above need"),
        tuple(name for name, *_rest in units),
        (
            (held, tuple(each[1] for each in units)),
            (missing, tuple(each[2] for each in units)),
            (above, tuple(each[3] for each in units)),
        ),
        charts.Measure.NUMBER,
    )
    table = Table(
        str(drawing.title),
        (Column(_("Unit")), Column(held, COUNT), Column(missing, COUNT), Column(above, COUNT)),
        tuple(Row((Text(name), *(Number(value) for value in values))) for name, *values in units),
    )
    return Chart(drawing, table)


def _units(board: Board) -> list[tuple[str, Fraction, Fraction, Fraction]]:
    """Name, in place within the need, missing, above; organisations when there are several, else laboratories."""
    if len(board.organisations) > 1:
        rows = [
            (each.organisation.name, *_parts(each.sums.org_required, each.sums.s_fte_centi))
            for each in board.organisations
            if each.sums.org_required is not None
        ]
    else:
        rows = [
            (name_of(line), *_parts(line.answer.required, line.figures.s_fte_centi))
            for line in board.lines
            if line.answer.required is not None
        ]
    rows.sort(key=lambda row: (-max(row[2], row[3]), row[0]))
    return rows[:MOST_BARS]


def _parts(required: Fraction, s_fte_centi: int | None) -> tuple[Fraction, Fraction, Fraction]:
    held = Fraction(s_fte_centi or 0, 100)
    return min(required, held), max(Fraction(0), required - held), max(Fraction(0), held - required)


def past_chart(past: Sequence[Past], definition: RatioDefinition) -> Chart | None:
    """The ratio at the month ends so far, beside target and band."""
    if len(past) < 2:  # noqa: PLR2004 - one point is no line
        return None
    series = charts.Series(_("Per ten professionals"), tuple((each.as_of, each.ratio_per_10) for each in past))
    drawing = charts.StepChart(
        _("Supporting staff per ten professionals, definition %(number)s") % {"number": definition.number},
        (series,),
        (charts.Cap(_("Reference value"), PER * definition.target),),
        measure=charts.Measure.NUMBER,
    )
    none = unknown_of(RatioState.UNKNOWN)
    table = Table(
        str(drawing.title),
        (Column(_("Month end"), DAY), Column(_("Per ten"), COUNT), Column(_("Laboratories not known"), COUNT)),
        tuple(
            Row(
                (
                    Day(each.as_of), none if each.ratio_per_10 is None else Number(each.ratio_per_10),
                    Count(each.unknown),
                )
            )
            for each in reversed(past)
        ),
    )  # fmt: skip
    return Chart(drawing, table)


# ── Definition ───────────────────────────────────────────────────────────────────────────────────
def definition_notes(definition: RatioDefinition) -> tuple[str, ...]:
    """Who counts, target, band and their sources, in words."""
    band = definition.band
    return (
        _("Definition %(name)s: %(text)s") % {"name": definition, "text": definition.text},
        _("Reference %(target)s (%(state)s): %(source)s. It serves planning and is no test that anybody passes.")
        % {
            "target": target_words(definition), "state": source_words(definition), "source": definition.target_source,
        },
        _("Band %(low)s to %(high)s per 10: too many is a flag as well.")
        % {"low": number_text(band.low, 1), "high": number_text(band.high, 1)},
    )  # fmt: skip


def definition_source(definition: RatioDefinition) -> Source:
    """The definition as a source of a report."""
    return Source(
        str(definition), definition.source, definition.number,
        unverified=definition.state != SourceState.VERIFIED or definition.target_state != SourceState.VERIFIED,
    )  # fmt: skip


def board_section(board: Board, past: Sequence[Past] = ()) -> Section:
    """Headline and charts of a board."""
    drawn = [need_chart(board), past_chart(past, board.definition)]
    return Section(_("The ratio"), figures=figures(board), charts=tuple(chart for chart in drawn if chart is not None))

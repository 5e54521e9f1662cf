"""The terms and limits of a fund in words and tables, for its page and its reports."""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from funds.choices.figures import DayCount
from funds.choices.records import Compounding, LossBearer
from funds.models import FeeTerm, FundLimit, FundTerm, WaterfallTier
from funds.queries.limits import LimitCheck
from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Day, Percent, Row, Status, Table, Text, Unknown, Value


def first_loss_text(tier: WaterfallTier) -> str | None:
    """The first loss that a step states: an amount, or a share of paid-in capital, and who bears it."""
    bearer = LossBearer(tier.bearer or LossBearer.OTHERS).label
    if tier.amount_fen is not None:
        return f"{format_fen(tier.amount_fen, Unit.WAN, with_unit=True)} · {bearer}"
    if tier.first_loss is None:
        return None
    return _("%(share)s of paid-in capital") % {"share": percent_text(tier.first_loss)} + f" · {bearer}"


def interest_text(tier: WaterfallTier) -> str | None:
    """The yearly rate of a step with interest and how it is counted."""
    if tier.hurdle is None:
        return None
    simple = tier.compounding in {"", Compounding.SIMPLE}
    how = _("simple") if simple else _("compounded yearly")
    return f"{percent_text(tier.hurdle)} · {how} · {DayCount(tier.day_count or DayCount.ACT_365F).label}"


def concession_text(tier: WaterfallTier) -> str | None:
    """What the government gives up of its part, and to whom."""
    if tier.concession is None:
        return None
    return f"{percent_text(tier.concession)} → {tier.get_concession_to_display()}"


def limit_text(limit: FundLimit) -> str:
    """What a limit states: a share of something, a number, or an amount."""
    if limit.share is not None:
        return f"{percent_text(limit.share)} · {limit.get_basis_display()}"
    return str(limit.count) if limit.count is not None else format_fen(limit.amount_fen, Unit.WAN, with_unit=True)


def actual_text(check: LimitCheck) -> str | None:
    """The actual value in the measure of its limit; None where nothing can be said yet."""
    if check.actual is None:
        return None
    if check.limit.share is not None:
        return percent_text(Fraction(check.actual))
    if check.limit.count is not None:
        return str(check.actual)
    return format_fen(int(check.actual), Unit.WAN, with_unit=True)


def kept_status(check: LimitCheck) -> Status:
    """Whether a limit is kept."""
    if check.is_kept is None:
        return Status(_("No data"), "idle")
    return Status(_("Kept"), "ok") if check.is_kept else Status(_("Not kept"), "bad")


def phases_table(phases: Sequence[FundTerm]) -> Table:
    """The periods of a fund's term."""
    rows = tuple(
        Row(
            (
                Text(term.get_phase_display()), Day(term.valid_from),
                Day(term.valid_to) if term.valid_to else Unknown(_("No end is set")), Text(term.approved_by),
            )
        )
        for term in phases
    )  # fmt: skip
    return Table(
        _("Periods of the term"),
        (
            Column(_("Phase")), Column(_("From"), ColumnKind.DAY), Column(_("To"), ColumnKind.DAY),
            Column(_("Approved by")),
        ),
        rows,
        empty=_("No period is recorded; the end dates typed with the fund are used."),
    )  # fmt: skip


def fee_terms_table(terms: Sequence[FeeTerm]) -> Table:
    """The management fee by phase."""
    rows = tuple(
        Row(
            (
                Text(term.get_phase_display()), Percent(term.rate), Text(term.get_basis_display()),
                Day(term.valid_from), Text(term.document or "–"),
            )
        )
        for term in terms
    )  # fmt: skip
    return Table(
        _("Management fee"),
        (
            Column(_("Phase")), Column(_("Rate per year"), ColumnKind.PERCENT), Column(_("Basis")),
            Column(_("From"), ColumnKind.DAY), Column(_("Source document")),
        ),
        rows,
        empty=_("No management fee is recorded."),
    )  # fmt: skip


def tiers_table(tiers: Sequence[WaterfallTier]) -> Table:
    """The steps of the waterfall that hold on the day."""
    not_stated = _("A step of this kind does not state it")

    def stated(text: str | None) -> Value:
        return Text(text) if text else Unknown(not_stated)

    def share(value: Fraction | None) -> Value:
        return Unknown(not_stated) if value is None else Percent(value)

    rows = tuple(
        Row(
            (
                Text(str(tier)), stated(first_loss_text(tier)), share(tier.hurdle), share(tier.manager),
                stated(concession_text(tier)),
            )
        )
        for tier in tiers
    )  # fmt: skip
    return Table(
        _("Waterfall, first loss and profit concession"),
        (
            Column(_("Step")), Column(_("First loss")), Column(_("Preferred return"), ColumnKind.PERCENT),
            Column(_("Share of the manager"), ColumnKind.PERCENT), Column(_("Profit concession")),
        ),
        rows,
        empty=_("No step is recorded; the government shares pro rata, but for the first loss stated with the fund."),
    )  # fmt: skip


def limits_table(checks: Sequence[LimitCheck]) -> Table:
    """Each limit beside the actual value; those of an unverified source are flagged."""
    nothing = _("Nothing to measure yet")
    rows = []
    for check in checks:
        actual = actual_text(check)
        cells = (
            Text(check.limit.get_kind_display()), Text(limit_text(check.limit)),
            Text(actual) if actual else Unknown(nothing), Text(kept_status(check).label), Text(check.limit.source),
        )  # fmt: skip
        rows.append(Row(cells, unverified=check.limit.status == "unverified"))
    return Table(
        _("Are the limits kept?"),
        (
            Column(_("Limit")), Column(_("Stated")), Column(_("Actual")), Column(_("Kept")),
            Column(_("Where it is written")),
        ),
        tuple(rows),
        empty=_("No limit is recorded."),
    )  # fmt: skip

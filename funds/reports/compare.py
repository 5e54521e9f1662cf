"""The rows of a comparison of funds: what each fund answers, in words, with the page behind each figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from funds.queries.compare import Compared
from funds.queries.questions import Target
from funds.queries.rate_rows import Side
from funds.queries.sums import Moment
from funds.reports.amounts import fen
from funds.reports.rates import fund_link, rate_status, rate_value, rows_link, times_value
from funds.reports.results import at_moment, tolerance_link
from funds.reports.tables import document_label
from funds.rules.returns.xirr import Irr
from innovation.core.figures import number_text, percent_text, points_text
from innovation.core.money import Unit, format_fen
from innovation.reports.content import Percent, Times, Unknown, Value

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in one cell: its text, the page behind it; an empty text is unknown for the reason ``why``."""

    text: str
    href: str
    why: Text = ""


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One figure of all funds, in the order of the columns."""

    part: Text
    label: Text
    cells: tuple[Shown, ...]


def compare_rows(found: Sequence[Compared], moment: Moment, unit: Unit) -> list[CompareRow]:
    """Terms, returns, tolerance, concentration, what stands open: a row for each figure."""
    return [
        CompareRow(part, label, tuple(read(each) for each in found))
        for part, rows in (
            (_("Terms"), _terms(moment, unit)),
            (_("Returns"), _returns(moment, unit)),
            (_("Loss tolerance"), _tolerance(moment, unit)),
            (_("Concentration"), _concentration(moment)),
            (_("Open today"), _open()),
        )
        for label, read in rows
    ]


NO_CAP = _("No cap tested")
Row = tuple[Text, Callable[[Compared], Shown]]


def _terms(moment: Moment, unit: Unit) -> list[Row]:
    def told(label: Text, text: Callable[[Compared], str], why: Text = "") -> Row:
        return label, lambda each: Shown(text(each), _page("terms", each, moment), why)

    return [
        told(_("Kind"), lambda each: each.fund.get_kind_display()),
        told(_("Class"), lambda each: each.fund.get_fund_class_display()),
        told(_("State"), lambda each: each.fund.get_state_display()),
        told(_("Stage"), lambda each: each.fund.get_stage_display() or _t("Mixed")),
        told(_with_unit(_("Committed"), unit), lambda each: format_fen(each.fund.committed_fen, unit)),
        told(_("Share of government money"), lambda each: percent_text(each.fund.government_share)),
        told(
            _("Vintage"), lambda each: str(each.line.first_call.year) if each.line.first_call else "",
            _("No money was called yet."),
        ),
        told(_("End of life"), lambda each: str(each.fund.ends_on or ""), _("No end is set")),
    ]  # fmt: skip


def _returns(moment: Moment, unit: Unit) -> list[Row]:
    def rows_of(side: Side) -> Callable[[Compared], str]:
        return lambda each: rows_link(each.line, side, moment)

    def page(each: Compared) -> str:
        return fund_link(each.fund.pk, moment)

    def times(label: Text, ratio: Callable[[Compared], Fraction | None]) -> Row:
        return label, lambda each: _value(times_value(ratio(each)), page(each))

    def net(name: str) -> Callable[[Compared], Fraction | None]:
        return lambda each: getattr(each.line.multiples, name)

    return [
        (_with_unit(_("Paid-in"), unit), lambda each: Shown(_money(each.line.paid_in, unit), page(each))),
        (_with_unit(_("Net asset value"), unit), lambda each: Shown(_money(each.line.nav, unit), page(each))),
        times(_("DPI"), net("dpi")),
        times(_("RVPI"), net("rvpi")),
        times(_("TVPI, net"), net("tvpi")),
        times(_("TVPI, gross"), lambda each: each.line.gross_multiples.tvpi),
        (_("Net IRR"), lambda each: _rate(each.line.net, rows_of(Side.NET)(each))),
        (_("Status of the net IRR"), lambda each: _rate_status(each.line.net, rows_of(Side.NET)(each))),
        (_("Gross IRR"), lambda each: _rate(each.line.gross, rows_of(Side.GROSS)(each))),
        (_("Status of the gross IRR"), lambda each: _rate_status(each.line.gross, rows_of(Side.GROSS)(each))),
    ]


def _tolerance(moment: Moment, unit: Unit) -> list[Row]:
    def told(label: Text, text: Callable[[Compared], str], why: Text = NO_CAP) -> Row:
        def read(each: Compared) -> Shown:
            return Shown(text(each), tolerance_link(Target.of_fund(each.fund), moment), why)

        return label, read

    def share(value: Fraction | None) -> str:
        return "" if value is None else percent_text(value)

    def binds(each: Compared) -> str:
        main = each.tolerance.main
        flags = [_t("Binding") if main.binds else _t("Indicative")] + ([_t("Unverified")] if main.unverified else [])
        return " · ".join([document_label(main), *flags]) if main.document else ""

    def points(each: Compared) -> str:
        left = each.tolerance.main.headroom_points
        return "" if left is None else points_text(left)

    return [
        told(_("Status"), lambda each: str(each.tolerance.main.tolerance.status.label)),
        told(_("Loss rate"), lambda each: share(each.tolerance.main.rate.rate), _("No loss rate")),
        told(_("Cap in effect"), lambda each: share(each.tolerance.main.tolerance.effective_cap)),
        told(_("Share of the cap used"), lambda each: share(each.tolerance.main.tolerance.utilisation)),
        told(_("Headroom in points"), points),
        told(
            _with_unit(_("Headroom"), unit),
            lambda each: _money(each.tolerance.main.tolerance.headroom, unit),
        ),
        told(_("Policy"), binds, _("No policy")),
    ]  # fmt: skip


def _concentration(moment: Moment) -> list[Row]:
    return [
        (_("Holdings"), lambda each: Shown(number_text(each.holdings), _page("fund", each, moment))),
        (
            _("Share of the largest holding"),
            lambda each: Shown(
                "" if each.largest is None else percent_text(each.largest), fund_link(each.fund.pk, moment),
                _("Nothing was invested by this day"),
            ),
        ),
    ]  # fmt: skip


def _open() -> list[Row]:
    def alerts(each: Compared) -> str:
        return f"{reverse('funds:alerts')}?{urlencode({'fund': each.fund.pk})}"

    def cases(each: Compared) -> str:
        return f"{reverse('funds:cases')}?{urlencode({'q': each.fund.code, 'due': 'open'})}"

    return [
        (_("Open alerts"), lambda each: Shown(number_text(each.alerts), alerts(each))),
        (_("Open exemption cases"), lambda each: Shown(number_text(each.cases), cases(each))),
    ]


def _page(name: str, each: Compared, moment: Moment) -> str:
    return at_moment(reverse(f"funds:{name}", args=[each.fund.pk]), moment)


def _with_unit(label: Text, unit: Unit) -> str:
    return f"{label} ({unit.label})"


def _money(amount: Fraction | int | None, unit: Unit) -> str:
    return "" if amount is None else format_fen(fen(amount), unit)


def _rate(irr: Irr | None, href: str) -> Shown:
    return Shown("", href) if irr is None else _value(rate_value(irr), href)


def _rate_status(irr: Irr | None, href: str) -> Shown:
    return Shown("", href) if irr is None else Shown(str(rate_status(irr).label), href)


def _value(value: Value, href: str) -> Shown:
    match value:
        case Percent():
            return Shown(percent_text(value.value), href)
        case Times():
            return Shown(number_text(value.value, 2), href)
        case Unknown():
            return Shown("", href, value.reason)
    raise TypeError(f"{value!r} is no rate and no multiple")

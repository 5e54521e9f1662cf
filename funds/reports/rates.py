"""How rates, multiples and market equivalents are said: a status with every number, a reason with every dash."""

from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from funds.choices.figures import IrrStatus
from funds.choices.records import FundClass
from funds.queries.performance import Cut, Line
from funds.queries.rate_rows import Side
from funds.queries.returns import NoPme, PoolPme
from funds.queries.sums import Moment
from funds.reports.results import at_moment
from funds.reports.words import stage_label
from funds.rules.returns.pme import Pme
from funds.rules.returns.xirr import Irr
from innovation.core.figures import percent_text
from innovation.reports.content import Percent, Status, Times, Unknown, Value

DECIMALS = 8


def exact(number: float) -> Fraction:
    """A computed number as the exact decimal that is kept of it: reports hold no floats."""
    return Fraction(round(number * 10**DECIMALS), 10**DECIMALS)


def rate_value(irr: Irr) -> Value:
    """The number to show: the annual rate, under one year the return of the period, −100 % for a total loss."""
    if irr.status == IrrStatus.TOTAL_LOSS:
        return Percent(Fraction(-1))
    shown = irr.shown
    return Unknown(why_no_rate(irr)) if shown is None else Percent(exact(shown))


def why_no_rate(irr: Irr) -> str:
    """The reason in words; for several roots with all of them."""
    if irr.status == IrrStatus.MULTIPLE:
        rates = ", ".join(percent_text(exact(rate)) for rate in irr.rates)
        return _("Several rates solve the equation: %(rates)s. None of them is the return.") % {"rates": rates}
    return {
        IrrStatus.SAME_SIGN: _("Money moved one way only, or not at all, so there is no rate."),
        IrrStatus.SINGLE_DATE: _("All money moved on one day, so there is no rate."),
        IrrStatus.NO_ROOT: _("No rate solves the equation."),
        IrrStatus.NOT_MEANINGFUL: _("The rate lies outside all meaning."),
    }.get(irr.status, "")


def rate_status(irr: Irr) -> Status:
    """The status that stands beside every rate."""
    if irr.status == IrrStatus.OK and irr.under_one_year:
        return Status(_("Under one year: return of the period"), "info")
    tones = {IrrStatus.OK: "ok", IrrStatus.TOTAL_LOSS: "bad", IrrStatus.MULTIPLE: "notice"}
    return Status(str(irr.status.label), tones.get(irr.status, "idle"))


def times_value(ratio: Fraction | None) -> Value:
    """A multiple, or why there is none."""
    return Unknown(_("Nothing was paid in by this day.")) if ratio is None else Times(ratio)


def pme_value(found: PoolPme | None, name: str) -> Value:
    """One figure of a market equivalent: ``ks``, ``alpha``, ``spread``, ``nickels`` or ``plus``."""
    if found is None:
        return Unknown(_("No market index is chosen."))
    if found.pme is None:
        return Unknown(why_no_pme(found))
    return _equivalent(found.pme, name)


def _equivalent(pme: Pme, name: str) -> Value:
    no_spread, no_scale = _("One of the two rates does not exist."), _("Distributions cannot be scaled to the index.")
    overdrawn = _("The index account would be overdrawn, so there is no rate.")
    match name:
        case "ks":
            return times_value(None if pme.ks_pme is None else exact(pme.ks_pme))
        case "spread":
            return Unknown(no_spread) if pme.ln_spread is None else Percent(exact(pme.ln_spread))
        case "nickels":
            return Unknown(overdrawn) if pme.ln_irr is None else rate_value(pme.ln_irr)
        case "plus":
            return Unknown(no_scale) if pme.plus_irr is None else rate_value(pme.plus_irr)
    return rate_value(pme.direct_alpha)


def why_no_pme(found: PoolPme) -> str:
    if found.problem == NoPme.NO_LEVEL:
        return _("The index has no level for %(day)s. Upload its levels to compare.") % {"day": found.missing}
    return _("Nothing was paid in by this day.")


def line_name(line: Line) -> str:
    """The name of a line in the reader's language."""
    match line.cut:
        case Cut.TOTAL:
            return _("All funds together")
        case Cut.CLASS:
            return str(FundClass(line.key).label)
        case Cut.STAGE:
            return stage_label(str(line.key))
        case Cut.INDUSTRY:
            return f"{line.key} {line.name}".strip() or _("Industry not recorded")
    return line.name


def rows_link(line: Line, side: Side, moment: Moment) -> str:
    """The page that shows of which rows a rate is made and how; empty for lines by industry, which have no rows."""
    if line.cut == Cut.INDUSTRY:
        return ""
    return at_moment(reverse("funds:rate_rows"), moment, cut=line.cut.value, key=str(line.key), side=side.value)


def fund_link(pk: int, moment: Moment) -> str:
    """The performance page of a fund at a moment."""
    return at_moment(reverse("funds:fund_performance", args=[pk]), moment)


def vintage_words(day: date | None) -> str:
    return str(day.year) if day else ""

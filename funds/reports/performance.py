"""Multiples and positions of one fund (domain 4.10), each opening its events."""

from fractions import Fraction

from django.utils.translation import gettext as _

from funds.queries.carry import carry_of, tiers_known
from funds.queries.tolerance import ToleranceView
from funds.queries.waterfall import flows_of
from funds.reports.amounts import fen
from funds.reports.results import ledger_link
from funds.rules.multiples import multiples
from innovation.reports.content import Figure, Money, Section, Times, Unknown, Value


def performance_section(view: ToleranceView) -> Section:
    """PIC, DPI, RVPI, TVPI and what they are made of, for the fund of the view."""
    books = view.books[view.funds[0].pk]
    fund, held = books.fund, books.holdings
    gross = fen(fund.nav(held))
    pk, as_of = view.funds[0].pk, view.moment.as_of
    tiers, flows = tiers_known([pk], view.moment), flows_of([pk], view.moment)
    carry = carry_of(view.funds[:1], view.moment, tiers, flows).on(pk, as_of, gross)
    nav = gross - carry.accrued
    ratios = multiples(
        commitment=fund.commitment, calls=fund.paid_in, recalled_distributions=0,
        distributions=fund.distributions - carry.paid, nav=nav,
    )  # fmt: skip
    if carry.accrued or carry.paid:
        shared: tuple[Figure, ...] = (
            Figure(_("Accrued carry"), Money(carry.accrued), note=_("the manager's share of profit in the value")),
            Figure(_("Carry paid"), Money(carry.paid), note=_("contained in the distributions")),
        )
        made_of = _("cash and fair value of the holdings − accrued carry")
    else:
        shared, made_of = (), _("cash and fair value of the holdings")
    return Section(
        _("Performance"),
        figures=(
            Figure(_("TVPI"), _times(ratios.tvpi), note=_("distributions and net asset value over paid-in")),
            Figure(_("DPI"), _times(ratios.dpi), note=_("distributions over paid-in")),
            Figure(_("RVPI"), _times(ratios.rvpi), note=_("net asset value over paid-in")),
            Figure(_("PIC"), _times(ratios.pic), note=_("paid-in over commitment")),
            Figure(_("Paid-in"), Money(fen(fund.paid_in)), ledger_link(view, "paid_in")),
            Figure(_("Distributions"), Money(fen(fund.distributions)), ledger_link(view, "distributions")),
            Figure(_("Fees and expenses"), Money(fen(fund.fees)), ledger_link(view, "fees")),
            Figure(_("Invested cost"), Money(fen(_sum(h.cost for h in held))), ledger_link(view, "cost")),
            Figure(_("Proceeds of exits"), Money(fen(_sum(h.proceeds for h in held))), ledger_link(view, "proceeds")),
            Figure(_("Fair value of holdings"), Money(fen(_sum(h.fair_value for h in held)))),
            Figure(_("Cash"), Money(fen(fund.cash(held)))),
            *shared,
            Figure(_("Net asset value"), Money(nav), note=made_of),
        ),
        notes=(_("Multiples after GIPS 2020: paid-in counts recalled distributions each time they are called."),),
    )


def _times(ratio: Fraction | None) -> Value:
    return Unknown(_("Nothing was paid in by this day.")) if ratio is None else Times(ratio)


def _sum(amounts) -> Fraction:
    return sum(amounts, Fraction(0))

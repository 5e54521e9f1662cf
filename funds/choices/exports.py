"""The figures that a line of an export template may name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExportFigure(TextChoices):
    """By name; how each is computed stands in ``funds.queries.exported``."""

    NAV_OPENING = "nav.opening", _("Net asset value before the period")
    NAV_CLOSING = "nav.closing", _("Net asset value at the end")
    VALUE_CLOSING = "value.closing", _("Fair value of holdings at the end")
    CONTRIBUTIONS = "flows.contributions", _("Paid in by investors")
    DISTRIBUTIONS = "flows.distributions", _("Distributed to investors")
    RECALLABLE = "flows.recallable", _("Of the distributions what may be recalled")
    INVESTMENTS = "flows.investments", _("Paid for investments")
    PROCEEDS = "flows.proceeds", _("Proceeds and income of holdings")
    MANAGEMENT_FEE = "fees.management", _("Management fee")
    EXPENSES = "fees.expenses", _("Fund expenses")
    HOLDING_INCOME = "income.holdings", _("Dividends and interest of holdings")
    OWN_INCOME = "income.own", _("The fund's own income")
    REALISED = "gains.realised", _("Realised result")
    UNREALISED = "gains.unrealised", _("Unrealised change")
    COMMITTED = "commitment.total", _("Committed")
    UNFUNDED_OPENING = "commitment.unfunded_opening", _("Uncalled before the period")
    UNFUNDED = "commitment.unfunded", _("Uncalled at the end")
    MADE_RECALLABLE = "commitment.recallable", _("Made recallable in the period")
    CALLS_INVESTMENTS = "calls.investments", _("Called for investments")
    CALLS_FEES = "calls.fees", _("Called for management fees")
    CALLS_EXPENSES = "calls.expenses", _("Called for fund expenses")
    CALLS_UNITEMISED = "calls.unitemised", _("Called without a stated use")
    CARRY_PAID = "carry.paid", _("Carried interest distributed")
    NET_IRR = "rate.net_irr", _("Net IRR")
    GROSS_IRR = "rate.gross_irr", _("Gross IRR")
    TVPI = "ratio.tvpi", _("TVPI")
    DPI = "ratio.dpi", _("DPI")
    RVPI = "ratio.rvpi", _("RVPI")
    PIC = "ratio.pic", _("PIC")
    GROSS_MULTIPLE = "ratio.gross_multiple", _("Gross multiple")

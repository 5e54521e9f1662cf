"""The life of a fund as data: which step leads where, who may take it, what must hold before (domain 5.2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.records import FundState
from innovation.core.errors import RuleViolation
from innovation.core.transitions import StateName, Table, Transition

PERMISSION = "funds.move_fund"


def needs_capital(fund: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """NO_COMMITMENT until somebody has committed money (grant money has no investors)."""
    if not facts.get("has_commitments"):
        yield RuleViolation("NO_COMMITMENT", _("Record first who has committed how much."))


def needs_extension(fund: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """NO_EXTENSION until an approved extension period is recorded."""
    if not facts.get("has_extension"):
        yield RuleViolation("NO_EXTENSION", _("Record first the extension period with who approved it."))


def needs_empty_books(fund: Any, facts: Mapping[str, Any]) -> Iterator[RuleViolation]:
    """HOLDINGS_LEFT while cost remains invested, MONEY_LEFT while the fund holds money."""
    if facts.get("remaining_fen"):
        yield RuleViolation("HOLDINGS_LEFT", _("Holdings still stand in the books: exit or write them off first."))
    if facts.get("cash_fen"):
        yield RuleViolation("MONEY_LEFT", _("The fund still holds money: distribute it first."))


FUND_TRANSITIONS: Table = {
    FundState.PREPARING: {
        "start": Transition(FundState.INVESTING, PERMISSION, _("Begin the investment period"), needs_capital)
    },
    FundState.INVESTING: {"exit": Transition(FundState.EXITING, PERMISSION, _("Begin the exit period"))},
    FundState.EXITING: {
        "extend": Transition(FundState.EXTENDED, PERMISSION, _("Extend the term"), needs_extension),
        "liquidate": Transition(FundState.LIQUIDATING, PERMISSION, _("Begin the liquidation")),
    },
    FundState.EXTENDED: {"end_extension": Transition(FundState.EXITING, PERMISSION, _("End the extension"))},
    FundState.LIQUIDATING: {"close": Transition(FundState.CLOSED, PERMISSION, _("Close the fund"), needs_empty_books)},
    FundState.CLOSED: {},
}

FUND_STATE_NAMES = {
    FundState.PREPARING: StateName(
        _("In preparation"),
        _("In preparation"),
        _("Once the commitments are recorded, the office begins the investment period."),
    ),
    FundState.INVESTING: StateName(
        _("Investment period"), _("Investing"), _("The fund invests until the end of its investment period.")
    ),
    FundState.EXITING: StateName(
        _("Exit period"), _("Exiting"), _("The fund exits its holdings; then it is extended or liquidated.")
    ),
    FundState.EXTENDED: StateName(
        _("Extension period"), _("Extended"), _("The fund exits what is left by the end of the extension.")
    ),
    FundState.LIQUIDATING: StateName(
        _("In liquidation"), _("In liquidation"), _("The fund closes when no holding and no money is left.")
    ),
    FundState.CLOSED: StateName(_("Closed"), _("Closed"), _("Only reversals and recoveries are recorded.")),
}

"""Renewals before the European and the United States offices, and entry of PCT applications into China."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from innovation.core.days import month_end
from patents.rules.dates import Period, Works, add, roll
from patents.rules.deadline_rules import RuleBook


@dataclass(frozen=True)
class Renewal:
    """The first and the last day on which a renewal fee may be paid without surcharge."""

    earliest: date
    due: date


def european_renewal(book: RuleBook, filing: date, year: int, *, paid_under: date) -> Renewal:
    """The fee of year ``year`` (3 and later) under the rule in force on ``paid_under`` (EPC, rule 51(1)).

    Both days are ends of months: subtracting months from an end of month would lose days.
    """
    before = book.find("ANNUITY", "invention", on=paid_under, jurisdiction="EP").parameters["earliest_months_before"]
    due = month_end(add(filing, year - 1))
    return Renewal(month_end(add(due, 0, -before.get(str(year), before["other"]))), due)


@dataclass(frozen=True)
class Maintenance:
    """The window of a maintenance fee in the United States; only last days roll."""

    opens: date
    without_surcharge: Period
    grace: Period


def us_maintenance(grant: date, n: int, works: Works) -> Maintenance:
    """The ``n``-th fee (1 to 3): 4n − 1 years to 4n − ½ without, to 4n years with surcharge (35 USC 41(b))."""
    opens = add(grant, 4 * n - 1)
    return Maintenance(opens, roll(add(grant, 4 * n - 1, 6), works), roll(add(grant, 4 * n), works))


@dataclass(frozen=True)
class NationalEntry:
    """Entry into China: in time, and late for a fee in yuan."""

    in_time: Period
    late: Period
    late_fee: Decimal


def entry_into_china(book: RuleBook, priority: date, works: Works) -> NationalEntry:
    """30 and 32 months from the earliest priority."""
    usual, late = (book.find(kind, "pct_invention") for kind in ("NATIONAL_ENTRY", "NATIONAL_ENTRY_LATE"))
    fee = Decimal(late.parameters["late_fee"])
    return NationalEntry(roll(usual.end(priority), works), roll(late.end(priority), works), fee)

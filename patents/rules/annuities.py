"""Annuities in China: which year is owed, when, how much, what lowers it, and what a late payment costs.

Source: Guidelines for Patent Examination, part V, chapter 9; fee reduction 财税〔2016〕78号, 〔2018〕37号 and
〔2019〕45号; open licence 财税〔2024〕23号. The amounts are rows of the data file.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from patents.choices.register import AnnuityPolicy, AnnuityStatus, LateStatus
from patents.rules.dates import add
from patents.rules.deadline_rules import RuleBook
from patents.rules.terms import patent_year, term

CENT, NOTHING = Decimal("0.01"), Decimal("0.00")
REDUCED_YEARS = 10


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to two places; once for each line."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Annuity:
    """One annuity. ``due`` is None where none is owed by a day; ``amount`` is the full one."""

    year_at_grant: int
    status: AnnuityStatus
    due: date | None
    amount: Decimal


def annuity(book: RuleBook, right: str, filing: date, grant: date, year: int) -> Annuity:
    """The annuity of patent year ``year``; it is due before the year begins."""
    granted = patent_year(filing, grant)
    due = add(filing, year - 1)
    if due >= term(book, right, filing).termination:
        return Annuity(granted, AnnuityStatus.OUT_OF_TERM, None, NOTHING)
    if year < granted:
        return Annuity(granted, AnnuityStatus.NONE, None, NOTHING)
    amount = full_amount(book, right, year)
    if year == granted:
        return Annuity(granted, AnnuityStatus.AT_REGISTRATION, None, amount)
    return Annuity(granted, AnnuityStatus.DUE, due, amount)


def full_amount(book: RuleBook, right: str, year: int) -> Decimal:
    """The full annuity of a patent year. Raises LookupError for a year that has none."""
    return book.find("ANNUITY", right).fee(year)


def total(book: RuleBook, right: str, first: int, last: int) -> Decimal:
    """The full annuities of the years ``first`` to ``last``, both included."""
    return sum((full_amount(book, right, year) for year in range(first, last + 1)), NOTHING)


@dataclass(frozen=True)
class Payable:
    """What is to be paid, and why less than all; ``reduction_applies`` even where another policy is cheaper."""

    full: Decimal
    amount: Decimal
    reduction_applies: bool
    policy: AnnuityPolicy


def payable(
    book: RuleBook, right: str, year: int, *, year_at_grant: int, reduction: Decimal, open_licence: bool
) -> Payable:
    """The smallest of what the single policies leave; policies never multiply.

    ``reduction`` is the share that is waived: 0, 0.70 (several owners) or 0.85 (one), each owner qualifying.
    """
    full = full_amount(book, right, year)
    reduced = reduction > 0 and year_at_grant <= year < year_at_grant + REDUCED_YEARS
    found = [(full, AnnuityPolicy.NONE)]
    if reduced:
        found.append((cents(full * (1 - reduction)), AnnuityPolicy.REDUCTION))
    if open_licence:
        discount = Decimal(book.find("OPEN_LICENCE_DISCOUNT").parameters["discount"])
        found.append((cents(full * (1 - discount)), AnnuityPolicy.OPEN_LICENCE))
    amount, policy = min(found, key=lambda one: one[0])
    return Payable(full, amount, reduced, policy)


@dataclass(frozen=True)
class Late:
    """What a payment on a day costs; after the grace only what restoration adds is known."""

    status: LateStatus
    surcharge_percent: int | None = None
    surcharge: Decimal | None = None
    still_owed: Decimal | None = None
    total: Decimal | None = None
    restoration_surcharge: Decimal | None = None


def late_fee(
    book: RuleBook, *, full: Decimal, amount: Decimal, due: date, paid_on: date, paid_before: Decimal = NOTHING
) -> Late:
    """The surcharge by months begun after ``due``, of the full annuity even where a lower one is paid.

    ``paid_before`` is surcharge that was paid already; a later top-up counts in the band of the later day.
    """
    rule = book.find("ANNUITY_GRACE")
    if paid_on <= due:
        return Late(LateStatus.ON_TIME, 0, NOTHING, NOTHING, cents(amount))
    for months, percent in rule.steps:
        if paid_on <= add(due, 0, months):
            surcharge = cents(full * percent / 100)
            owed = max(NOTHING, surcharge - paid_before)
            return Late(LateStatus.GRACE, percent, surcharge, owed, cents(amount + surcharge))
    restoration = cents(full * int(rule.parameters["restoration_percent"]) / 100)
    return Late(LateStatus.GRACE_EXPIRED, restoration_surcharge=restoration)

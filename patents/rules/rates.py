"""Royalties by a rate card: tiers, slabs, caps, classes. Exact amounts, rounded half up once for each line.

Models of the forms: the published terms of AVC, HEVC, AVS, Wi-Fi and car pools (domain text, section 3.1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from patents.rules.annuities import NOTHING, cents


@dataclass(frozen=True)
class Tier:
    """Up to and with ``upto`` units (None: without limit) ``price`` each, or for all of them."""

    upto: int | None
    price: Decimal


@dataclass(frozen=True)
class Capped:
    """An amount before and after its cap."""

    uncapped: Decimal
    royalty: Decimal


def capped(amount: Decimal, cap: Decimal | None) -> Capped:
    """``amount``, at most ``cap``; None is no cap."""
    return Capped(amount, amount if cap is None else min(amount, cents(cap)))


def marginal(units: int, tiers: Iterable[Tier], cap: Decimal | None = None) -> Capped:
    """Each tier's price for the units that fall into it. Tiers come in rising order."""
    amount, below = Decimal(0), 0
    for tier in tiers:
        upto = units if tier.upto is None else min(units, tier.upto)
        amount += tier.price * max(0, upto - below)
        below = max(below, upto)
    return capped(cents(amount), cap)


def slab(units: int, slabs: Iterable[Tier]) -> Decimal:
    """The one price of the first slab that holds all units. Raises LookupError above the last one."""
    for one in slabs:
        if one.upto is None or units <= one.upto:
            return cents(one.price)
    raise LookupError(f"No slab for {units} units")


def flat(units: int, rate: Decimal) -> Decimal:
    """One rate for each unit."""
    return cents(units * rate)


@dataclass(frozen=True)
class CategoryRate:
    """Price of a unit in a category of products, and the most that a year's units of it cost."""

    rate: Decimal
    cap: Decimal | None


@dataclass(frozen=True)
class ByCategory:
    """What each category costs after its cap, and all of them after the cap of the enterprise."""

    lines: Mapping[str, Decimal]
    total: Decimal


def by_category(
    units: Mapping[str, int],
    card: Mapping[str, CategoryRate],
    *,
    region_factor: Decimal,
    enterprise_cap: Decimal | None,
) -> ByCategory:
    """Units × rate × region, then the cap of the category (which no region scales), then that of the enterprise."""
    lines = {
        name: capped(cents(units.get(name, 0) * one.rate * region_factor), one.cap).royalty
        for name, one in card.items()
    }
    return ByCategory(lines, capped(sum(lines.values(), NOTHING), enterprise_cap).royalty)


def payable_units(units: int, paid_before: int) -> int:
    """Units of a terminal whose chip has not paid yet: a chain pays once."""
    return max(0, units - paid_before)


class SigningClass(StrEnum):
    """When a licensee signed; kept for the life of the licence."""

    EARLY = "EARLY"
    STANDARD = "STANDARD"


def signing_class(
    signed: date, *, early_before: date, first_sale: date | None, first_sale_extends: bool
) -> SigningClass:
    """Early before ``early_before``, or before the first sale where that is later and the card says so."""
    limit = max(early_before, first_sale) if first_sale_extends and first_sale else early_before
    return SigningClass.EARLY if signed < limit else SigningClass.STANDARD


def compliance_rate(
    *, compliant: bool, compliant_rate: Decimal, standard_rate: Decimal, multiplier: Decimal
) -> Decimal:
    """The price of a unit by whether the licensee reports and pays as agreed."""
    return (compliant_rate if compliant else standard_rate) * multiplier


def cap_of_year(caps: Sequence[tuple[int, Decimal]], year: int) -> Decimal | None:
    """The cap of the latest first year up to ``year``; None, which stops invoices, where there is none."""
    begun = [one for one in caps if one[0] <= year]
    return cents(max(begun, key=lambda one: one[0])[1]) if begun else None


def within_price_guide(basis: str, value: Decimal, parameters: Mapping[str, str]) -> bool:
    """Whether an open licence stays within the guide: ``basis`` is fixed (yuan), net_sales or profit (shares)."""
    limit = {"fixed": "fixed_fee_max", "net_sales": "net_sales_rate_max", "profit": "profit_rate_max"}[basis]
    return value <= Decimal(parameters[limit])

"""Who owns how much of a company on a day, from the transactions of its cap table. Exact decimals.

A security stands from its issuance until a transaction takes it out: a transfer, cancellation, repurchase, retraction,
conversion or reissuance closes the whole of it, and what is left over is a new security of its own
(``balance_security_id``). A grant under a plan stands with what is not exercised yet. A split multiplies what a class
had before it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from funds.rules.ocf import day_of

CLOSING = ("_TRANSFER", "_CANCELLATION", "_REPURCHASE", "_RETRACTION", "_CONVERSION", "_REISSUANCE")
EXERCISE = "TX_EQUITY_COMPENSATION_EXERCISE"


@dataclass(frozen=True, slots=True)
class Line:
    """One holder of one class: shares, their part of all shares, and what was paid where known, by currency."""

    stakeholder: str
    stock_class: str
    quantity: Fraction
    share: Fraction
    paid: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Loan:
    """Convertible money that stands: not counted as shares until it converts."""

    stakeholder: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Shares that a plan promises and that are not exercised yet: counted as shares only once they are."""

    stakeholder: str
    plan: str
    quantity: Fraction
    price: Mapping[str, str] | None
    expires_on: str


@dataclass(frozen=True, slots=True)
class CapTable:
    """The shares on a day, the largest holder first; convertible money and grants beside them."""

    lines: tuple[Line, ...]
    loans: tuple[Loan, ...]
    total: Fraction
    grants: tuple[Grant, ...] = ()

    @property
    def diluted(self) -> Fraction:
        """All shares, with those that grants promise."""
        return self.total + sum((grant.quantity for grant in self.grants), Fraction(0))


def closings(objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The day (ISO) on which a transaction closed a security, by its id."""
    return {
        str(item.get("security_id")): str(item["date"])
        for item in objects
        if str(item["object_type"]).endswith(CLOSING)
    }


def outstanding(
    grant: Mapping[str, Any], exercises: Iterable[Mapping[str, Any]], splits: Collection[Mapping[str, Any]]
) -> Fraction:
    """Shares that a grant still promises: what was granted less what was exercised, each times the later splits."""
    left = Fraction(Decimal(grant["quantity"])) * split_since(grant, splits)
    for item in exercises:
        if item["security_id"] == grant["security_id"]:
            at = {"stock_class_id": grant.get("stock_class_id"), "date": item["date"]}
            left -= Fraction(Decimal(item["quantity"])) * split_since(at, splits)
    return left


def cap_table(objects: Iterable[Mapping[str, Any]], as_of: date) -> CapTable:
    """The cap table at the end of ``as_of``. Objects are those of OCF, in any order."""
    counted = [item for item in objects if (day := day_of(item)) is not None and day <= as_of]
    closed = closings(counted)
    exercises = [item for item in counted if item["object_type"] == EXERCISE]
    splits = [item for item in counted if item["object_type"] == "TX_STOCK_CLASS_SPLIT"]
    held: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    paid: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    loans, grants = [], []
    for item in counted:
        if str(item.get("security_id")) in closed:
            continue
        if item["object_type"] == "TX_STOCK_ISSUANCE":
            place = (str(item["stakeholder_id"]), str(item["stock_class_id"]))
            quantity = Decimal(item["quantity"])
            held[place] += Fraction(quantity) * split_since(item, splits)
            basis = item.get("cost_basis")
            price = item["share_price"]
            amount = Decimal(basis["amount"]) if basis else quantity * Decimal(price["amount"])
            paid[place][(basis or price)["currency"]] += amount
        elif item["object_type"] == "TX_CONVERTIBLE_ISSUANCE":
            money = item["investment_amount"]
            loans.append(Loan(str(item["stakeholder_id"]), Decimal(money["amount"]), money["currency"]))
        elif item["object_type"] == "TX_EQUITY_COMPENSATION_ISSUANCE":
            left = outstanding(item, exercises, splits)
            if left > 0 and not _expired(item, as_of):
                grants.append(
                    Grant(
                        str(item["stakeholder_id"]), str(item.get("stock_plan_id", "")), left,
                        item.get("exercise_price"), str(item.get("expiration_date") or ""),
                    )
                )  # fmt: skip
    total = sum(held.values(), Fraction(0))
    lines = [
        Line(holder, stock_class, quantity, quantity / total if total else Fraction(0), dict(paid[holder, stock_class]))
        for (holder, stock_class), quantity in held.items()
    ]
    lines.sort(key=lambda line: (-line.quantity, line.stakeholder, line.stock_class))
    return CapTable(tuple(lines), tuple(loans), total, tuple(grants))


def _expired(grant: Mapping[str, Any], as_of: date) -> bool:
    last = str(grant.get("expiration_date") or "")
    return bool(last) and last < as_of.isoformat()


def split_since(issuance: Mapping[str, Any], splits: Iterable[Mapping[str, Any]]) -> Fraction:
    """By how much later splits of its class multiply an issuance."""
    factor = Fraction(1)
    for split in splits:
        if split["stock_class_id"] == issuance.get("stock_class_id") and split["date"] > issuance["date"]:
            ratio = split["split_ratio"]
            factor *= Fraction(Decimal(str(ratio["numerator"]))) / Fraction(Decimal(str(ratio["denominator"])))
    return factor

"""Securities of a cap table on a day, entries that are made upon them, and what is refused before one is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.companies import CAP_ENTRY_FIELDS, CapEntryKind
from funds.rules.cap_table import EXERCISE, closings, outstanding, split_since
from innovation.core.errors import RuleViolation

DECIMALS = 10
STOCK, CONVERTIBLE = "STOCK", "CONVERTIBLE"
NUMBERS = ("quantity", "new_shares", "amount", "reserved")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``quantity`` (shares) or ``amount`` (yuan) left out means all of the security.

    ``price`` is yuan a share: of an issuance, transfer or repurchase what is paid, of a grant the price of exercise.
    ``new_shares`` is what a conversion gives. ``reserved`` is the size of a plan that the cap table does not know yet.
    """

    kind: CapEntryKind
    on: date
    security_id: str = ""
    stakeholder: str = ""
    is_institution: bool = True
    stock_class: str = ""
    is_preferred: bool = False
    quantity: Decimal | None = None
    new_shares: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    plan: str = ""
    reserved: Decimal | None = None
    expires_on: date | None = None
    reason: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Security:
    """A security on a day: ``held`` shares or yuan that it stands for then, ``closed`` the day that took it out."""

    item: Mapping[str, Any]
    held: Fraction
    closed: str | None

    @property
    def family(self) -> str:
        """STOCK, CONVERTIBLE or EQUITY_COMPENSATION."""
        return family_of(str(self.item["object_type"]))


def family_of(object_type: str) -> str:
    """``TX_STOCK_TRANSFER`` → ``STOCK``."""
    return object_type.removeprefix("TX_").rsplit("_", 1)[0]


def securities(objects: Iterable[Mapping[str, Any]], on: date) -> dict[str, Security]:
    """Every security of a cap table, closed ones too, with what it stands for on ``on``; in the order of issuance.

    Closings and exercises count whatever their day: what goes out later cannot go out twice.
    """
    known = list(objects)
    closed = closings(known)
    splits = [
        item for item in known if item["object_type"] == "TX_STOCK_CLASS_SPLIT" and item["date"] <= on.isoformat()
    ]
    exercises = [item for item in known if item["object_type"] == EXERCISE]
    found = {}
    for item in sorted(known, key=lambda one: str(one.get("date", ""))):
        kind, key = str(item["object_type"]), str(item.get("security_id"))
        if kind == CapEntryKind.ISSUANCE:
            held = Fraction(Decimal(item["quantity"])) * split_since(item, splits)
        elif kind == CapEntryKind.CONVERTIBLE:
            held = Fraction(Decimal(item["investment_amount"]["amount"]))
        elif kind == CapEntryKind.GRANT:
            held = outstanding(item, exercises, splits)
        else:
            continue
        found[key] = Security(item, held, closed.get(key))
    return found


def check_fields(entry: Entry) -> None:
    """Refuse an entry that lacks what its kind needs, or whose numbers the format cannot hold."""
    for name in CAP_ENTRY_FIELDS[entry.kind][0]:
        value = getattr(entry, name)
        if value is None or value == "" or (isinstance(value, str) and not value.strip()):
            raise RuleViolation("FIELD_MISSING", _("This entry needs it."), field=name)
    for name in NUMBERS:
        value = getattr(entry, name)
        if value is not None and (value <= 0 or _too_fine(value)):
            raise RuleViolation("NUMBER", _("The number is above zero, with at most ten decimals."), field=name)
    if entry.price is not None and (entry.price < 0 or _too_fine(entry.price)):
        raise RuleViolation("PRICE", _("The price is zero or more, with at most ten decimals."), field="price")


def _too_fine(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return not isinstance(exponent, int) or exponent < -DECIMALS


def numeric(number: Decimal | Fraction | int) -> str:
    """A number as the format writes it. Raises RuleViolation TOO_FINE where ten decimals do not hold it."""
    scaled = Fraction(number) * 10**DECIMALS
    if scaled.denominator != 1:
        raise RuleViolation(
            "TOO_FINE", _("What is left over has more than ten decimals. Choose another number, or all of it."),
            field="quantity",
        )  # fmt: skip
    whole, part = divmod(scaled.numerator, 10**DECIMALS)
    return f"{whole}.{part:010d}".rstrip("0").rstrip(".")


def yuan(amount: Decimal | Fraction | int) -> dict[str, str]:
    """An amount of yuan as the format writes it."""
    return money(Fraction(amount), "CNY")


def money(amount: Fraction, currency: str) -> dict[str, str]:
    """An amount as the format writes it, to ten decimals."""
    return {"amount": plain(amount), "currency": currency}


def plain(number: Fraction) -> str:
    """For people: exact where ten decimals hold it, rounded to them otherwise."""
    return numeric(Fraction(round(number * 10**DECIMALS), 10**DECIMALS))


def check_security(entry: Entry, security: Security) -> None:
    """Refuse an entry upon a security of another kind, one that is gone, or before its issue or after its end."""
    if security.family != family_of(entry.kind):
        raise RuleViolation("SECURITY_KIND", _("This entry is not made upon such a security."), field="security_id")
    if security.closed:
        raise RuleViolation(
            "SECURITY_CLOSED",
            _("This was transferred, converted or taken out on %(day)s already.") % {"day": security.closed},
            field="security_id", facts={"day": security.closed},
        )  # fmt: skip
    issued = str(security.item["date"])
    if entry.on.isoformat() < issued:
        raise RuleViolation(
            "BEFORE_ISSUE", _("It was issued on %(day)s: nothing happens to it before.") % {"day": issued}, field="on",
            facts={"day": issued},
        )  # fmt: skip
    last = str(security.item.get("expiration_date") or "")
    if entry.kind == CapEntryKind.EXERCISE and last and entry.on.isoformat() > last:
        raise RuleViolation("GRANT_ENDED", _("This grant ended on %(day)s.") % {"day": last}, field="on")


def basis(item: Mapping[str, Any], part: Fraction) -> dict[str, str]:
    """A part of what was paid for shares."""
    stated = item.get("cost_basis")
    if stated:
        return money(Fraction(Decimal(stated["amount"])) * part, str(stated["currency"]))
    price = item["share_price"]
    paid = Fraction(Decimal(item["quantity"])) * Fraction(Decimal(price["amount"]))
    return money(paid * part, str(price["currency"]))


def plan_left(objects: Iterable[Mapping[str, Any]], plan: Mapping[str, Any]) -> Fraction:
    """Shares that a plan may still give: its size less what stands or was exercised; a lapse gives back."""
    known = list(objects)
    sizes = [
        item for item in known
        if item["object_type"] == "TX_STOCK_PLAN_POOL_ADJUSTMENT" and item["stock_plan_id"] == plan["id"]
    ]  # fmt: skip
    size = max(sizes, key=lambda item: str(item["date"]))["shares_reserved"] if sizes else None
    left = Fraction(Decimal(size or plan["initial_shares_reserved"]))
    grants = [
        item for item in known
        if item["object_type"] == CapEntryKind.GRANT and item.get("stock_plan_id") == plan["id"]
    ]  # fmt: skip
    closed = closings(known)
    used = {item["security_id"]: Fraction(Decimal(item["quantity"])) for item in grants}
    taken = {key: Fraction(0) for key in used}
    for item in known:
        if item["object_type"] == EXERCISE and item["security_id"] in taken:
            taken[item["security_id"]] += Fraction(Decimal(item["quantity"]))
    return left - sum((taken[key] if key in closed else whole for key, whole in used.items()), Fraction(0))
